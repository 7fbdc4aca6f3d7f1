// SPDX-License-Identifier: GPL-3.0-or-later
// A PostgreSQL and a PgBouncer (transaction mode) that belong to one test, to be stopped, killed and frozen.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, temporaryFolder, within } from '../../integration/lib/processes.mjs';
import { postgres } from '../../integration/lib/rows.mjs';

const run = promisify(execFile);
const role = 'loquat_test'; // the program's; the test looks on as another
const onlooker = 'onlooker';
const password = randomBytes(12).toString('hex');

// Debian keeps the server's programs out of the PATH.
const newest = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))[0];
const binary = (name) => join('/usr/lib/postgresql', newest, 'bin', name);

// Neither server runs as root.
const number = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
const owner = process.getuid() === 0 ? { uid: number('-u'), gid: number('-g') } : {};

function folderForThem() {
  const folder = temporaryFolder();
  if (owner.uid) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

function privateFile(folder, name, text) {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  if (owner.uid) chownSync(path, owner.uid, owner.gid);
  return path;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const children = (pid) => {
  try { return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).trim().split('\n').map(Number); } catch { return []; }
};

const running = new Set();
process.on('exit', () => { for (const server of running) server.signalAll('SIGKILL'); });

class Server {
  async spawn(path, args, folder) {
    this.child = spawn(path, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...owner });
    this.log = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.log = (this.log + text).slice(-10_000); });
    running.add(this);
    this.ended = new Promise((resolve) => this.child.on('close', () => { running.delete(this); resolve(); }));
    const died = this.ended.then(() => { throw new Error(`${path} ended:\n${this.log}`); });
    died.catch(() => {});
    await Promise.race([died, eventually(`${path} to answer`, async () => (await postgres(this.url, 'select 1 as one')).length === 1)]);
  }

  // The processes a server consists of, each of which leads a group of its own.
  signalAll(signal) {
    for (const pid of [this.child.pid, ...children(this.child.pid)])
      try { process.kill(pid, signal); } catch { /* gone already */ }
  }

  async end(signal) {
    const all = [this.child.pid, ...children(this.child.pid)];
    if (signal === 'SIGKILL') this.signalAll(signal);
    else this.child.kill(signal);
    await within(this.ended, () => `still there after ${signal}:\n${this.log}`);
    const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
    await eventually('its processes to end', () => !all.some(alive));
  }
}

export class Postgres extends Server {
  static async create() {
    const server = new Postgres();
    server.folder = folderForThem();
    server.data = join(server.folder, 'data');
    mkdirSync(server.data, { mode: 0o700 });
    if (owner.uid) chownSync(server.data, owner.uid, owner.gid);
    const secret = privateFile(server.folder, 'password', password);
    await run(binary('initdb'), ['-D', server.data, '-U', onlooker, `--pwfile=${secret}`, '--auth=scram-sha-256',
      '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], { cwd: server.folder, ...owner });
    server.port = await freePort();
    server.url = `postgres://${onlooker}:${password}@127.0.0.1:${server.port}/postgres`;
    await server.start();
    await server.tell(`create role ${role} login password '${password}'`, `grant create, usage on schema public to ${role}`);
    return server;
  }

  start(args = []) {
    return this.spawn(binary('postgres'), ['-D', this.data, '-c', 'listen_addresses=127.0.0.1', '-c', `port=${this.port}`,
      '-c', 'unix_socket_directories=', ...args], this.folder);
  }

  ask(sql) { return postgres(this.url, sql); }
  // Statements that return nothing, each a transaction of its own.
  async tell(...statements) {
    for (const sql of statements) await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, this.url]);
  }
  // A transaction that keeps what `sql` locked, until somebody ends the server.
  hold(sql) {
    const child = spawn('psql', ['-X', '-q', '-c', `begin; ${sql}; select pg_sleep(3600)`, this.url], { stdio: 'ignore' });
    child.on('error', () => {});
  }

  stop() { return this.end('SIGINT'); } // "fast": connections are ended, everything is written
  kill() { return this.end('SIGKILL'); } // as a power cut would
  freeze() { this.signalAll('SIGSTOP'); }
  thaw() { this.signalAll('SIGCONT'); }
}

export class PgBouncer extends Server {
  static async create(database) {
    const server = new PgBouncer();
    server.folder = folderForThem();
    const port = await freePort();
    server.url = `postgres://${role}:${password}@127.0.0.1:${port}/postgres`;
    const users = privateFile(server.folder, 'userlist.txt', `"${role}" "${password}"\n`);
    server.settings = privateFile(server.folder, 'pgbouncer.ini', `[databases]
* = host=127.0.0.1 port=${database.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 5
server_login_retry = 1
`);
    await server.start();
    return server;
  }

  start() { return this.spawn('/usr/sbin/pgbouncer', ['-q', this.settings], this.folder); }
  stop() { return this.end('SIGTERM'); } // at once: its listener and its connections are closed
}
