// SPDX-License-Identifier: GPL-3.0-or-later
// /api/live: every event of every session once, in order, also to a reader that comes back, that came late, that does not
// read, or that outlives the server.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { ask, Live } from './lib/operators.mjs';
import { eventually, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { finalised, sqlite } from './lib/rows.mjs';

const stored = async (server) => (await sqlite(server.dataDir, 'select id, session_id, seq, event_type, content from session_events order by id'));
const told = (live) => live.events.map(({ id, data }) => ({ id, session_id: data.session_id, seq: data.seq, event_type: data.event_type, content: data.content }));
const allTold = (live, server) => eventually('every event', async () => {
  const rows = await stored(server);
  return live.events.length >= rows.length && rows;
});

it('tells the tokens of a reply between its message and itself, however fast it goes', async () => {
  const fake = await startFakeOpenAi();
  const server = await startLoquat({ env: fake.settings });
  const live = await Live.open(server);
  const chats = await Promise.all(Array.from({ length: 4 }, () => Chat.open(server)));
  const turns = 12;
  await Promise.all(chats.map(async (chat) => {
    for (let i = 1; i <= turns; i += 1) await chat.ask(i % 3 ? `turn ${i}` : 'fake:tool get_weather {"city":"Delhi"}');
    await chat.leave();
  }));
  await Promise.all(chats.map((chat) => finalised(server.dataDir, chat.id)));
  await allTold(live, server);
  for (const { id } of chats) {
    const mine = live.frames.filter(({ data }) => data.session_id === id);
    for (let turn = 1; turn <= turns; turn += 1) {
      const at = (accepts) => mine.findIndex(({ event, data }) => (data.metadata?.turn ?? data.turn) === turn && accepts(event, data));
      const asked = at((event, data) => data.event_type === 'user_message');
      const said = at((event) => event === 'token');
      const reply = at((event, data) => data.event_type === 'ai_message' && data.metadata.final);
      assert.ok(asked >= 0 && asked < said && said < reply, `turn ${turn}: ${[asked, said, reply]}`);
      const after = mine.slice(reply).filter(({ event, data }) => event === 'token' && data.turn === turn);
      assert.deepEqual(after, []);
    }
  }
  await live.close();
  await Promise.all([server.stop(), fake.stop()]);
});

it('tells every event of every session, with the tokens before the reply they make up', async () => {
  const server = await startLoquat();
  const live = await Live.open(server);
  assert.match(live.answer.headers.get('content-type'), /^text\/event-stream/);
  const chats = await Promise.all(Array.from({ length: 8 }, () => Chat.open(server)));
  const turns = await Promise.all(chats.map((chat) => chat.ask('Explain WebSockets simply')));
  await Promise.all(chats.map((chat) => chat.leave()));
  await Promise.all(chats.map((chat) => finalised(server.dataDir, chat.id)));
  const rows = await allTold(live, server);
  assert.deepEqual(told(live), rows);
  chats.forEach(({ id }, i) => {
    const mine = live.frames.filter(({ data }) => data.session_id === id);
    const reply = mine.findIndex(({ data }) => data.event_type === 'ai_message');
    const said = mine.slice(0, reply).filter(({ event }) => event === 'token').map(({ data }) => data.token).join('');
    assert.equal(said, turns[i].text);
  });
  await live.close();
  await server.stop();
});

it('replays what was missed, also across a restart of the server', async () => {
  const dataDir = temporaryFolder();
  let server = await startLoquat({ dataDir });
  const live = await Live.open(server);
  const chat = await Chat.open(server);
  await chat.ask('hello');
  const { id: last } = await live.until(({ data }) => data.event_type === 'user_message');
  await live.close();
  await chat.ask('and again');
  await chat.leave();
  await finalised(dataDir, chat.id);
  await server.stop();
  server = await startLoquat({ dataDir });
  const again = await Live.open(server, { after: last });
  const other = await Chat.open(server);
  await other.ask('hello');
  await other.leave();
  await finalised(dataDir, other.id);
  const rows = await allTold({ get events() { return [...Array(last), ...again.events]; } }, server);
  assert.deepEqual(told(again), rows.filter(({ id }) => id > last));
  const everything = await Live.open(server, { after: 0 });
  assert.deepEqual((await allTold(everything, server), told(everything)), rows);
  await Promise.all([again.close(), everything.close()]);
  await server.stop();
});

it('begins with what comes next for a reader that knows nothing', async () => {
  const server = await startLoquat();
  const chat = await Chat.open(server);
  await chat.ask('hello');
  const live = await Live.open(server);
  await chat.ask('again');
  const reply = await live.until(({ data }) => data.event_type === 'ai_message');
  assert.equal(live.events[0].data.content, 'again');
  assert.equal(reply.data.metadata.turn, 2);
  await live.close();
  await chat.leave();
  await server.stop();
});

it('tells a reader of another journal that it cannot know what it missed', async () => {
  const server = await startLoquat();
  const live = await Live.open(server, { after: 1_000_000 });
  assert.deepEqual((await live.until(({ event }) => event === 'gap')).data, { lost: 'events' });
  const chat = await Chat.open(server);
  await chat.ask('hello');
  await live.until(({ data }) => data.event_type === 'ai_message');
  assert.equal(live.events[0].id, 1);
  await live.close();
  await chat.leave();
  await server.stop();
});

it('tells a slow reader every event, and of the tokens it had no room for', async () => {
  const fake = await startFakeOpenAi();
  const server = await startLoquat({ env: fake.settings });
  const { hostname, port } = new URL(server.url);
  const reader = connect(Number(port), hostname);
  reader.write('GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await within(new Promise((read) => reader.once('readable', read)), () => 'no answer');
  // Nothing is taken from the socket from here on: neither by this program nor, once its buffers are full, by the kernel.
  const big = 'x'.repeat(200_000);
  const chat = await Chat.open(server);
  for (let i = 0; i < 40; i += 1) await chat.ask(`fake:say ${i} ${big}`);
  const said = await stored(server);
  const size = said.reduce((sum, { content }) => sum + content.length, 0);
  assert.ok(size > 12e6, `only ${size} characters were said`);
  // Until the last event is told its tokens may be still to come, and there would be room for them again.
  const last = said.at(-1).id;
  const witness = await Live.open(server, { after: last - 1 });
  await witness.until(({ id }) => id === last);
  await witness.close();
  let text = '';
  const decoder = new TextDecoder();
  reader.on('data', (bytes) => { text += decoder.decode(bytes, { stream: true }); });
  const reached = async () => {
    const rows = await stored(server);
    return text.includes(`\nid: ${rows.at(-1).id}\n`) && text.endsWith('\n\n') && rows;
  };
  await eventually('the events that were missed', reached);
  // While the kernel's buffers grew there may have been room again, and so a gap that was told.
  assert.doesNotMatch(text.slice(text.lastIndexOf('\nevent: token\n') + 1), /^event: gap$/m);
  const before = text.length;
  await chat.ask('hello');
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  const rows = await eventually('the last event', reached);
  assert.match(text.slice(before), /^event: gap\ndata: \{"lost":"tokens"\}\n\nevent: token$/m);
  const frames = text.slice(text.indexOf('\r\n\r\n') + 4).split('\n\n');
  const ids = frames.map((frame) => /^id: (\d+)$/m.exec(frame)?.[1]).filter(Boolean).map(Number);
  assert.deepEqual(ids, rows.map(({ id }) => id));
  reader.destroy();
  await Promise.all([server.stop(), fake.stop()]);
});

it('ends the streams when the server ends, and has room again when readers leave', async () => {
  const server = await startLoquat();
  const readers = [];
  for (;;) {
    const live = await Live.open(server);
    if (live.answer.status !== 200) {
      assert.equal(live.answer.status, 503);
      assert.match(live.answer.headers.get('content-type'), /problem\+json/);
      break;
    }
    readers.push(live);
    assert.ok(readers.length <= 64, 'there is no limit');
  }
  await readers.pop().close();
  await eventually('room', async () => {
    const live = await Live.open(server);
    if (live.answer.status !== 200) return false;
    readers.push(live);
    return true;
  });
  assert.equal((await ask(server, '/api/sessions')).status, 200);
  await server.stop();
  await within(Promise.all(readers.map(({ ended }) => ended)), () => 'a stream is still open');
});
