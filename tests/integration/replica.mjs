// SPDX-License-Identifier: GPL-3.0-or-later
// Postgres gets the same rows as the journal, when it can; a conversation never waits for it.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { fromEnvironment, startLoquat } from './lib/processes.mjs';
import { emptyDatabase, finalised, gateTo, journalEvents, postgres, sameInBoth } from './lib/rows.mjs';

async function wholeConversation(server) {
  const chat = await Chat.open(server, { user_id: "o'user" });
  await chat.ask("It's a \\ test: Ünïcödé 👩‍👩‍👧, 'quotes', \"more\", $1 ? :name");
  await chat.ask('How much to ship 5kg to the US?');
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  return chat.id;
}

describe('The replica', () => {
  it('creates its tables and holds what the journal holds', async () => {
    const url = await emptyDatabase();
    const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    const id = await wholeConversation(server);
    await sameInBoth(server, url, id);
    const [view] = await postgres(url, `select count(*) as n from events where session_id = '${id}'`);
    assert.equal(view.n, (await journalEvents(server.dataDir, id)).length);
    const rls = await postgres(url, "select relname from pg_class where relname in ('sessions', 'session_events') and relrowsecurity");
    assert.equal(rls.length, 2, 'row level security is off');
    await server.stop();
  });

  it('does the same through PgBouncer in transaction mode', async () => {
    const direct = await emptyDatabase();
    const pooled = new URL(fromEnvironment('LOQUAT_TEST_PGBOUNCER_URL', 'Run this under tests/with-servers.'));
    pooled.pathname = new URL(direct).pathname;
    const server = await startLoquat({ env: { SUPABASE_DB_URL: pooled.href } });
    await sameInBoth(server, direct, await wholeConversation(server));
    await server.stop();
  });

  it('writes nothing twice when it starts again over a database that has rows', async () => {
    const url = await emptyDatabase();
    const first = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    const id = await wholeConversation(first);
    await sameInBoth(first, url, id);
    await first.stop();
    const second = await startLoquat({ env: { SUPABASE_DB_URL: url }, dataDir: first.dataDir });
    const other = await wholeConversation(second);
    await sameInBoth(second, url, other);
    await sameInBoth(second, url, id);
    await second.stop();
  });

  it('catches up after a time without a database', async () => {
    const url = await emptyDatabase();
    const gate = await gateTo(url);
    const server = await startLoquat({ env: { SUPABASE_DB_URL: gate.url } });
    const early = await wholeConversation(server);
    gate.open();
    await sameInBoth(server, url, early, 90_000);
    gate.close();
    const late = await wholeConversation(server);
    gate.open();
    await sameInBoth(server, url, late, 90_000);
    await server.stop();
    gate.shut();
  });
});

describe('Without a database that answers', () => {
  for (const [what, listen] of [
    ['a port that nobody listens on', undefined],
    ['a database that accepts and says nothing', () => {}],
  ])
    it(`${what} changes nothing for the client`, async () => {
      const sockets = new Set();
      const silent = createServer((socket) => { sockets.add(socket); socket.on('error', () => {}); });
      await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address();
      if (!listen) await new Promise((resolve) => silent.close(resolve));
      const server = await startLoquat({ env: { SUPABASE_DB_URL: `postgresql://nobody:secret-word@127.0.0.1:${port}/none` } });
      const chat = await Chat.open(server);
      const { done } = await chat.ask('How much to ship 5kg to the US?');
      assert.equal(done.finish, 'stop');
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
      await chat.leave();
      const session = await finalised(server.dataDir, chat.id);
      assert.ok(session.summary.length > 0);
      const { code } = await server.stop();
      assert.equal(code, 0, server.stderr);
      assert.ok(!server.stderr.includes('secret-word'), 'the password is in the log');
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
});
