// SPDX-License-Identifier: GPL-3.0-or-later
// The history over the API, at one of several nodes: that of all, or this one's with a word that it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { Chat } from './lib/chat.mjs';
import { startNode } from './lib/fleet.mjs';
import { ask, command } from './lib/operators.mjs';
import { eventually, startLoquat } from './lib/processes.mjs';
import { emptyDatabase, finalised, gateTo, postgresSession } from './lib/rows.mjs';

const document = JSON.parse(readFileSync(new URL('../../resources/api/openapi.json', import.meta.url)));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(document, 'api');
function fits(body, schema) {
  const validate = ajv.getSchema(`api#/components/schemas/${schema}`);
  assert.ok(validate(body), JSON.stringify(validate.errors));
  return body;
}

async function talk(node, user, text) {
  const chat = await Chat.open(node, { user_id: user });
  await chat.ask(text);
  await chat.leave();
  await finalised(node.dataDir, chat.id);
  return chat.id;
}

const inPostgres = (url, id) => eventually(`${id} in Postgres`, async () => (await postgresSession(url, id))?.status === 'completed');

describe('The history of two nodes', () => {
  let url, a, b, here, there;
  before(async () => {
    url = await emptyDatabase();
    a = await startNode('a', url);
    b = await startNode('b', url);
    here = await talk(a, 'ana', 'a question about marmalade');
    there = await talk(b, 'bob', 'a question about marzipan');
    for (const id of [here, there]) await inPostgres(url, id);
  });
  after(async () => { for (const node of [a, b]) await node.stop('SIGKILL'); });

  it('is listed at either, each session once', async () => {
    for (const node of [a, b]) {
      const { body } = await ask(node, '/api/sessions');
      fits(body, 'SessionPage');
      assert.deepEqual(body.sessions.map(({ session_id: id, node_id: name }) => [id, name]), [[there, 'b'], [here, 'a']]);
      assert.equal(body.partial, false);
      assert.equal(body.notice, null);
    }
  });

  it('is paged through both', async () => {
    const more = [];
    for (let i = 0; i < 3; ++i) more.push(await talk(i % 2 ? a : b, 'pages', `number ${i}`));
    for (const id of more) await inPostgres(url, id);
    const seen = [];
    for (let cursor = ''; cursor !== null;) {
      const { body } = await ask(a, `/api/sessions?user_id=pages&limit=1&cursor=${cursor}`);
      seen.push(...body.sessions.map(({ session_id: id }) => id));
      cursor = body.next_cursor;
    }
    assert.deepEqual(seen, more.reverse());
  });

  it('is searched, filtered, read and exported at either', async () => {
    const { body } = await ask(a, '/api/sessions?q=marzipan');
    assert.deepEqual(body.sessions.map(({ session_id: id }) => id), [there]);
    const { text, matches } = body.sessions[0].snippet;
    assert.equal(text.slice(matches[0].start, matches[0].start + matches[0].length), 'marzipan');
    assert.deepEqual((await ask(b, '/api/sessions?user_id=ana')).body.sessions.map(({ session_id: id }) => id), [here]);
    assert.equal((await ask(a, '/api/sessions?status=active')).body.sessions.length, 0);
    const row = await ask(a, `/api/sessions/${there}`);
    assert.equal(row.status, 200);
    assert.equal(fits(row.body, 'Session').user_id, 'bob');
    const events = (await ask(a, `/api/sessions/${there}/events`)).body.events;
    assert.deepEqual(events, (await ask(b, `/api/sessions/${there}/events`)).body.events);
    assert.ok(events.length > 3);
    for (const format of ['json', 'jsonl', 'markdown', 'csv']) {
      const file = await ask(a, `/api/sessions/${there}/export?format=${format}`);
      assert.equal(file.status, 200);
      assert.match(typeof file.body === 'string' ? file.body : JSON.stringify(file.body), /marzipan/);
    }
    assert.equal((await ask(a, '/api/sessions/not-known')).status, 404);
  });

  it('shows what is live elsewhere as live', async () => {
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const { body } = await eventually('it to be known', async () => {
      const answer = await ask(a, `/api/sessions/${chat.id}`);
      return answer.status === 200 && answer.body.live && answer;
    });
    assert.equal(fits(body, 'Session').live.node_id, 'b');
    await chat.leave();
  });

  it('and its nodes are listed', async () => {
    const { body } = await eventually('both', async () => {
      const answer = await ask(a, '/api/nodes');
      return answer.body.nodes.length === 2 && answer;
    });
    fits(body, 'Nodes');
    assert.equal((await ask(a, '/api/nodes', { method: 'POST', body: '{}' })).status, 405);
  });
});

describe('While the database is away', () => {
  it('the journal answers, and says that this is not all', async () => {
    const gate = await gateTo(await emptyDatabase());
    gate.open();
    const node = await startLoquat({ env: { SUPABASE_DB_URL: gate.url } });
    const id = await talk(node, 'ana', 'a question about marmalade');
    await eventually('it to be whole', async () => (await ask(node, '/api/sessions')).body.partial === false);
    gate.close();
    const { body } = await eventually('the word', async () => {
      const answer = await ask(node, '/api/sessions');
      return answer.body.partial && answer;
    });
    fits(body, 'SessionPage');
    assert.deepEqual(body.sessions.map(({ session_id: each }) => each), [id]);
    assert.match(body.notice, /database/);
    const search = await ask(node, '/api/sessions?q=marmalade');
    assert.deepEqual(search.body.sessions.map(({ session_id: each }) => each), [id]);
    assert.equal(search.body.partial, true);
    assert.equal((await ask(node, `/api/sessions/${id}/events`)).status, 200);
    const unknown = await ask(node, '/api/sessions/may-be-elsewhere');
    assert.equal(unknown.status, 503);
    assert.equal(fits(unknown.body, 'Problem').code, 'database_away');
    const posted = await command(node, 'may-be-elsewhere', { command: 'pause' });
    assert.equal(posted.status, 503);
    gate.open();
    await eventually('it to be whole again', async () => (await ask(node, '/api/sessions')).body.partial === false);
    await node.stop('SIGKILL');
    gate.shut();
  });
});

it('Without a database the journal is all there is', async () => {
  const node = await startLoquat();
  await talk(node, 'ana', 'hello');
  const { body } = await ask(node, '/api/sessions');
  assert.equal(body.partial, false);
  assert.deepEqual((await ask(node, '/api/nodes')).body, { nodes: [], trouble: '' });
  await node.stop();
});
