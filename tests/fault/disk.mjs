// SPDX-License-Identifier: GPL-3.0-or-later
// The disk takes nothing more, and later does again: clients are told, and what they said meanwhile is not lost.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chat } from '../integration/lib/chat.mjs';
import { Contract } from '../integration/lib/contract.mjs';
import { startFakeOpenAi, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { finalised, journalEvents, journalOf } from '../integration/lib/rows.mjs';

const ready = async (server) => (await fetch(`${server.url}/readyz`)).status;

// The running program may not write beyond a file's size: as on a full disk, and wherever these tests run.
const fileLimit = {
  start: (env) => startLoquat({ env }),
  fill: (server) => limitFiles(server, statSync(`${journalOf(server.dataDir)}-wal`).size),
  empty: (server) => limitFiles(server, 'unlimited'),
  end() {},
};
const limitFiles = (server, bytes) => execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`]);

// A small file system that is really full.
const fullDisk = {
  start(env) {
    const dataDir = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', dataDir]);
    return startLoquat({ env, dataDir });
  },
  fill(server) {
    const page = Buffer.alloc(4096);
    assert.throws(() => { for (;;) writeFileSync(filler(server), page, { flag: 'a' }); }, { code: 'ENOSPC' });
  },
  empty: (server) => rmSync(filler(server)),
  end: (server) => execFileSync('umount', [server.dataDir]),
};
const filler = (server) => join(server.dataDir, 'filler');

// It takes the right to mount one, which this test gives itself, for itself alone, by running again.
const ownMounts = ['unshare', '--mount', ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user'])];
const may = ([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
if (!process.env.LOQUAT_TEST_MAY_MOUNT && may([...ownMounts, 'mount', '-t', 'tmpfs', 'none', '/mnt'])) {
  const [command, ...args] = [...ownMounts, process.execPath, fileURLToPath(import.meta.url)];
  process.exit(spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, LOQUAT_TEST_MAY_MOUNT: '1' } }).status ?? 1);
}

const disks = { 'whose files may not grow': fileLimit };
if (process.env.LOQUAT_TEST_MAY_MOUNT) disks['that is full'] = fullDisk;
else console.log('No file system may be mounted here: "full" is only tested by a limit on the size of files.');

for (const [which, disk] of Object.entries(disks)) describe(`A disk ${which}`, () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await disk.start(fake.settings);
  });
  after(async () => {
    await Promise.all([server.stop('SIGKILL'), fake.stop()]);
    disk.end(server);
  });

  it('holds up what cannot be kept, says so, and goes on when there is room again', async () => {
    const chats = await Promise.all([Chat.open(server), Chat.open(server)]);
    for (const chat of chats) assert.equal((await chat.ask('while there is room')).done.finish, 'stop');
    disk.fill(server);
    for (const chat of chats) {
      const before = chat.frames.length;
      chat.send('when there is none');
      const problem = await chat.one('error');
      assert.match(problem.code, /^store_/);
      assert.ok(problem.message.length > 0 && problem.retryable, JSON.stringify(problem));
      assert.ok(!chat.frames.slice(before).some(({ type }) => type === 'start'), 'start was sent for what is not on disk');
    }
    const answer = await fetch(`${server.url}/readyz`);
    assert.equal(answer.status, 503);
    const contract = new Contract(await (await fetch(`${server.url}/openapi.json`)).json());
    contract.documented('get', '/readyz', { status: answer.status, type: answer.headers.get('content-type').split(';')[0], body: await answer.json() });
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);

    disk.empty(server);
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
