// SPDX-License-Identifier: GPL-3.0-or-later
// Compares what clients were promised with what is in Postgres. `dataDirs`: of the nodes, each with its journal.
import assert from 'node:assert/strict';
import { eventually } from '../../integration/lib/processes.mjs';
import { sqlite } from '../../integration/lib/rows.mjs';

const events = (ts) => `select session_id, seq, event_type, role, content, metadata, ${ts} as ts from session_events order by session_id, seq`;
const postgresTime = (column) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const sessions = (end) => `select session_id, user_id, status, ${end} as end_time, duration_seconds, summary, summary_source,
  model, turns, input_tokens, output_tokens from sessions order by session_id`;
const inOneOrder = (rows) => rows.sort((a, b) => (a.session_id < b.session_id ? -1 : a.session_id > b.session_id ? 1 : a.seq - b.seq));

const inAll = async (dataDirs, sql) => (await Promise.all(dataDirs.map((dataDir) => sqlite(dataDir, sql)))).flat();
const sum = (rows) => rows.reduce((total, { n }) => total + n, 0);
export const journalCount = async (dataDirs) => sum(await inAll(dataDirs, 'select count(*) as n from session_events'));
export const copyCount = async (database) => (await database.ask('select count(*) as n from session_events'))[0].n;

// Until Postgres has at least what the journals had when this was called.
export async function drained(dataDirs, database, limit) {
  const wanted = await journalCount(dataDirs);
  await eventually(`${wanted} events in Postgres`, async () => await copyCount(database) >= wanted, limit);
}

// The journals at rest: every session is completed.
export function atRest(dataDirs, limit) {
  return eventually('every session to be completed', async () =>
    sum(await inAll(dataDirs, "select count(*) as n from sessions where status <> 'completed'")) === 0, limit);
}

// Postgres holds what the journals hold together, row by row; returns the events by session.
export async function sameInBoth(dataDirs, database) {
  const journal = inOneOrder((await inAll(dataDirs, events('ts'))).map((row) => ({ ...row, metadata: JSON.parse(row.metadata) })));
  const copy = inOneOrder(await database.ask(events(postgresTime('ts'))));
  assert.equal(copy.length, journal.length, 'the number of events differs');
  for (const [i, row] of copy.entries()) assert.deepEqual(row, journal[i]);
  assert.deepEqual(inOneOrder(await database.ask(sessions(postgresTime('end_time')))),
    inOneOrder(await inAll(dataDirs, sessions('end_time'))));
  assert.equal(sum(await inAll(dataDirs, 'select count(*) as n from replica_rejects')), 0, 'events were set aside');
  const bySession = new Map();
  for (const row of copy) {
    if (!bySession.has(row.session_id)) bySession.set(row.session_id, []);
    bySession.get(row.session_id).push(row);
  }
  return bySession;
}

// One session: `rows` as they are, `connections` as its clients saw them.
function checkSession(id, rows, connections) {
  const where = (seq) => `${id}, seq ${seq}`;
  assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1), `${id}: gaps, or something twice`);
  const asked = rows.filter(({ event_type: type }) => type === 'user_message').map(({ content }) => content);
  const numbers = asked.map((content) => Number(/^#(\d+) /.exec(content)[1]));
  assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b), `${id}: messages twice, or out of order`);
  const finals = rows.filter(({ metadata }) => metadata.final === true).map(({ metadata }) => metadata.turn);
  assert.deepEqual(finals, [...new Set(finals)], `${id}: a turn has two replies`);
  // One who comes back while the summary is written goes on with the session; the last end has its summary.
  const count = (type) => rows.filter((row) => row.event_type === type).length;
  assert.ok(count('summary') <= count('session_ended'), `${id}: a session was summed up twice`);
  const newest = rows.at(-1);
  assert.ok(newest.event_type === 'summary' || newest.metadata.summary === 'none', `${id} is not finalised: ${JSON.stringify(newest)}`);

  let last = 0;
  for (const { sent, frames } of connections) {
    let started = 0;
    for (const frame of frames) {
      if (frame.seq === undefined) continue;
      assert.ok(frame.seq > last, `${where(frame.seq)} was told after ${last}`);
      last = frame.seq;
      const row = rows[frame.seq - 1];
      assert.ok(row, `${where(frame.seq)}: "${frame.type}" was seen, and there is no row`);
      if (frame.type === 'start') {
        assert.equal(row.event_type, 'user_message', where(frame.seq));
        assert.equal(row.content, sent[started++], where(frame.seq));
      } else if (frame.type === 'done') {
        assert.equal(row.event_type, 'ai_message', where(frame.seq));
        assert.equal(row.content, frame.text, where(frame.seq));
        assert.equal(row.metadata.finish, frame.finish, where(frame.seq));
      }
    }
  }
}

export function checkPromises(bySession, evidence) {
  for (const [id, connections] of evidence.sessions) {
    const promised = connections.some(({ frames }) => frames.some(({ seq }) => seq !== undefined));
    assert.ok(bySession.has(id) || !promised, `${id} is not there`);
    if (bySession.has(id)) checkSession(id, bySession.get(id), connections);
  }
}
