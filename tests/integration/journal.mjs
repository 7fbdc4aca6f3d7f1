// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept on disk: while a conversation runs, when it ends, and when the process dies in the middle of it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { finalised, journalEvents, journalSession } from './lib/rows.mjs';

const typesOf = (rows) => rows.map(({ event_type: type }) => type);
const summaries = (rows) => typesOf(rows).filter((type) => type === 'summary').length;

describe('The journal', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
  });
  after(() => Promise.all([server.stop(), fake.stop()]));

  it('holds a message when its start arrives, and the reply when its done does', async () => {
    const chat = await Chat.open(server, { user_id: 'user-7' });
    chat.send('fake:slow 100 one two three');
    const start = await chat.one('start');
    const begun = await journalEvents(server.dataDir, chat.id);
    assert.ok(begun.some(({ seq, event_type: type, content }) =>
      seq === start.seq && type === 'user_message' && content.startsWith('fake:slow')), JSON.stringify(begun));
    const done = await chat.one('done');
    const rows = await journalEvents(server.dataDir, chat.id);
    const reply = rows.find(({ seq }) => seq === done.seq);
    assert.equal(reply.event_type, 'ai_message');
    assert.equal(reply.role, 'assistant');
    assert.equal(reply.content, done.text);
    assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1));
    const session = await journalSession(server.dataDir, chat.id);
    assert.equal(session.user_id, 'user-7');
    assert.equal(session.status, 'active');
    await chat.leave();
  });

  for (const [how, finish] of [
    ['a clean close', (chat) => chat.leave()],
    ['{"type":"end"}', (chat) => { chat.send({ type: 'end' }); return chat.closes(); }],
  ])
    it(`sums a session up exactly once after ${how}`, async () => {
      const chat = await Chat.open(server);
      await chat.ask('hello');
      await finish(chat);
      const session = await finalised(server.dataDir, chat.id);
      assert.ok(session.summary.length > 0);
      assert.ok(['model', 'fallback'].includes(session.summary_source));
      assert.ok(session.duration_seconds >= 0);
      assert.equal(session.turns, 1);
      const rows = await journalEvents(server.dataDir, chat.id);
      assert.deepEqual(typesOf(rows).slice(-2), ['session_ended', 'summary']);
      assert.equal(summaries(rows), 1);
      assert.equal(rows.at(-1).content, session.summary);
    });

  it('holds a title, an outcome and the rest with a summary, as far as the model tells them', async () => {
    const simulated = await startLoquat();
    const chat = await Chat.open(simulated);
    await chat.ask('How much to ship 5kg to the US?');
    await chat.leave();
    await finalised(simulated.dataDir, chat.id);
    const { content, metadata } = (await journalEvents(simulated.dataDir, chat.id)).at(-1);
    assert.match(content, /^The user said/);
    assert.equal(metadata.source, 'model');
    assert.match(metadata.title, /ship 5kg/);
    assert.match(metadata.intent, /ship 5kg/);
    assert.match(metadata.outcome, /^(resolved|partial|unresolved|abandoned|handed_over)$/);
    assert.equal(metadata.language, 'en');
    assert.ok(metadata.usage.input_tokens > 0);
    await simulated.stop();
  });

  it('keeps a tool call, its arguments and its result', async () => {
    const chat = await Chat.open(server);
    const { tools, results } = await chat.ask('fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}');
    const rows = await journalEvents(server.dataDir, chat.id);
    const call = rows.find(({ event_type: type }) => type === 'tool_call');
    const result = rows.find(({ event_type: type }) => type === 'tool_result');
    assert.equal(call.seq, tools[0].seq);
    assert.equal(call.metadata.tool, 'calculate_shipping');
    assert.deepEqual(call.metadata.args, tools[0].args);
    assert.equal(result.metadata.call_id, call.metadata.call_id);
    assert.equal(result.metadata.ok, results[0].ok);
    await chat.leave();
  });
});

describe('A connection that is lost', () => {
  it('may come back: the session goes on, and a reply that was running with it', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, LOQUAT_GRACE_PERIOD_MS: '600000' } });
    const chat = await Chat.open(server);
    chat.send('fake:slow 50 one two three four five six seven eight nine ten');
    await chat.until('token');
    chat.drop();
    const again = await Chat.open(server, { id: chat.id });
    assert.equal((await again.one('session_started')).resumed, true);
    await eventually('the reply in the journal', async () =>
      (await journalEvents(server.dataDir, chat.id)).some(({ metadata }) => metadata.finish === 'stop'));
    again.send('still you?');
    assert.equal((await again.one(({ type, turn }) => type === 'done' && turn === 2)).finish, 'stop');
    const rows = await journalEvents(server.dataDir, chat.id);
    assert.ok(!typesOf(rows).includes('session_ended'));
    await again.leave();
    await server.stop();
    await fake.stop();
  });

  it('ends the session once the grace period is over', async () => {
    const server = await startLoquat({ env: { LOQUAT_GRACE_PERIOD_MS: '500' } });
    const chat = await Chat.open(server);
    await chat.ask('hello');
    chat.drop();
    const session = await finalised(server.dataDir, chat.id);
    assert.ok(session.summary.length > 0);
    const rows = await journalEvents(server.dataDir, chat.id);
    assert.equal(rows.find(({ event_type: type }) => type === 'session_ended').metadata.reason, 'lost');
    assert.equal(summaries(rows), 1);
    await server.stop();
  });
});

describe('After the process was killed in mid-reply', () => {
  it('what start promised is there, and the session is finalised once', async () => {
    const fake = await startFakeOpenAi();
    const first = await startLoquat({ env: fake.settings });
    const chat = await Chat.open(first);
    await chat.ask('a whole turn');
    chat.send(`fake:slow 50 ${'word '.repeat(40)}`);
    await chat.until('start');
    await chat.until('token');
    await first.stop('SIGKILL');

    const second = await startLoquat({ env: fake.settings, dataDir: first.dataDir });
    const session = await finalised(first.dataDir, chat.id);
    assert.ok(session.summary.length > 0);
    const rows = await journalEvents(first.dataDir, chat.id);
    assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1));
    assert.equal(rows.filter(({ event_type: type }) => type === 'user_message').length, 2);
    assert.equal(summaries(rows), 1);
    assert.equal(rows.filter(({ event_type: type }) => type === 'session_ended').length, 1);
    assert.equal(rows.find(({ event_type: type }) => type === 'session_ended').metadata.reason, 'recovered');

    const again = await Chat.open(second, { id: chat.id });
    assert.equal((await again.one('session_started')).resumed, true);
    assert.equal((await again.ask('are you back?')).done.text, 'You said: are you back?');
    await again.leave();
    await second.stop();

    // A third start finds nothing left to do.
    const third = await startLoquat({ env: fake.settings, dataDir: first.dataDir });
    await finalised(first.dataDir, chat.id);
    const atRest = await journalEvents(first.dataDir, chat.id);
    assert.equal(atRest.filter(({ event_type: type }) => type === 'session_ended').length, 2);
    assert.equal(summaries(atRest), 2);
    await third.stop();
    await fake.stop();
  });
});

// Until nobody new is let in: the first signal has been heard.
const stopping = (server) => eventually('the door to be closed', () => fetch(`${server.url}/healthz`).then(() => false, () => true));

describe('SIGTERM', () => {
  it('lets the running reply end, finalises, and exits with 0', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: fake.settings });
    const chat = await Chat.open(server);
    chat.send('fake:slow 100 one two three four five');
    await chat.until('token');
    const { code } = await server.stop('SIGTERM');
    assert.equal(code, 0, server.stderr);
    assert.equal((await chat.closes()).code, 1001);
    const rows = await journalEvents(server.dataDir, chat.id);
    assert.equal(rows.filter(({ metadata }) => metadata.final === true).length, 1);
    assert.equal(typesOf(rows).filter((type) => type === 'session_ended').length, 1);
    await fake.stop();
  });

  it('that comes again ends at once what runs, and keeps what was said and asked', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: fake.settings });
    const chat = await Chat.open(server);
    chat.send('fake:slow 500 one two three four five six seven eight nine ten');
    chat.send('and this waits');
    const told = (await chat.one('token')).token;
    server.child.kill('SIGTERM');
    await stopping(server);
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null }, server.stderr);
    const rows = await journalEvents(server.dataDir, chat.id);
    const reply = rows.find(({ event_type: type, metadata }) => type === 'ai_message' && metadata.turn === 1);
    assert.equal(reply?.metadata.finish, 'cancelled', JSON.stringify(rows));
    assert.ok(reply.content.startsWith(told), reply.content);
    assert.ok(!reply.content.includes('ten'), 'it was waited for');
    assert.ok(rows.some(({ event_type: type, content }) => type === 'user_message' && content === 'and this waits'), JSON.stringify(rows));
    assert.equal(typesOf(rows).filter((type) => type === 'session_ended').length, 1);
    await fake.stop();
  });

  it('that comes again is heard while the database is waited for', async () => {
    const sockets = [];
    const silent = createServer((socket) => { sockets.push(socket.on('error', () => {})); }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const server = await startLoquat({ env: { SUPABASE_DB_URL: `postgresql://u:p@127.0.0.1:${silent.address().port}/d` } });
    const chat = await Chat.open(server);
    await chat.ask('hello');
    await eventually('a connection to the database', () => sockets.length > 0);
    server.child.kill('SIGTERM');
    await chat.closes();
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null }, server.stderr);
    assert.ok((await journalEvents(server.dataDir, chat.id)).some(({ event_type: type }) => type === 'session_ended'));
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('exits with 0 when nobody is there', async () => {
    const server = await startLoquat();
    await eventually('health', async () => (await fetch(`${server.url}/healthz`)).ok);
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
    assert.equal((await startAndInterrupt()).code, 0);
  });
});

async function startAndInterrupt() {
  const server = await startLoquat();
  return server.stop('SIGINT');
}
