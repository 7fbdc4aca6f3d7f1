// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what was stored, with the databases' own clients.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, fromEnvironment } from './processes.mjs';

const run = promisify(execFile);
const maxBuffer = 1 << 30; // whole tables
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

function isSqlite(path) {
  const file = openSync(path, 'r');
  const head = Buffer.alloc(15);
  readSync(file, head, 0, 15, 0);
  closeSync(file);
  return head.toString() === 'SQLite format 3';
}

// The journal is the one SQLite file in the data folder.
export function journalOf(dataDir) {
  const files = readdirSync(dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
  const found = files.map(({ name }) => join(dataDir, name)).filter(isSqlite);
  if (found.length !== 1) throw new Error(`Not one SQLite file in the data folder: ${files.map(({ name }) => name)}`);
  return found[0];
}

export async function sqlite(dataDir, sql) {
  const { stdout } = await run('sqlite3', ['-json', '-cmd', '.timeout 10000', journalOf(dataDir), sql], { maxBuffer });
  return stdout.trim() ? JSON.parse(stdout) : [];
}

export async function postgres(url, sql) {
  const { stdout } = await run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c',
    `select coalesce(json_agg(answer), '[]') from (${sql}) as answer`, url], { maxBuffer });
  return JSON.parse(stdout);
}

const columns = 'seq, event_type, role, content, metadata';
const events = (id, ts) => `select ${columns}, ${ts} as ts from session_events where session_id = ${quoted(id)} order by seq`;
const sessionColumns = 'user_id, status, summary, summary_source, model, turns, input_tokens, output_tokens, duration_seconds';
const session = (id) => `select ${sessionColumns} from sessions where session_id = ${quoted(id)}`;

// The same shape from both databases.
export async function journalEvents(dataDir, id) {
  return (await sqlite(dataDir, events(id, 'ts'))).map((row) => ({ ...row, metadata: JSON.parse(row.metadata) }));
}

export function postgresEvents(url, id) {
  return postgres(url, events(id, `to_char(ts at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`));
}

export async function journalSession(dataDir, id) {
  return (await sqlite(dataDir, session(id)))[0];
}

export async function postgresSession(url, id) {
  return (await postgres(url, session(id)))[0];
}

// Waits until Postgres has as many events of the session as the journal, then compares everything.
export async function sameInBoth(server, url, id, limit) {
  const wanted = await journalEvents(server.dataDir, id);
  assert.ok(wanted.length > 0, 'the journal is empty');
  const rows = await eventually(`${wanted.length} rows in Postgres`, async () => {
    const there = await postgresEvents(url, id);
    return there.length === wanted.length && there;
  }, limit);
  assert.deepEqual(rows, wanted);
  const session = await journalSession(server.dataDir, id);
  await eventually('the session row to be the same', async () => {
    assert.deepEqual(await postgresSession(url, id), session);
    return true;
  }, limit);
}

// The session's row once it is finalised.
export function finalised(dataDir, id) {
  return eventually(`the end of session ${id}`, async () => {
    const row = await journalSession(dataDir, id);
    return row?.status === 'completed' && row;
  });
}

// A database that nobody else uses, with nothing in it.
export async function emptyDatabase() {
  const server = new URL(fromEnvironment('LOQUAT_TEST_POSTGRES_URL', 'Run this under tests/with-servers.'));
  const name = `loquat_${randomBytes(6).toString('hex')}`;
  await run('psql', ['-X', '-q', '-c', `create database ${name}`, server.href]);
  const url = new URL(server.href);
  url.pathname = `/${name}`;
  return url.href;
}

// A way to a database that can be closed and opened: refuses connections until open() was called.
export async function gateTo(url) {
  const target = new URL(url);
  const sockets = new Set();
  let isOpen = false;
  const server = createServer((client) => {
    if (!isOpen) return client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => { sockets.delete(one); other.destroy(); });
      one.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = server.address().port;
  return {
    url: through.href,
    open() { isOpen = true; },
    close() { isOpen = false; for (const socket of sockets) socket.destroy(); },
    shut() { this.close(); server.close(); },
  };
}

// Waits until the database has every event of the journal; there may be none.
export function eventuallyCopied(server, url) {
  return eventually('the whole journal in Postgres', async () => {
    const [{ n }] = await sqlite(server.dataDir, 'select count(*) as n from session_events');
    return (await postgres(url, 'select count(*)::int as n from session_events'))[0].n === n;
  });
}
