// SPDX-License-Identifier: GPL-3.0-or-later
// The frames of a conversation, as a client of the default dialect sees them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';

describe('A conversation', () => {
  let fake, server, simulated;
  before(async () => {
    fake = await startFakeOpenAi();
    [server, simulated] = await Promise.all([startLoquat({ env: fake.settings }), startLoquat()]);
  });
  after(() => Promise.all([server.stop(), simulated.stop(), fake.stop()]));

  it('goes session_started, start, token…, done', async () => {
    const chat = await Chat.open(server, { id: 'order-1', user_id: 'user-1' });
    const [hello] = await chat.until('session_started');
    assert.equal(hello.session_id, 'order-1');
    assert.equal(hello.user_id, 'user-1');
    assert.equal(hello.resumed, false);
    assert.notEqual(hello.simulated, true);
    const { types, start, text, done } = await chat.ask('one two three');
    assert.equal(types[0], 'start');
    assert.deepEqual([...new Set(types)], ['start', 'token', 'done']);
    assert.ok(types.length >= 3, `only ${types}`);
    assert.equal(start.role, 'assistant');
    assert.equal(start.turn, 1);
    assert.equal(done.turn, 1);
    assert.equal(done.finish, 'stop');
    assert.equal(done.text, 'You said: one two three');
    assert.equal(text, done.text);
    assert.ok(done.usage.input_tokens > 0 && done.usage.output_tokens > 0, JSON.stringify(done.usage));
    assert.equal(done.usage.source, 'reported');
    assert.ok(done.ttft_ms >= 0 && done.duration_ms >= done.ttft_ms, `${done.ttft_ms} of ${done.duration_ms}`);
    await chat.leave();
  });

  it('numbers its events without a gap', async () => {
    const chat = await Chat.open(server);
    await chat.until('session_started');
    for (const text of ['first', 'second', 'third']) await chat.ask(text);
    const numbers = chat.frames.filter(({ type }) => type !== 'token').map(({ seq }) => seq);
    assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6, 7]);
    assert.ok(chat.frames.filter(({ type }) => type === 'token').every(({ seq }) => seq === undefined));
    await chat.leave();
  });

  for (const [what, frame] of [
    ['plain text', 'hello there'],
    ['{"message"}', { message: 'hello there' }],
    ['{"type":"message"}', { type: 'message', content: 'hello there' }],
  ])
    it(`takes ${what} as a message`, async () => {
      const chat = await Chat.open(server);
      const { done } = await chat.ask(frame);
      assert.equal(done.text, 'You said: hello there');
      await chat.leave();
    });

  it('keeps every letter, in any script', async () => {
    const chat = await Chat.open(server);
    const text = 'Żółw, 北京, مرحبا, 👩‍👩‍👧 "quoted" \\ and\nlines';
    const { done } = await chat.ask({ type: 'message', content: text });
    assert.equal(done.text, `You said: ${text}`);
    await chat.leave();
  });

  it('answers ping with pong', async () => {
    const chat = await Chat.open(server);
    chat.send({ type: 'ping' });
    assert.equal((await chat.one('pong')).type, 'pong');
    await chat.leave();
  });

  it('stops a reply on cancel, at the model too, and goes on', async () => {
    const chat = await Chat.open(server);
    const before = (await fake.ask('/stats')).aborted;
    chat.send(`fake:slow 50 ${'word '.repeat(400)}`);
    await chat.until('token');
    chat.send({ type: 'cancel' });
    const { done } = await chat.turn();
    assert.equal(done.finish, 'cancelled');
    assert.ok(done.text.length > 0 && done.text.length < 1500, `${done.text.length} characters`);
    await eventually('the model to be let go', async () => (await fake.ask('/stats')).aborted > before);
    assert.equal((await chat.ask('and now')).done.text, 'You said: and now');
    assert.equal(chat.frames.filter(({ type }) => type === 'done').length, 2);
    await chat.leave();
  });

  it('takes no harm from a cancel when nothing runs', async () => {
    const chat = await Chat.open(server);
    chat.send({ type: 'cancel' });
    const { done } = await chat.ask('fine');
    assert.equal(done.finish, 'stop');
    await chat.leave();
  });

  it('lets messages wait while a reply runs, each with a turn of its own', async () => {
    const chat = await Chat.open(server);
    chat.send('fake:slow 100 a b c');
    await chat.until('start');
    chat.send('second');
    chat.send('third');
    for (const n of [1, 2, 3]) assert.equal((await chat.one('done')).turn, n);
    const marks = chat.frames.filter(({ type }) => type === 'start' || type === 'done').map(({ type, turn }) => `${type} ${turn}`);
    assert.deepEqual(marks, ['start 1', 'done 1', 'start 2', 'done 2', 'start 3', 'done 3']);
    assert.equal(chat.frames.filter(({ type }) => type === 'done').at(-1).text, 'You said: third');
    await chat.leave();
  });

  it('refuses more than its limit of waiting messages, and answers those it took', async () => {
    const chat = await Chat.open(server);
    chat.send(`fake:slow 50 ${'x '.repeat(400)}`);
    await chat.until('start');
    for (let i = 0; i < 200; ++i) chat.send(`waiting ${i}`);
    const refused = await chat.one('error');
    assert.equal(refused.retryable, true);
    chat.send({ type: 'cancel' });
    const { done } = await chat.turn();
    assert.equal(done.finish, 'cancelled');
    assert.equal((await chat.turn()).done.text, 'You said: waiting 0');
    await chat.leave();
  });

  for (const frame of [{ type: 'nonsense' }, { message: 5 }, { type: 'message' }])
    it(`answers ${JSON.stringify(frame)} with an error, and goes on`, async () => {
      const chat = await Chat.open(server);
      chat.send(frame);
      const error = await chat.one('error');
      assert.equal(typeof error.code, 'string');
      assert.match(error.message, /\w+ \w+/);
      assert.equal(typeof error.retryable, 'boolean');
      assert.equal((await chat.ask('still there?')).done.finish, 'stop');
      await chat.leave();
    });

  it('closes with 1000 on {"type":"end"}', async () => {
    const chat = await Chat.open(server);
    await chat.ask('hello');
    chat.send({ type: 'end' });
    assert.equal((await chat.closes()).code, 1000);
  });

  it('gives the session to the newer of two connections', async () => {
    const older = await Chat.open(server, { id: 'twice' });
    await older.ask('I came first');
    const newer = await Chat.open(server, { id: 'twice' });
    assert.equal((await older.closes()).code, 4409);
    assert.equal((await newer.one('session_started')).resumed, true);
    assert.equal((await newer.ask('and I second')).done.text, 'You said: and I second');
    await newer.leave();
  });

  it('closes with 1009 on a frame that is too large, and lives on', async () => {
    const chat = await Chat.open(server);
    await chat.until('session_started');
    chat.send('x'.repeat(3 * 1024 * 1024));
    assert.equal((await chat.closes()).code, 1009);
    const next = await Chat.open(server);
    assert.equal((await next.ask('fine')).done.finish, 'stop');
    await next.leave();
  });

  it('says that the model is simulated when it is', async () => {
    const chat = await Chat.open(simulated);
    assert.equal((await chat.one('session_started')).simulated, true);
    assert.equal((await chat.ask('hello')).done.simulated, true);
    await chat.leave();
  });

  it('says so of each reply where the simulated model stands in for another', async () => {
    const both = await startLoquat({ env: { ...fake.settings, LOQUAT_PROVIDERS: 'openai,simulated' } });
    const chat = await Chat.open(both);
    const hello = await chat.one('session_started');
    assert.equal(hello.simulated, false);
    assert.equal((await chat.ask('hello')).done.simulated, undefined);
    assert.equal((await chat.ask('fake:status 401')).done.simulated, true);
    chat.drop();
    const again = await Chat.open(both, { id: chat.id, after: hello.seq });
    assert.deepEqual([(await again.one('done')).simulated, (await again.one('done')).simulated], [undefined, true]);
    await again.leave();
    await both.stop();
  });

  it('remembers within a conversation, and after it was reopened', async () => {
    const chat = await Chat.open(simulated, { id: 'memory' });
    await chat.ask('Hello, my name is Pavithra');
    assert.match((await chat.ask('What is my name?')).done.text, /Pavithra/);
    chat.send({ type: 'end' });
    await chat.closes();
    const again = await Chat.open(simulated, { id: 'memory' });
    const hello = await again.one('session_started');
    assert.equal(hello.resumed, true);
    assert.ok(hello.seq > 5, `it starts again at ${hello.seq}`);
    assert.match((await again.ask('What is my name?')).done.text, /Pavithra/);
    await again.leave();
  });

  it('keeps conversations apart', async () => {
    const chats = await Promise.all(Array.from({ length: 20 }, () => Chat.open(server)));
    const turns = await Promise.all(chats.map((chat, i) => chat.ask(`I am number ${i}.`)));
    turns.forEach(({ done }, i) => assert.equal(done.text, `You said: I am number ${i}.`));
    await Promise.all(chats.map((chat) => chat.leave()));
  });
});
