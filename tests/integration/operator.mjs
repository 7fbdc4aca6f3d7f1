// SPDX-License-Identifier: GPL-3.0-or-later
// /ws/operator: a console elsewhere sees what happens as it happens, and steps in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chat, refusal } from './lib/chat.mjs';
import { ask, Operator } from './lib/operators.mjs';
import { startLoquat, within } from './lib/processes.mjs';
import { finalised, journalEvents } from './lib/rows.mjs';

const inBatches = (operator, name) => operator.frames.filter(({ type }) => type === 'batch').flatMap(({ stream }) => stream)
  .filter((item) => item[name]).map((item) => item[name]);

it('shows who is there, and then everything that happens', async () => {
  const server = await startLoquat();
  const early = await Chat.open(server, { user_id: 'early' });
  await early.ask('hello');
  const operator = await Operator.open(server);
  const hello = await operator.until('hello');
  assert.equal(hello.version, (await ask(server, '/healthz')).body.version);
  assert.equal(hello.status.model_simulated, true);
  const snapshot = await operator.until('snapshot');
  assert.deepEqual(snapshot.sessions.map(({ session_id: id }) => id), [early.id]);
  assert.equal(snapshot.sessions[0].user_id, 'early');
  assert.equal(snapshot.more, false);

  const chat = await Chat.open(server, { user_id: 'late' });
  const { text } = await chat.ask('Explain WebSockets simply');
  await operator.until(({ stream = [] }) => stream.some(({ event }) => event?.session_id === chat.id && event.event_type === 'ai_message'));
  assert.equal(inBatches(operator, 'delta').filter(({ session_id: id }) => id === chat.id).map(({ token }) => token).join(''), text);
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  await operator.until(({ sessions = [] }) => sessions.some(({ session_id: id, status }) => id === chat.id && status === 'completed'));
  const rows = await journalEvents(server.dataDir, chat.id);
  assert.deepEqual(inBatches(operator, 'event').filter(({ session_id: id }) => id === chat.id).map(({ seq }) => seq), rows.map(({ seq }) => seq));
  await operator.until(({ type, status }) => type === 'status' && status.open_sessions === 1);
  operator.send({ type: 'ping' });
  await operator.until('pong');
  await operator.leave();
  await early.leave();
  await server.stop();
});

it('steps in, and is told what came of it', async () => {
  const server = await startLoquat();
  const chat = await Chat.open(server);
  await chat.ask('hello');
  const operator = await Operator.open(server);
  const run = (command, more = {}) => operator.request({ type: 'command', session_id: chat.id, command, ...more });
  assert.equal((await run('take_over', { by: 'Kim' })).ok, true);
  assert.equal((await chat.one('state')).mode, 'human');
  assert.equal((await run('reply', { text: 'I am Kim.', by: 'Kim' })).ok, true);
  assert.equal((await chat.one('operator_message')).content, 'I am Kim.');
  for (const [answer, code] of [
    [await run('dance'), 'unknown_command'], [await run('cancel'), 'nothing_to_cancel'], [await run('whisper'), 'empty_text'],
    [await operator.request({ type: 'command', session_id: 'not there', command: 'pause' }), 'bad_session_id'],
    [await operator.request({ type: 'command', session_id: 'not-there', command: 'pause' }), 'session_not_live'],
    [await operator.request({ type: 'sing' }), 'unknown_frame'],
    [await operator.request({ type: 'load_events', session_id: chat.id, after: '3' }), 'bad_query'],
    [await operator.request({ type: 'load_events', session_id: chat.id, limit: -1 }), 'bad_query'],
    [await operator.request({ type: 'watch', session_ids: 'all' }), 'bad_watch'],
  ]) {
    assert.equal(answer.ok, false);
    assert.equal(answer.error.code, code);
    assert.ok(answer.error.message);
  }
  operator.send('not JSON');
  await operator.until(({ error, id }) => id === undefined && error?.code === 'unknown_frame');
  operator.socket.send(Buffer.from('{"type":"ping"}'));
  await operator.until(({ error }) => error?.code === 'binary_not_supported');
  assert.equal((await run('release')).ok, true);
  await operator.leave();
  await chat.leave();
  await server.stop();
});

it('loads events in pages, what was said just before included', async () => {
  const server = await startLoquat();
  const chat = await Chat.open(server);
  await chat.ask('hello');
  const operator = await Operator.open(server);
  // The answer to a command does not wait for the disk; what is loaded after it has the note nevertheless.
  await operator.request({ type: 'command', session_id: chat.id, command: 'note', text: 'remember' });
  const all = await operator.request({ type: 'load_events', session_id: chat.id });
  assert.equal(all.more, false);
  assert.equal(all.events.at(-1).content, 'remember');
  const paged = [];
  for (let more = true; more;) {
    const page = await operator.request({ type: 'load_events', session_id: chat.id, after: paged.at(-1)?.seq ?? 0, limit: 2 });
    paged.push(...page.events);
    more = page.more;
  }
  assert.deepEqual(paged, all.events);
  assert.deepEqual((await operator.request({ type: 'load_events', session_id: 'not-there' })).events, []);
  await operator.leave();
  await chat.leave();
  await server.stop();
});

it('says goodbye when the server ends', async () => {
  const server = await startLoquat();
  const operator = await Operator.open(server);
  await operator.until('snapshot');
  await server.stop();
  assert.equal((await within(operator.closed, () => 'still open')).code, 1001);
});

describe('With a token', () => {
  const token = 'operators-own-token';
  const env = { LOQUAT_OPERATOR_TOKEN: token };
  const subprotocol = (text) => `loquat.token.${Buffer.from(text).toString('base64url')}`;

  it('lets in who brings it as a header, as a subprotocol or in the first frame', async () => {
    const server = await startLoquat({ env });
    for (const options of [{ token }, { protocols: ['loquat.operator', subprotocol(token)] }, { first: { type: 'auth', token } }]) {
      const operator = await Operator.open(server, options);
      await operator.until('snapshot');
      if (options.protocols) assert.equal(operator.socket.protocol, 'loquat.operator');
      await operator.leave();
    }
    await server.stop();
  });

  it('lets nobody else in, and tells nothing before', async () => {
    const server = await startLoquat({ env });
    const chat = await Chat.open(server);
    await chat.ask('hello');
    const wrong = new Operator(server, 'wrong', []);
    await assert.rejects(wrong.opened, /401/);
    await assert.rejects(new Operator(server, undefined, ['loquat.operator', subprotocol('wrong')]).opened, /401/);
    const inUrl = await Operator.open({ url: server.url }, {});
    inUrl.send({ type: 'command', id: 1, session_id: chat.id, command: 'pause' });
    assert.equal((await within(inUrl.closed, () => 'still open')).code, 1008);
    const guess = await Operator.open(server, { first: { type: 'auth', token: 'wrong' } });
    assert.equal((await within(guess.closed, () => 'still open')).code, 1008);
    for (const { frames } of [inUrl, guess]) assert.deepEqual(frames, [{ type: 'auth_required' }]);
    assert.equal((await ask(server, `/api/sessions/${chat.id}`, { token })).body.live.mode, 'ai');
    await chat.leave();
    await server.stop();
  });
});

it('lets no page of another origin in', async () => {
  const server = await startLoquat();
  const { default: WebSocket } = await import('ws');
  const page = new WebSocket(`${server.url.replace('http', 'ws')}/ws/operator`, { origin: 'https://evil.example' });
  await assert.rejects(new Promise((resolve, reject) => { page.on('open', resolve); page.on('error', reject); }), /403/);
  await server.stop();
});

it('does not answer where others can reach the port and no token is set', async () => {
  const server = await startLoquat({ args: ['--host', '0.0.0.0', '--allow-anonymous'] });
  server.url = server.url.replace('0.0.0.0', '127.0.0.1');
  const { status, type, body } = await refusal(server, '/ws/operator');
  assert.equal(status, 403);
  assert.match(type, /problem\+json/);
  assert.match(body, /LOQUAT_OPERATOR_TOKEN/);
  await server.stop();
});
