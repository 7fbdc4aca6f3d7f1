// SPDX-License-Identifier: GPL-3.0-or-later
// A node that was taken for dead and is back lets go of what others lead by now; no word that was said is lost.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startNode } from './lib/fleet.mjs';
import { Operator } from './lib/operators.mjs';
import { eventually, startFakeOpenAi } from './lib/processes.mjs';
import { emptyDatabase, finalised, gateTo, journalEvents, postgres, postgresEvents, postgresSession } from './lib/rows.mjs';

const count = (rows, type) => rows.filter(({ event_type: is }) => is === type).length;
const contents = (rows, type) => rows.filter(({ event_type: is }) => is === type).map(({ content }) => content);
const slowly = (n, pace = 100) => `fake:slow ${pace} ${Array.from({ length: n }, (_, i) => `word${i}`).join(' ')}`;

const ownerOf = async (url, id) => (await postgres(url, `select node_id from session_owners where session_id = '${id}'`))[0]?.node_id;
const inPostgres = (url, id, type, n = 1) => eventually(`${n} ${type} of ${id} in Postgres`,
  async () => count(await postgresEvents(url, id), type) >= n);
const completed = (url, id) => eventually(`the end of ${id}`, async () => (await postgresSession(url, id))?.status === 'completed');

function withoutGaps(rows) {
  assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1), 'seq has gaps');
}

// Waits for a while, since it may come to its session's node before that is known to lead it.
async function comeBack(server, id) {
  return eventually('the client to be back', async () => {
    const chat = await Chat.open(server, { id });
    const first = await Promise.race([chat.until('session_started'), chat.closed]);
    return Array.isArray(first) && chat;
  });
}

describe('A node that was taken for dead', () => {
  let fake, url, proxy, a, b;
  before(async () => {
    fake = await startFakeOpenAi();
    url = await emptyDatabase();
    proxy = await gateTo(url);
    proxy.open();
    a = await startNode('a', proxy.url, { env: fake.settings });
    b = await startNode('b', url, { env: fake.settings });
  });
  after(async () => {
    a?.child.kill('SIGCONT');
    for (const program of [a, b, fake]) await program?.stop('SIGKILL');
    proxy.shut();
  });

  it('because it stood still: its clients find their session where it is', async () => {
    const [chat, left] = await Promise.all([Chat.open(a), Chat.open(a)]);
    const operator = await Operator.open(a);
    await left.ask('whoever left');
    left.drop();
    await chat.ask('before it stood still');
    chat.send(slowly(400, 20));
    await chat.until('token');
    await inPostgres(url, chat.id, 'user_message', 2);
    await inPostgres(url, left.id, 'ai_message');
    a.child.kill('SIGSTOP');
    for (const { id } of [chat, left]) await completed(url, id);
    a.child.kill('SIGCONT');

    const said = chat.frames.filter(({ type }) => type === 'token').length;
    assert.deepEqual(await chat.closes(), { code: 1013, reason: 'led by another node, connect again' });
    const cut = chat.frames.at(-1);
    assert.equal(cut.type, 'done');
    assert.equal(cut.finish, 'cancelled');
    assert.ok(cut.text.split(' ').length >= said);
    const again = await comeBack(a, chat.id);
    assert.equal(await ownerOf(url, chat.id), 'b');
    const { done } = await again.ask('and on');
    await again.leave();
    await eventually('it all in Postgres', async () => {
      const replies = contents(await postgresEvents(url, chat.id), 'ai_message');
      return replies.includes(cut.text) && replies.includes(done.text);
    });
    await completed(url, chat.id);
    for (const { id } of [chat, left]) withoutGaps(await postgresEvents(url, id));
    const rows = await postgresEvents(url, chat.id);
    assert.deepEqual(contents(rows, 'user_message'), ['before it stood still', slowly(400, 20), 'and on']);
    // Whose client did not come back: ended once, and its old node knows how.
    assert.equal(count(await postgresEvents(url, left.id), 'session_ended'), 1);
    await finalised(a.dataDir, left.id);
    assert.equal(count(await journalEvents(a.dataDir, left.id), 'session_ended'), 1);
    // Whoever watched there was told that they went elsewhere, and only by that node that they ended.
    for (const { id } of [chat, left]) {
      await eventually(`the end of ${id} to be told`, async () => operator.session(id)?.status === 'completed');
      const told = operator.frames.flatMap(({ sessions = [] }) => sessions).filter(({ session_id: each }) => each === id);
      assert.ok(told.some(({ moved, node_id: node, status }) => moved && node === 'b' && status === 'active'), JSON.stringify(told));
      assert.equal(told.findIndex(({ status }) => status === 'completed') > told.findIndex(({ moved }) => moved), true);
    }
    await operator.leave();
  });

  it('because only it could not reach the database', async () => {
    const chat = await Chat.open(a);
    await chat.ask('everybody knows this');
    await inPostgres(url, chat.id, 'ai_message');
    proxy.close();
    await completed(url, chat.id);
    const { done } = await chat.ask('only one knows this');
    assert.equal(done.finish, 'stop');
    const other = await Chat.open(b, { id: chat.id });
    await other.ask('the other knows this');
    proxy.open();
    assert.equal((await chat.closes()).code, 1013);
    await other.ask('and goes on');
    await other.leave();
    await completed(url, chat.id);
    const rows = await eventually('what only one knew', async () => {
      const there = await postgresEvents(url, chat.id);
      return contents(there, 'ai_message').includes(done.text) && there;
    });
    withoutGaps(rows);
    assert.deepEqual(contents(rows, 'user_message').sort(),
      ['and goes on', 'everybody knows this', 'only one knows this', 'the other knows this']);
  });

  it('leads no session that another led while the database was away from it', async () => {
    const first = await Chat.open(b);
    await first.ask('hello');
    await inPostgres(url, first.id, 'ai_message');
    proxy.close();
    const alone = await eventually('a session that is led alone', async () => {
      const chat = await Chat.open(a, { id: first.id });
      const welcome = await Promise.race([chat.until('session_started'), chat.closed]);
      if (!Array.isArray(welcome)) return undefined;
      if (welcome[0].resumed) { chat.drop(); await first.closed; throw new Error('it was found after all'); }
      return chat;
    });
    await alone.ask('nobody else knows this');
    proxy.open();
    assert.equal((await alone.closes()).code, 1013);
    const { done } = await first.ask('still led here');
    assert.equal(done.finish, 'stop');
    await first.leave();
    await completed(url, first.id);
    await eventually('what nobody else knew', async () =>
      contents(await postgresEvents(url, first.id), 'user_message').includes('nobody else knows this'));
    withoutGaps(await postgresEvents(url, first.id));
  });
});
