// SPDX-License-Identifier: GPL-3.0-or-later
// A client that lost its connection comes back with ?after=SEQ and misses nothing, also after a restart of the server.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Chat, refusal } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

const saidIn = (frames) => frames.filter(({ type }) => type === 'token').map(({ token }) => token).join('');
const ascending = (frames) => {
  const seqs = frames.map(({ seq }) => seq).filter((seq) => seq !== undefined);
  assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));
};

it('replays what was missed, a running reply included', async () => {
  const fake = await startFakeOpenAi();
  const server = await startLoquat({ env: fake.settings });
  const first = await Chat.open(server);
  first.send('fake:slow one two three four five six seven eight');
  const [{ seq }] = (await first.until('start')).slice(-1);
  await first.until('token');
  first.socket.terminate();
  await first.closed;

  const second = await Chat.open(server, { id: first.id, after: seq });
  const frames = await second.until('done');
  assert.equal(frames[0].type, 'session_started');
  assert.equal(frames[0].resumed, true);
  assert.equal(saidIn(frames), frames.at(-1).text);
  assert.equal(frames.at(-1).finish, 'stop');
  ascending(frames);
  await second.leave();
  await Promise.all([server.stop(), fake.stop()]);
});

it('replays across a kill of the server', async () => {
  const dataDir = temporaryFolder();
  const env = { LOQUAT_SIMULATED_PACE_MS: '1' };
  let server = await startLoquat({ dataDir, env });
  const first = await Chat.open(server);
  const { done } = await first.ask('hello');
  server.child.kill('SIGKILL');
  await first.closed;
  server = await startLoquat({ dataDir, env });
  const second = await Chat.open(server, { id: first.id, after: 1 });
  const frames = await second.until('done');
  assert.deepEqual(frames.map(({ type }) => type), ['session_started', 'start', 'token', 'done']);
  assert.equal(frames.at(-1).text, done.text);
  assert.equal((await second.ask('and again')).done.finish, 'stop');
  ascending(second.frames);
  await second.leave();
  await server.stop();
});

it('sends a snapshot first where it cannot replay', async () => {
  const server = await startLoquat({ env: { LOQUAT_SIMULATED_PACE_MS: '1' } });
  const first = await Chat.open(server);
  const { done } = await first.ask('hello');
  first.socket.terminate();
  const second = await Chat.open(server, { id: first.id, after: 1000 });
  const [resync, started] = await second.until('session_started');
  assert.equal(resync.type, 'resync');
  assert.deepEqual(resync.snapshot.messages.map(({ role, content }) => [role, content]),
    [['user', 'hello'], ['assistant', done.text]]);
  assert.equal(started.resumed, true);
  await second.leave();
  assert.equal((await refusal(server, '/ws/session/x?after=soon')).status, 400);
  await server.stop();
});

it('replays in a dialect of text alone as well', async () => {
  const server = await startLoquat({ env: { LOQUAT_SIMULATED_PACE_MS: '1' } });
  const first = await Chat.open(server);
  const { done } = await first.ask('hello');
  first.socket.terminate();
  const second = await Chat.open(server, { id: first.id, after: 1, dialect: 'text' });
  await eventually('the reply', () => second.frames.join('') === done.text || undefined);
  await second.leave();
  const rows = await journalEvents(server.dataDir, first.id);
  assert.equal(rows.filter(({ event_type: type }) => type === 'ai_message').length, 1);
  await server.stop();
});
