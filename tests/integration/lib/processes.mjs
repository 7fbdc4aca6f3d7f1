// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the programs under test, each in an environment of its own: no keys, no .env and no settings of whoever
// runs the tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

// How long anything may take before it counts as never coming. Generous: tests share a machine with a build.
export const patience = 30_000;

export const fromEnvironment = (name, remedy) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. ${remedy}`);
  return value;
};

const folders = new Set();
const running = new Set();
// A test that failed leaves its programs running, and they would keep this one from ending.
after(() => { for (const child of running) child.kill('SIGKILL'); });
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'loquat-test-'));
  folders.add(folder);
  return folder;
}

// A started program: its output so far, and `ended`, which resolves to {code, signal}.
export class Program {
  constructor(binary, args, env, cwd = temporaryFolder()) {
    this.stdout = '';
    this.stderr = '';
    this.child = spawn(binary, args, {
      cwd,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: cwd, QT_QPA_PLATFORM: 'offscreen', LOQUAT_SIMULATED_PACE_MS: '2', ASAN_OPTIONS: process.env.LOQUAT_ASAN_OPTIONS ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.stdout += text; });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => { running.delete(this.child); resolve({ code, signal }); });
    });
  }

  // The address in the line "listening on http://HOST:PORT", or https.
  async address() {
    const line = /listening on (https?:\/\/\S+)/;
    const over = this.ended.then(({ code, signal }) => {
      throw new Error(`It ended with ${signal ?? code} before it listened:\n${this.stdout}${this.stderr}`);
    });
    const listening = new Promise((resolve) => {
      const look = () => { if (line.test(this.stdout)) resolve(line.exec(this.stdout)[1]); };
      this.child.stdout.on('data', look);
      look();
    });
    return within(Promise.race([listening, over]), () => `no "listening on" line:\n${this.stdout}${this.stderr}`);
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return within(this.ended, () => `still running after ${signal}:\n${this.stderr}`);
  }
}

export async function within(promise, what, limit = patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limit / 1000} s: ${what()}`)), limit);
  });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}

// Asks again until the answer is truthy, and returns it.
export async function eventually(what, ask, limit = patience) {
  const end = Date.now() + limit;
  for (let last; ;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) { last = error; }
    if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s for ${what}; last: ${last?.stack ?? JSON.stringify(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// loquat --server on a free port, with a journal of its own.
export async function startLoquat({ args = [], env = {}, port = 0, dataDir = temporaryFolder() } = {}) {
  const binary = fromEnvironment('LOQUAT_BINARY', 'It is the path of the program under test; CTest sets it.');
  const program = new Program(binary, ['--server', '--port', String(port), '--data-dir', dataDir, ...args], env);
  program.dataDir = dataDir;
  program.url = await program.address();
  return program;
}

export function runLoquat(args, env = {}) {
  const binary = fromEnvironment('LOQUAT_BINARY', 'It is the path of the program under test; CTest sets it.');
  return new Program(binary, args, env);
}

// The scripted stand-in for an OpenAI-compatible server. A message such as "fake:status 429" tells it what to do.
export async function startFakeOpenAi() {
  const binary = fromEnvironment('FAKE_OPENAI_BINARY', 'It is the path of tests/fakes/fake_openai; CTest sets it.');
  const program = new Program(binary, ['--port', '0'], {});
  program.url = await program.address();
  program.settings = { OPENAI_API_KEY: 'sk-never-to-be-seen', OPENAI_BASE_URL: `${program.url}/v1`, OPENAI_MODEL: 'fake' };
  program.ask = async (path) => (await fetch(program.url + path)).json();
  // The last request for an answer to `text`, whatever else is asked meanwhile, such as a summary.
  program.asked = async (text) => (await program.ask('/requests')).findLast(({ body }) => body.messages.findLast(({ role }) => role === 'user')?.content === text);
  return program;
}
