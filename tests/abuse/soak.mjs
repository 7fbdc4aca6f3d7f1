// SPDX-License-Identifier: GPL-3.0-or-later
// A day's traffic in ten minutes: people come, talk, have tools called, stop replies, leave in every way there is and come
// back; operators watch, read and step in. After the warm-up the server's memory must stay where it is.
// LOQUAT_SOAK_SECONDS=600 is the whole of it; the tests run a short one.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Chat } from '../integration/lib/chat.mjs';
import { ask, command, Live, Operator } from '../integration/lib/operators.mjs';
import { eventually, startLoquat, within } from '../integration/lib/processes.mjs';
import { endsClean, everybodyIsGone, memory, memoryFactor, MiB } from './lib/watch.mjs';

const seconds = Number(process.env.LOQUAT_SOAK_SECONDS ?? 30);
const warmUp = seconds / 10;
const window = seconds / 10; // memory is compared between the one after the warm-up and the last
const atOnce = 40;
const perSecond = 20; // who comes; the model sums up about 30 conversations in that time
// Between those two. The journal keeps up to 8 MiB of its pages in memory, and has them after a minute. With the
// sanitizers it is their own book-keeping that grows, for ten minutes and more.
const mostGrowth = (warmUp < 60 || memoryFactor > 1 ? 16 : 4) * MiB * memoryFactor;

const questions = ['Hello', 'How much to ship 5kg to the US?', 'What is my balance? user_id=user-1', 'Hello, explain WebSockets simply'];
const counts = { sessions: 0, turns: 0, cancelled: 0, resumed: 0, reads: 0, watched: 0 };
let ids = [];
let over = false;

async function visit(server, n) {
  const resumes = ids.length > 50 && n % 10 === 0;
  const id = resumes ? ids[n % ids.length] : `soak-${n}`;
  if (resumes) counts.resumed += 1;
  const chat = await Chat.open(server, { id, user_id: `user-${n}`, ...(resumes ? { after: 0 } : {}) });
  counts.sessions += 1;
  try {
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await chat.ask(questions[(n + i) % questions.length])).done.finish, 'stop');
      counts.turns += 1;
    }
    chat.send('Hello, explain WebSockets simply');
    await chat.until('token');
    chat.send({ type: 'cancel' });
    await chat.until('done');
    counts.cancelled += 1;
  } catch (error) {
    // Two visitors may pick the same old session.
    if (!resumes || (await within(chat.closed, () => 'open')).code !== 4409) throw error;
  }
  if (!resumes) ids.push(id);
  if (ids.length > 500) ids = ids.slice(-200);
  if (n % 5 === 1) return chat.drop();
  if (n % 5 === 2) chat.send({ type: 'end' });
  else chat.socket.close(n % 5 === 3 ? 1001 : 1000);
  return chat.closes();
}

async function operate(server) {
  for (let n = 0; !over; n += 1) {
    const operator = await Operator.open(server);
    const live = await Live.open(server);
    for (let i = 0; i < 20 && !over; i += 1) {
      const id = ids[(n * 20 + i) % ids.length];
      await ask(server, ['/api/sessions', '/api/sessions?q=websockets&limit=5', '/metrics', '/readyz', `/api/sessions/${id}/events`, `/api/sessions/${id}/export?format=markdown`][i % 6]);
      await command(server, id, { command: 'note', text: 'seen' });
      counts.reads += 2;
      await new Promise((resolve) => setTimeout(resolve, 100));
      counts.watched += operator.frames.length + live.frames.length;
      operator.frames.length = live.frames.length = 0;
    }
    await live.close();
    await operator.leave();
  }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

it(`Memory stays where it is for ${seconds} s of traffic`, async () => {
  const server = await startLoquat({ env: { LOQUAT_GRACE_PERIOD_MS: '1000', LOQUAT_MAX_MESSAGES_PER_MINUTE: '100000' } });
  const begin = performance.now();
  const at = () => (performance.now() - begin) / 1000;
  const samples = [];
  const sampling = setInterval(() => samples.push({ at: at(), now: memory(server).now }), 250);
  let n = 0;
  const visitors = Array.from({ length: atOnce }, async () => { 
    while (at() < seconds) {
      const next = n++;
      await new Promise((resolve) => setTimeout(resolve, (next / perSecond - at()) * 1_000));
      await visit(server, next);
    }
  });
  await eventually('somebody to have been here', () => ids.length > 0);
  const operators = [operate(server), operate(server)];
  const minutes = setInterval(() => console.log(`  ${Math.round(at())} s: ${Math.round(memory(server).now / MiB)} MiB, ${counts.turns} turns`), 30_000);
  await Promise.all(visitors);
  over = true;
  await Promise.all(operators);
  clearInterval(sampling);
  clearInterval(minutes);
  const from = (start, end) => median(samples.filter((each) => each.at >= start && each.at < end).map(({ now }) => now));
  const [early, late] = [from(warmUp, warmUp + window), from(seconds - window, seconds)];
  console.log(`  ${JSON.stringify(counts)}; ${(early / MiB).toFixed(1)} MiB after the warm-up, ${(late / MiB).toFixed(1)} MiB at the end`);
  assert.ok(late - early <= mostGrowth, `it grew by ${late - early} bytes`);
  await everybodyIsGone(server);
  await endsClean(server);
});
