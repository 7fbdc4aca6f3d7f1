// SPDX-License-Identifier: GPL-3.0-or-later
// A Supabase for one test: tests/fakes/fake_postgrest.mjs, a stand-in for its REST API, before a real PostgreSQL.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach } from 'node:test';
import { promisify } from 'node:util';
import { FakePostgrest, tokenKey } from '../../fakes/fake_postgrest.mjs';
import { Chat } from './chat.mjs';
import { eventually, startLoquat } from './processes.mjs';
import { emptyDatabase, finalised, sqlite } from './rows.mjs';

const files = new URL('../../../sql/postgres/', import.meta.url);
export const secret = 'sb_secret_never-to-be-seen';
const keys = { [secret]: 'service_role', [tokenKey('service_role')]: 'service_role', [tokenKey('anon')]: 'anon', 'sb_publishable_x': 'anon' };

const opened = [];
// Whoever imports this: every fake that a test opened ends with it.
afterEach(async () => {
  for (const fake of opened.splice(0)) await fake.stop();
});

// The files of sql/postgres, as somebody runs them in the SQL editor.
export async function runFiles(database, schema = 'public') {
  const names = readdirSync(files).filter((name) => name.endsWith('.sql')).sort();
  const args = names.flatMap((name) => ['-f', new URL(name, files).pathname]);
  await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', `set search_path = ${schema}`, ...args, database]);
  return names;
}

export const command = (database, sql) => promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, database]);

export async function supabase({ tables = true, schemas = ['public'], ...how } = {}) {
  const database = await emptyDatabase();
  for (const schema of schemas) await command(database, `create schema if not exists ${schema}`);
  const fake = await FakePostgrest.start(database, { keys, schemas, ...how });
  opened.push(fake);
  fake.database = database;
  if (tables) await runFiles(database, schemas[0]);
  return fake;
}

export const loquatOn = (fake, env = {}) => startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_SERVICE_ROLE_KEY: secret, ...env } });

export async function replica(server) {
  return (await (await fetch(`${server.url}/readyz`)).json()).dependencies.replica;
}

// Waits until the program says this about its replica.
export function says(server, pattern, state) {
  return eventually(`the replica to say ${pattern}`, async () => {
    const now = await replica(server);
    assert.match(now.detail ?? '', pattern);
    assert.equal(now.state, state);
    return now;
  });
}

export const inSync = (server) => eventually('the replica to be in sync', async () => {
  const now = await replica(server);
  assert.deepEqual(now, { name: 'Supabase', queued: 0, lag_seconds: 0, state: 'in_sync' });
  return now;
});

export async function wholeConversation(server, ...extra) {
  const chat = await Chat.open(server, { user_id: "o'user" });
  await chat.ask("It's a \\ test: Ünïcödé 👩‍👩‍👧, 'quotes', \"more\", $1 ? :name");
  for (const text of extra) await chat.ask(text);
  await chat.ask('How much to ship 5kg to the US?');
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  return chat.id;
}

// Ends the program; nothing it wrote holds the key, and nothing was set aside unless that was meant.
export async function ends(server, rejected = 0) {
  const { code } = await server.stop();
  assert.equal(code, 0, server.stderr);
  for (const key of Object.keys(keys)) assert.ok(!(server.stdout + server.stderr).includes(key), 'a key is in the log');
  assert.equal((await sqlite(server.dataDir, 'select * from replica_rejects')).length, rejected);
}
