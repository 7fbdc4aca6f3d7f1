// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of abuse watch: the server's memory, what it counts, and a client that goes on talking meanwhile.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Chat } from '../../integration/lib/chat.mjs';
import { eventually } from '../../integration/lib/processes.mjs';

export const MiB = 1024 * 1024;

// With the sanitizers a program takes a multiple (tests/abuse/run sets it).
export const memoryFactor = Number(process.env.LOQUAT_MEMORY_FACTOR ?? 1);

export function memory(server) {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

export async function metric(server, series) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

// Somebody who talks without a pause; every turn must end well.
export class Ordinary {
  static async open(server) {
    const ordinary = new Ordinary();
    ordinary.chat = await Chat.open(server);
    ordinary.turns = 0;
    ordinary.over = false;
    ordinary.talk = ordinary.go();
    ordinary.talk.catch(() => {}); // told by turnsMore() and leave()
    return ordinary;
  }

  async go() {
    while (!this.over) {
      const { done } = await this.chat.ask('Hello');
      assert.equal(done.finish, 'stop');
      this.turns += 1;
      this.chat.frames.length = this.chat.taken = 0;
      await new Promise((resolve) => setTimeout(resolve, 60)); // within the rate of a client
    }
  }

  // Waits for turns that begin from now on.
  async turnsMore(n = 2) {
    const before = this.turns;
    await Promise.race([this.talk, eventually('ordinary turns', () => this.turns >= before + n)]);
  }

  async leave() {
    this.over = true;
    await this.talk;
    await this.chat.leave();
  }
}

// Nothing is left of those who came: no connection, no session.
export async function everybodyIsGone(server) {
  // Whoever asks is a connection itself.
  await eventually('the connections to be gone', async () => (await metric(server, 'loquat_connections')) <= 1);
  await eventually('the sessions to be over', async () => (await metric(server, 'loquat_sessions_open')) === 0);
}

// The program ends as it should, and no sanitizer has said a word.
export async function endsClean(server) {
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.doesNotMatch(server.stderr, /Sanitizer|runtime error/);
}
