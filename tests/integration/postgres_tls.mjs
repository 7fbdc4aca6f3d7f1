// SPDX-License-Identifier: GPL-3.0-or-later
// sslmode=verify-full: the database must be who it says it is, by an authority that the user names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, fromEnvironment, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { emptyDatabase, finalised, sameInBoth } from './lib/rows.mjs';

async function tlsUrl({ host = 'localhost', authority = fromEnvironment('LOQUAT_TEST_POSTGRES_CA', 'Run this under tests/with-servers.') }) {
  const direct = await emptyDatabase();
  const url = new URL(direct);
  url.hostname = host;
  url.searchParams.set('sslmode', 'verify-full');
  url.searchParams.set('sslrootcert', authority);
  return { direct, url: url.href };
}

async function refusedAs(url, words) {
  const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
  const chat = await Chat.open(server);
  assert.equal((await chat.ask('hello')).done.finish, 'stop', 'a conversation does not wait for the database');
  await eventually('the reason', async () => {
    return words.test(await (await fetch(`${server.url}/readyz`)).text());
  });
  await chat.leave();
  await server.stop();
}

describe('A database over TLS', () => {
  it('is written to when its certificate is right', async () => {
    const { direct, url } = await tlsUrl({});
    const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    const chat = await Chat.open(server);
    await chat.ask('hello');
    await chat.leave();
    await finalised(server.dataDir, chat.id);
    await sameInBoth(server, direct, chat.id);
    await server.stop();
  });

  it('is refused when its name is not in the certificate', async () => {
    await refusedAs((await tlsUrl({ host: '127.0.0.1' })).url, /sslmode and sslrootcert/);
  });

  it('is refused when another authority signed', async () => {
    const folder = temporaryFolder();
    const authority = join(folder, 'other.crt');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-keyout', join(folder, 'other.key'), '-out', authority, '-days', '2', '-subj', '/CN=Somebody else'], { stdio: 'ignore' });
    await refusedAs((await tlsUrl({ authority })).url, /sslmode and sslrootcert/);
  });
});
