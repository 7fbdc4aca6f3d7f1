// SPDX-License-Identifier: GPL-3.0-or-later
// An operator at one node sees and commands what another node leads, as if it were there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { Chat } from './lib/chat.mjs';
import { freePort, startNode } from './lib/fleet.mjs';
import { ask, command, Operator } from './lib/operators.mjs';
import { eventually, startFakeOpenAi, temporaryFolder } from './lib/processes.mjs';
import { emptyDatabase, postgres, postgresEvents } from './lib/rows.mjs';

const token = 'all-nodes-know-this';
const slowly = (n, pace = 100) => `fake:slow ${pace} ${Array.from({ length: n }, (_, i) => `word${i}`).join(' ')}`;

const streamOf = (operator, id) => operator.frames.filter(({ type }) => type === 'batch').flatMap(({ stream }) => stream)
  .map(({ event, delta }) => event ?? delta).filter(({ session_id: each }) => each === id);
const eventsOf = (operator, id) => streamOf(operator, id).filter(({ seq }) => seq);
const tokensOf = (operator, id) => streamOf(operator, id).filter((item) => item.token !== undefined);

// What a person who watches has been shown of the running reply.
function written(operator, id) {
  let text = '';
  for (const item of streamOf(operator, id)) {
    if (item.whole) text = item.token;
    else if (item.token !== undefined) text += item.token;
    else if (item.event_type === 'ai_message') text = '';
  }
  return text;
}

// Looks at a session as a console does: says so, and loads what there is.
async function lookAt(operator, id) {
  await eventually(`${id} to be in the list`, () => operator.session(id));
  operator.send({ type: 'watch', session_ids: [id] });
  return (await operator.request({ type: 'load_events', session_id: id })).events;
}

describe('An operator at one of two nodes', () => {
  let fake, url, a, b;
  const env = (more = {}) => ({ ...fake.settings, LOQUAT_OPERATOR_TOKEN: token, ...more });
  before(async () => {
    fake = await startFakeOpenAi();
    url = await emptyDatabase();
    const tools = join(temporaryFolder(), 'loquat.json');
    writeFileSync(tools, JSON.stringify({ toolPolicies: { get_account_balance: 'ask' } }));
    a = await startNode('a', url, { env: env() });
    b = await startNode('b', url, { env: env({ LOQUAT_CONFIG: tools }) });
    await eventually('both to know each other', async () => {
      const { body } = await ask(a, '/api/nodes', { token });
      return body.nodes.length === 2;
    });
  });
  after(async () => { for (const program of [a, b, fake]) await program?.stop('SIGKILL'); });

  it('sees tokens of the other node as they come, and each event once', async () => {
    const operator = await Operator.open(a, { token });
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const before = await lookAt(operator, chat.id);
    assert.equal(before[0].event_type, 'session_started');
    chat.send(slowly(20));
    // Long before the reply is whole, and so before there is a row of it.
    await eventually('some of it', () => written(operator, chat.id).includes('word3'));
    assert.ok(!eventsOf(operator, chat.id).some(({ event_type: type, content }) => type === 'ai_message' && content.includes('word19')));
    assert.equal(operator.session(chat.id).phase, 'streaming');
    assert.equal(operator.session(chat.id).node_id, 'b');
    assert.equal(operator.session(chat.id).trouble, '');
    const { done } = await chat.turn();
    const reply = await operator.until(({ stream = [] }) => stream.some(({ event }) => event?.content === done.text));
    assert.ok(reply);
    const seqs = [...before, ...eventsOf(operator, chat.id)].map(({ seq }) => seq);
    assert.deepEqual(seqs, seqs.map((_, i) => i + 1));
    assert.ok(tokensOf(operator, chat.id).length > 5, 'in pieces');
    await chat.leave();
    await operator.until(({ sessions = [] }) => sessions.some(({ session_id: id, status }) => id === chat.id && status === 'completed'));
    await eventually('its summary', () => eventsOf(operator, chat.id).some(({ event_type: type }) => type === 'summary'));
    await operator.leave();
  });

  it('who comes in the middle of a reply is shown it from its beginning', async () => {
    const chat = await Chat.open(b);
    chat.send(slowly(40));
    await chat.until(({ token: said }) => said?.includes('word5'));
    const operator = await Operator.open(a, { token });
    await lookAt(operator, chat.id);
    await eventually('the beginning', () => written(operator, chat.id).startsWith('You said: fake:slow 100 word0 word1'));
    const seen = written(operator, chat.id);
    await eventually('more', () => written(operator, chat.id).length > seen.length);
    // Looks elsewhere: it is told no more of it.
    operator.send({ type: 'watch', session_ids: [] });
    await eventually('its end', () => written(operator, chat.id) === '');
    const { done } = await chat.turn();
    assert.ok(!streamOf(operator, chat.id).some(({ content }) => content === done.text));
    await operator.leave();
    await chat.leave();
  });

  it('commands it, and is told what came of it', async () => {
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const operator = await Operator.open(a, { token });
    await lookAt(operator, chat.id);
    const run = (name, more = {}) => operator.request({ type: 'command', session_id: chat.id, command: name, by: 'Kim', ...more });
    assert.equal((await run('whisper', { text: 'Shipping is free today.' })).ok, true);
    await eventually('the whisper', () => eventsOf(operator, chat.id).find(({ event_type: type, metadata }) => type === 'operator_whisper' && metadata.by === 'Kim'));
    assert.equal((await run('take_over')).ok, true);
    assert.equal((await chat.one('state')).mode, 'human');
    await eventually('the mode', () => operator.session(chat.id).mode === 'human');
    chat.send('is anybody there?');
    assert.equal((await run('reply', { text: 'I am Kim.' })).ok, true);
    assert.equal((await chat.one('operator_message')).content, 'I am Kim.');
    assert.equal((await run('release')).ok, true);
    assert.equal((await run('note', { text: 'was friendly' })).ok, true);
    // A refusal is the owner's own.
    const refused = await run('cancel');
    assert.equal(refused.ok, false);
    assert.equal(refused.error.code, 'nothing_to_cancel');
    chat.send(slowly(100));
    await chat.until('token');
    assert.equal((await run('cancel')).ok, true);
    assert.equal((await chat.turn()).done.finish, 'cancelled');
    assert.equal((await run('end')).ok, true);
    await chat.closes();
    await operator.leave();
  });

  it('approves and denies its tool calls', async () => {
    for (const [decision, ok] of [['approve', true], ['deny', false]]) {
      const chat = await Chat.open(b);
      const operator = await Operator.open(a, { token });
      await lookAt(operator, chat.id).catch(() => {});
      chat.send('fake:tool get_account_balance {"user_id":"user-1"}');
      await chat.until('tool_waiting');
      await lookAt(operator, chat.id);
      await eventually('it to wait', () => operator.session(chat.id).phase === 'waiting_for_approval');
      const all = (await operator.request({ type: 'load_events', session_id: chat.id })).events;
      const call = all.find(({ event_type: type }) => type === 'tool_call');
      const answer = await operator.request({ type: 'command', session_id: chat.id, command: decision, call_id: call.metadata.call_id });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      assert.equal((await chat.one('tool_end')).ok, ok);
      await chat.until('done');
      await eventually('its result', () => eventsOf(operator, chat.id).some(({ event_type: type }) => type === 'tool_result'));
      await operator.leave();
      await chat.leave();
    }
  });

  it('and a program that posts a command reaches the owner through any node', async () => {
    const chat = await Chat.open(b);
    await chat.ask('hello');
    await eventually('it to be known', async () => (await postgres(url, `select 1 as one from session_owners where session_id = '${chat.id}'`)).length);
    const answer = await command(a, chat.id, { command: 'take_over' }, { token });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal((await chat.one('state')).mode, 'human');
    const refused = await command(a, chat.id, { command: 'cancel' }, { token });
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'nothing_to_cancel');
    assert.equal((await command(a, 'nobody-knows-this', { command: 'pause' }, { token })).status, 404);
    // What another node has passed on is not passed on again.
    const passedOn = await Operator.open(a, { token, headers: { 'x-loquat-relay': '1' } });
    const stays = await passedOn.request({ type: 'command', session_id: chat.id, command: 'release' });
    assert.equal(stays.error.code, 'session_not_live');
    await passedOn.leave();
    await chat.leave();
  });

  it('sees all nodes, and who leads how much', async () => {
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const operator = await Operator.open(a, { token });
    const { status } = await eventually('the count', async () => operator.frames.find(({ type, status: is }) =>
      type === 'status' && is.nodes.some(({ node_id: name, sessions }) => name === 'b' && sessions > 0)));
    assert.deepEqual(status.nodes.map(({ node_id: name, self, state, address }) => [name, self, state, address]),
      [['a', true, 'alive', a.url], ['b', false, 'alive', b.url]]);
    const { body } = await ask(b, '/api/nodes', { token });
    assert.deepEqual(body.nodes.map(({ node_id: name, self }) => [name, self]), [['b', true], ['a', false]]);
    await operator.leave();
    await chat.leave();
  });
});

describe('Where the node that leads a session', () => {
  let fake, url;
  before(async () => { fake = await startFakeOpenAi(); url = await emptyDatabase(); });
  after(() => fake.stop('SIGKILL'));

  it('cannot be reached, the conversation comes message by message, and words say why', async () => {
    const a = await startNode('a', url, { env: { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token } });
    // It is alive, as the database knows, but its address leads nowhere.
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const b = await startNode('b', url, { env: { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token, LOQUAT_NODE_URL: nowhere } });
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const operator = await Operator.open(a, { token });
    await lookAt(operator, chat.id);
    const { trouble } = await eventually('the words', () => operator.session(chat.id).trouble && operator.session(chat.id));
    assert.match(trouble, /Node b cannot be reached at .*message by message/);
    const { done } = await chat.ask('are you there?');
    await eventually('the reply, whole', () => eventsOf(operator, chat.id).some(({ content }) => content === done.text));
    const seqs = eventsOf(operator, chat.id).map(({ seq }) => seq);
    assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i));
    const answer = await operator.request({ type: 'command', session_id: chat.id, command: 'pause' });
    assert.equal(answer.error.code, 'node_unreachable');
    assert.match(answer.error.message, /Node b/);
    assert.match(answer.error.remedy, /LOQUAT_NODE_URL/);
    const posted = await command(a, chat.id, { command: 'pause' }, { token });
    assert.equal(posted.status, 503);
    assert.equal(posted.type, 'application/problem+json');
    assert.equal(posted.body.code, 'node_unreachable');
    assert.equal((await chat.ask('not paused')).done.finish, 'stop');
    await operator.leave();
    await chat.leave();
    for (const node of [a, b]) await node.stop();
  });

  it('has another token, that is what is said', async () => {
    const a = await startNode('c', url, { env: { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token } });
    const b = await startNode('d', url, { env: { ...fake.settings, LOQUAT_OPERATOR_TOKEN: 'another' } });
    const chat = await Chat.open(b);
    await chat.ask('hello');
    const operator = await Operator.open(a, { token });
    await lookAt(operator, chat.id);
    const { trouble } = await eventually('the words', () => operator.session(chat.id).trouble && operator.session(chat.id));
    assert.match(trouble, /the same LOQUAT_OPERATOR_TOKEN on all nodes/);
    assert.ok(!trouble.includes(token));
    const answer = await operator.request({ type: 'command', session_id: chat.id, command: 'pause' });
    assert.match(answer.error.remedy, /LOQUAT_OPERATOR_TOKEN/);
    await operator.leave();
    await chat.leave();
    for (const node of [a, b]) await node.stop();
  });

  it('shows a certificate that nobody vouches for, it is not believed', async () => {
    const folder = temporaryFolder();
    const [cert, key] = ['crt', 'key'].map((end) => join(folder, `node.${end}`));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
      '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    const port = await freePort();
    const env = { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token };
    const a = await startNode('g', url, { env });
    const b = await startNode('h', url, { port, env: { ...env, LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key, LOQUAT_NODE_URL: `https://localhost:${port}` } });
    const id = 'over-tls';
    const socket = new WebSocket(`${b.url.replace('http', 'ws')}/ws/session/${id}`, { rejectUnauthorized: false });
    await new Promise((resolve, reject) => { socket.on('open', () => { socket.send('hello'); resolve(); }); socket.on('error', reject); });
    const operator = await Operator.open(a, { token });
    await lookAt(operator, id);
    const { trouble } = await eventually('the words', () => operator.session(id).trouble && operator.session(id));
    assert.match(trouble, /certificate/i);
    const answer = await operator.request({ type: 'command', session_id: id, command: 'pause' });
    assert.equal(answer.error.code, 'node_unreachable');
    await operator.leave();
    socket.terminate();
    for (const node of [a, b]) await node.stop('SIGKILL');
  });

  it('comes back, so do the tokens', async () => {
    const a = await startNode('e', url, { env: { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token, LOQUAT_NODE_DEAD_AFTER_MS: '60000' } });
    const env = { ...fake.settings, LOQUAT_OPERATOR_TOKEN: token, LOQUAT_NODE_DEAD_AFTER_MS: '60000' };
    let b = await startNode('f', url, { env });
    const first = await Chat.open(b);
    await first.ask('hello');
    const operator = await Operator.open(a, { token });
    await lookAt(operator, first.id);
    await b.stop('SIGKILL');
    await eventually('the words', () => /cannot be reached/.test(operator.session(first.id).trouble));
    b = await startNode('f', url, { env, dataDir: b.dataDir, port: b.port });
    const again = await Chat.open(b, { id: first.id });
    await again.until('session_started');
    again.send(slowly(60));
    await eventually('tokens', () => written(operator, first.id).includes('word5'));
    assert.equal(operator.session(first.id).trouble, '');
    await again.turn();
    const rows = await eventually('all rows', async () => {
      const there = await postgresEvents(url, first.id);
      return there.at(-1).event_type === 'ai_message' && there;
    });
    await eventually('all of them', () => new Set(eventsOf(operator, first.id).map(({ seq }) => seq)).has(rows.at(-1).seq));
    await operator.leave();
    await again.leave();
    for (const node of [a, b]) await node.stop();
  });
});
