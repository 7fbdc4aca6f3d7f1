// SPDX-License-Identifier: GPL-3.0-or-later
// The disk takes nothing more, and later does again: clients are told, and what they said meanwhile is not lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Chat } from '../integration/lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from '../integration/lib/processes.mjs';
import { finalised, journalEvents, journalOf } from '../integration/lib/rows.mjs';

// How large a file the running program may write; a write beyond it fails, as on a full disk.
const limitFiles = (server, bytes) => execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`]);
const ready = async (server) => (await fetch(`${server.url}/readyz`)).status;

describe('A disk without room', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
  });
  after(() => Promise.all([server.stop('SIGKILL'), fake.stop()]));

  it('holds up what cannot be kept, says so, and goes on when there is room again', async () => {
    const chats = await Promise.all([Chat.open(server), Chat.open(server)]);
    for (const chat of chats) assert.equal((await chat.ask('while there is room')).done.finish, 'stop');
    limitFiles(server, statSync(`${journalOf(server.dataDir)}-wal`).size);
    for (const chat of chats) {
      const before = chat.frames.length;
      chat.send('when there is none');
      const problem = await chat.one('error');
      assert.match(problem.code, /^store_/);
      assert.ok(problem.message.length > 0 && problem.retryable, JSON.stringify(problem));
      assert.ok(!chat.frames.slice(before).some(({ type }) => type === 'start'), 'start was sent for what is not on disk');
    }
    assert.equal(await ready(server), 503);
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);

    limitFiles(server, 'unlimited');
    for (const chat of chats) {
      const { start, done } = await chat.turn();
      assert.equal(done.text, 'You said: when there is none');
      assert.equal((await chat.ask('and afterwards')).done.finish, 'stop');
      const rows = await journalEvents(server.dataDir, chat.id);
      assert.equal(rows[start.seq - 1].content, 'when there is none');
      assert.equal(rows[done.seq - 1].content, done.text);
      assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, i) => i + 1));
    }
    assert.equal(await ready(server), 200);
    for (const chat of chats) {
      await chat.leave();
      await finalised(server.dataDir, chat.id);
    }
    assert.equal((await server.stop()).code, 0, server.stderr);
  });
});
