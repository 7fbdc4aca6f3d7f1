// SPDX-License-Identifier: GPL-3.0-or-later
// Two nodes on one database: a client may come to either, and a node that dies costs nobody their conversation.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { deadAfter, pooled, startNginx, startNode } from './lib/fleet.mjs';
import { eventually, runLoquat, startFakeOpenAi, temporaryFolder } from './lib/processes.mjs';
import { emptyDatabase, finalised, journalEvents, postgres, postgresEvents, postgresSession, sameInBoth } from './lib/rows.mjs';

const saidIn = (frames) => frames.filter(({ type }) => type === 'token').map(({ token }) => token).join('');
const count = (rows, type) => rows.filter(({ event_type: is }) => is === type).length;
const slowly = (n, pace = 100) => `fake:slow ${pace} ${Array.from({ length: n }, (_, i) => `word${i}`).join(' ')}`;

function withoutGaps(rows) {
  assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1), 'seq has gaps');
}

async function ownerOf(url, id) {
  return (await postgres(url, `select node_id from session_owners where session_id = '${id}'`))[0]?.node_id;
}

// A client that comes back until it is let in, as clients do.
async function comeBack(server, id, seq) {
  return eventually('the client to be back', async () => {
    const chat = await Chat.open(server, { id, after: seq });
    const first = await Promise.race([chat.until(({ type }) => type === 'session_started' || type === 'resync'), chat.closed]);
    return Array.isArray(first) ? Object.assign(chat, { welcome: first[0] }) : undefined;
  });
}

function fleetTests(way, reached) {
  describe(`Two nodes on one database, ${way}`, () => {
    let fake, direct, url, a, b, c, nginx;
    before(async () => {
      fake = await startFakeOpenAi();
      direct = await emptyDatabase();
      url = reached(direct);
      a = await startNode('a', url, { env: fake.settings });
      b = await startNode('b', url, { env: fake.settings });
      nginx = await startNginx([a, b]);
    });
    after(async () => {
      for (const program of [nginx, a, b, c, fake]) await program?.stop(program === nginx ? 'SIGQUIT' : 'SIGKILL');
    });

    it('know each other', async () => {
      await eventually('both to be known', async () => {
        const nodes = await postgres(direct, 'select node_id, address from nodes order by node_id');
        assert.deepEqual(nodes, [a, b].map(({ name, port }) => ({ node_id: name, address: `http://127.0.0.1:${port}` })));
        return true;
      });
    });

    it('serve a conversation behind one port', async () => {
      const chat = await Chat.open(nginx);
      const { done, text } = await chat.ask('hello there');
      assert.equal(text, done.text);
      await chat.leave();
      const owner = await ownerOf(direct, chat.id) === 'a' ? a : b;
      await finalised(owner.dataDir, chat.id);
      await sameInBoth(owner, direct, chat.id);
      assert.match((await postgres(direct, `select node_id from sessions where session_id = '${chat.id}'`))[0].node_id, /^[ab]$/);
    });

    it('carry a client to the node that leads its session', async () => {
      const first = await Chat.open(a);
      await first.ask('hello');
      const { start, done } = await first.ask('again');
      const second = await Chat.open(b, { id: first.id, after: start.seq });
      assert.equal((await first.closes()).code, 4409);
      const missed = await second.until('done');
      assert.equal(missed[0].resumed, true);
      assert.equal(missed.at(-1).seq, done.seq);
      assert.equal(saidIn(missed), done.text);
      const { text, done: next } = await second.ask('and over there');
      assert.equal(text, next.text);
      assert.equal(await ownerOf(direct, first.id), 'a');
      assert.deepEqual(await second.leave(), { code: 1000, reason: '' });
      const row = await finalised(a.dataDir, first.id);
      assert.equal(row.turns, 3);
      withoutGaps(await postgresEvents(direct, first.id));
    });

    it('carry tokens while they come, and a reply that runs to whoever comes back elsewhere', async () => {
      const first = await Chat.open(a);
      first.send(slowly(30, 50));
      const start = (await first.until('start')).at(-1);
      await first.until('token');
      first.drop();
      const second = await Chat.open(b, { id: first.id, after: start.seq });
      const early = await second.until('token');
      assert.equal(early.at(-1).type, 'token');
      assert.equal(await ownerOf(direct, first.id), 'a');
      const done = (await second.until('done')).at(-1);
      assert.equal(saidIn(second.frames), done.text);
      assert.equal(done.finish, 'stop');
      // What breaks at the far end breaks here: the session waits for its client to come back.
      second.drop();
      const third = await Chat.open(a, { id: first.id, after: done.seq });
      assert.equal((await third.until('session_started'))[0].resumed, true);
      await third.leave();
      await finalised(a.dataDir, first.id);
      assert.equal(count(await journalEvents(a.dataDir, first.id), 'session_ended'), 1);
    });

    it('keep a message that a client sends before its session is found', async () => {
      const first = await Chat.open(a);
      await first.ask('hello');
      const second = new Chat(new URL(`/ws/session/${first.id}`, b.url.replace('http', 'ws')), first.id);
      second.socket.once('open', () => second.send('at once'));
      assert.match((await second.turn()).done.text, /at once/);
      await second.leave();
    });

    it('do not pass on what was passed on already', async () => {
      const first = await Chat.open(a);
      await first.ask('hello');
      const { default: WebSocket } = await import('ws');
      const socket = new WebSocket(`${b.url.replace('http', 'ws')}/ws/session/${first.id}`, { headers: { 'X-Loquat-Relay': '1' } });
      const code = await new Promise((resolve) => { socket.on('close', resolve); });
      assert.equal(code, 1013);
      assert.equal((await first.ask('still here')).done.finish, 'stop');
      await first.leave();
    });

    it('take over from one that is killed, each session by exactly one', async () => {
      c = await startNode('c', url, { env: fake.settings });
      // Sessions of A: one whose client comes back, others whose clients do not.
      const others = await Promise.all(Array.from({ length: 6 }, () => Chat.open(a)));
      await Promise.all(others.map((chat) => chat.ask('remember me')));
      others[0].send(slowly(200));
      await others[0].until('token');
      const chat = await Chat.open(a);
      await chat.ask('before the fall');
      chat.send(slowly(200));
      const { seq } = (await chat.until('start')).at(-1);
      await chat.until('token');
      await eventually('the message to be in Postgres', async () => (await postgresEvents(direct, chat.id)).length >= seq);
      await eventually('the others to be in Postgres', async () => (await Promise.all(
        others.map(({ id }, i) => postgresEvents(direct, id).then((rows) => rows.length >= (i ? 3 : 4))))).every(Boolean));
      await a.stop('SIGKILL');
      await chat.closed;

      // The reply that was cut off has its end, and the conversation goes on.
      const again = await comeBack(nginx, chat.id, seq);
      assert.equal((await again.one('done')).finish, 'failed');
      assert.match(await ownerOf(direct, chat.id), /^[bc]$/);
      const { done } = await again.ask('after the fall');
      assert.equal(done.finish, 'stop');
      const rows = await eventually('the reply in Postgres', async () => {
        const there = await postgresEvents(direct, chat.id);
        return there.at(-1).content === done.text && there;
      });
      withoutGaps(rows);
      assert.deepEqual(rows.filter(({ event_type: type }) => type === 'user_message').map(({ content }) => content),
        ['before the fall', slowly(200), 'after the fall']);
      await again.leave();

      for (const { id } of others) {
        await eventually(`the end of ${id}`, async () => (await postgresSession(direct, id)).status === 'completed');
        const events = await postgresEvents(direct, id);
        withoutGaps(events);
        assert.equal(count(events, 'session_ended'), 1, JSON.stringify(events));
        assert.equal(count(events, 'summary'), 1, JSON.stringify(events));
        assert.match(await ownerOf(direct, id), /^[bc]$/);
      }

      // It is back, leaves to the others what is theirs now, and learns how that ended.
      a = await startNode('a', url, { env: fake.settings, dataDir: a.dataDir, port: a.port });
      for (const { id } of others.slice(2)) await finalised(a.dataDir, id);
      const back = await Chat.open(a, { id: others[1].id });
      assert.equal((await back.until('session_started'))[0].resumed, true);
      assert.match(await ownerOf(direct, others[1].id), /^[bc]$/);
      await back.leave();
      for (const { id } of others.slice(2)) {
        const events = await postgresEvents(direct, id);
        assert.equal(count(events, 'session_ended'), 1);
        assert.equal(count(events, 'summary'), 1);
      }
      await c.stop();
    });

    it('hand over at once when one of them is stopped', async () => {
      const chat = await Chat.open(b);
      const { done } = await chat.ask('hello');
      await b.stop();
      assert.equal((await chat.closes()).code, 1001);
      const again = await Chat.open(a, { id: chat.id, after: 1 });
      const frames = await again.until('done');
      assert.equal(frames[0].type, 'session_started');
      assert.equal(frames.at(-1).text, done.text);
      assert.equal(await ownerOf(direct, chat.id), 'a');
      await again.ask('and on');
      await again.leave();
      await finalised(a.dataDir, chat.id);
      await sameInBoth(a, direct, chat.id);
      withoutGaps(await postgresEvents(direct, chat.id));
    });
  });
}

fleetTests('reached directly', (direct) => direct);
fleetTests('through PgBouncer in transaction mode', pooled);

describe('A summary that is owed', () => {
  it('is made by one of the others when its node dies over it', async () => {
    const url = await emptyDatabase();
    const slow = await startNode('slow', url, { env: { LOQUAT_SIMULATED_PACE_MS: '150' } });
    const [one, other] = await Promise.all(['one', 'other'].map((name) => startNode(name, url)));
    const chats = await Promise.all(Array.from({ length: 4 }, () => Chat.open(slow)));
    for (const chat of chats) chat.send('hello');
    await Promise.all(chats.map((chat) => chat.until('done')));
    for (const chat of chats) chat.send({ type: 'end' });
    await eventually('the ends to be in Postgres', async () => (await Promise.all(
      chats.map(({ id }) => postgresSession(url, id)))).every((row) => row?.status === 'ending'));
    await slow.stop('SIGKILL');
    for (const { id } of chats) {
      const { summary } = await eventually(`the summary of ${id}`, async () => {
        const row = await postgresSession(url, id);
        return row.status === 'completed' && row;
      });
      assert.ok(summary);
      const rows = await postgresEvents(url, id);
      withoutGaps(rows);
      assert.equal(count(rows, 'session_ended'), 1);
      assert.equal(count(rows, 'summary'), 1);
    }
    for (const node of [one, other]) await node.stop();
    for (const { id } of chats)
      assert.equal(count(await postgresEvents(url, id), 'summary'), 1);
    assert.deepEqual((await postgres(url, 'select node_id from nodes')).map(({ node_id: name }) => name), ['slow']);
  });
});

describe('A node that is started again', () => {
  it('keeps its sessions', async () => {
    const url = await emptyDatabase();
    const patient = { LOQUAT_NODE_DEAD_AFTER_MS: '60000' };
    const other = await startNode('other', url, { env: patient });
    let node = await startNode('node', url, { env: patient });
    const [chat, left] = await Promise.all([Chat.open(node), Chat.open(node)]);
    const { done } = await chat.ask('hello');
    await left.ask('hello');
    await eventually('both to be in Postgres', async () =>
      (await postgres(url, "select session_id from session_events where event_type = 'ai_message'")).length === 2);
    await node.stop('SIGKILL');
    // Whoever comes to the other node meanwhile waits for it.
    const again = Chat.open(other, { id: chat.id, after: 1 });
    node = await startNode('node', url, { env: patient, dataDir: node.dataDir, port: node.port });
    const frames = await (await again).until('done');
    assert.equal(frames.at(-1).text, done.text);
    assert.equal(await ownerOf(url, chat.id), 'node');
    await (await again).leave();
    await finalised(node.dataDir, left.id);
    for (const { id } of [chat, left]) {
      await eventually(`the end of ${id}`, async () => (await postgresSession(url, id)).status === 'completed');
      assert.equal(await ownerOf(url, id), 'node');
      withoutGaps(await postgresEvents(url, id));
    }
    await node.stop();
    await other.stop();
  });
});

describe('A node alone', () => {
  for (const [what, env, setting] of [
    ['needs a database', {}, 'LOQUAT_NODE_URL'],
    ['cannot find others over REST', { SUPABASE_URL: 'https://x.supabase.co', SUPABASE_SERVICE_ROLE_KEY: 'k' }, 'LOQUAT_NODE_URL'],
    ['needs a name that is one', { SUPABASE_DB_URL: 'postgres://u:p@127.0.0.1/x', LOQUAT_NODE_ID: 'a b' }, 'LOQUAT_NODE_ID'],
    ['needs an address that is one', { SUPABASE_DB_URL: 'postgres://u:p@127.0.0.1/x', LOQUAT_NODE_URL: 'ftp://x' }, 'LOQUAT_NODE_URL'],
  ])
    it(what, async () => {
      const program = runLoquat(['--server', '--data-dir', temporaryFolder()], { LOQUAT_NODE_URL: 'http://127.0.0.1:9', ...env });
      assert.equal((await program.ended).code, 2);
      assert.match(program.stderr, new RegExp(`^loquat: ${setting}: .*expected .*\\n$`, 's'));
    });
});
