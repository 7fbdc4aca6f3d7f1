// SPDX-License-Identifier: GPL-3.0-or-later
// Several nodes on one database, and nginx in front of them with the configuration that packaging/ ships.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, fromEnvironment, Program, startLoquat, temporaryFolder } from './processes.mjs';

// How long a node may be silent in these tests before it counts as dead.
export const deadAfter = 2_000;

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
  });
}

export function pooled(direct) {
  const url = new URL(fromEnvironment('LOQUAT_TEST_PGBOUNCER_URL', 'Run this under tests/with-servers.'));
  url.pathname = new URL(direct).pathname;
  return url.href;
}

// The address has to be known before the node starts.
export async function startNode(name, database, { env = {}, dataDir = temporaryFolder(), port } = {}) {
  const own = port ?? await freePort();
  const node = await startLoquat({
    dataDir,
    port: own,
    env: {
      SUPABASE_DB_URL: database,
      LOQUAT_NODE_URL: `http://127.0.0.1:${own}`,
      LOQUAT_NODE_ID: name,
      LOQUAT_NODE_DEAD_AFTER_MS: String(deadAfter),
      ...env,
    },
  });
  return Object.assign(node, { name, port: own });
}

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

export async function startNginx(nodes) {
  const shipped = fileURLToPath(new URL('../../../packaging/nginx/loquat.conf', import.meta.url));
  let text = readFileSync(shipped, 'utf8');
  const port = await freePort();
  const change = (from, to) => {
    assert.equal(text.split(from).length, 2, `${from} stands once in ${shipped}`);
    text = text.replace(from, to);
  };
  change('listen 127.0.0.1:8000', `listen 127.0.0.1:${port}`);
  change('server 127.0.0.1:8001', `server 127.0.0.1:${nodes[0].port}`);
  change('server 127.0.0.1:8002', `server 127.0.0.1:${nodes[1].port}`);
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'loquat.conf'), text);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/pid; error_log stderr;
    events {}
    http { access_log off; ${temporary.join(' ')} include ${folder}/loquat.conf; }`);
  const nginx = new Program('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], { PATH: `${process.env.PATH}:/usr/sbin` });
  await eventually(`nginx to listen: ${nginx.stderr}`, () => answers(port));
  return Object.assign(nginx, { url: `http://127.0.0.1:${port}`, port });
}
