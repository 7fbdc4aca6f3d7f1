// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, each started fresh for every measurement with a folder and a database of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const build = process.env.LOQUAT_BUILD;
const peers = fileURLToPath(new URL('../peers/', import.meta.url));
const postgres = process.env.LOQUAT_TEST_POSTGRES_URL;
// The one that Debian's packages belong to.
const python = '/usr/bin/python3';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// Starts a program; resolves once a line of its output matches.
function start(command, args, { env = {}, cwd, ready }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  return new Promise((resolve, reject) => {
    const look = (chunk) => {
      said = (said + chunk).slice(-4000);
      const match = said.match(ready);
      if (match) resolve({ pid: child.pid, port: Number(match[1]), stop: () => stop(child) });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('error', reject);
    child.on('exit', (code) => {
      running.delete(child);
      reject(new Error(`${command} ended with ${code}:\n${said}`));
    });
  });
}

function stop(child) {
  child.removeAllListeners('exit');
  return new Promise((resolve) => {
    child.on('exit', () => { running.delete(child); resolve(); });
    child.kill('SIGKILL');
  });
}

let databases = 0;
// A fresh one: what an earlier server wrote must not cost this one.
function freshDatabase(port) {
  const name = `bench_${process.pid}_${++databases}`;
  execFileSync('psql', ['-X', '-q', '-c', `create database ${name}`, postgres]);
  const url = new URL(postgres);
  url.pathname = `/${name}`;
  if (port) url.port = String(port);
  return { url: url.href, drop: () => execFileSync('psql', ['-X', '-q', '-c', `drop database ${name} with (force)`, postgres]) };
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const upstream = () => start(join(build, 'tests/bench/gateway/bench_upstream'), [], { ready: /listening on (\d+)/ });

// PostgreSQL as if it were so many milliseconds away.
export const farDatabase = (ms) => start(process.execPath, [fileURLToPath(new URL('far_database.mjs', import.meta.url)), postgres, String(ms)],
  { ready: /listening on (\d+)/ });

async function loquat({ model, upstreamPort, databasePort, database = true }) {
  const folder = mkdtempSync(join(tmpdir(), 'loquat-bench-'));
  const stored = database ? freshDatabase(databasePort) : null;
  const server = await start(join(build, 'loquat'), ['--server', '--port', '0', '--data-dir', folder, '--log-level', 'error'], {
    cwd: folder, // where there is no .env
    env: { OPENAI_API_KEY: 'bench', OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`, OPENAI_MODEL: model,
      LOQUAT_PROVIDERS: 'openai', SUPABASE_DB_URL: stored?.url ?? '', SUPABASE_URL: '' },
    ready: /listening on http:\/\/[^:]+:(\d+)/,
  });
  return { ...server, stop: async () => { await server.stop(); stored?.drop(); rmSync(folder, { recursive: true }); } };
}

async function fastapi({ model, upstreamPort, databasePort, database = true }) {
  const port = await freePort();
  const stored = database ? freshDatabase(databasePort) : null;
  const server = await start(python, [join(peers, 'fastapi_service.py')], {
    env: { OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`, OPENAI_MODEL: model, DATABASE_URL: stored?.url ?? '', PORT: String(port) },
    ready: /listening on (\d+)/,
  });
  return { ...server, stop: async () => { await server.stop(); stored?.drop(); } };
}

const relay = ({ model, upstreamPort }) =>
  start(join(build, 'tests/bench/gateway/bench_relay'), [String(upstreamPort), model], { ready: /listening on (\d+)/ });

const withoutStore = ({ model, upstreamPort }) =>
  start(join(build, 'tests/bench/gateway/bench_storeless'), [String(upstreamPort), model], { ready: /listening on (\d+)/ });

export const servers = {
  loquat,
  'loquat, journal only': (how) => loquat({ ...how, database: false }),
  'loquat, no store': withoutStore,
  fastapi,
  ceiling: relay,
};
