// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, who is measured, and what is aimed at. `model` is what the fake upstream is asked for (script.h),
// `load` goes to bench_load. A goal compares two cells of its work: value(cells) against `limit`.
const ratio = (what, of, to) => (cells) => cells[of][what] / cells[to][what];
const atLeast = (text, value, limit, unit = ' x') => ({ text, value, limit, unit, holds: (x) => x >= limit });
const atMost = (text, value, limit, unit = ' x') => ({ text, value, limit, unit, holds: (x) => x <= limit });
const own = (what, of = 'loquat') => (cells) => cells[of][what];

const noErrors = atMost('errors', (cells) => cells.loquat.errors, 0, '');

export const works = {
  burst: {
    title: '50 sessions, upstream as fast as it can',
    model: 'bench-2000',
    load: { sessions: 50, turns: 4 },
    servers: ['fastapi', 'loquat', 'loquat, no store', 'ceiling'],
    goals: [
      atLeast("FastAPI's tokens/s", ratio('tokensPerSecond', 'loquat', 'fastapi'), 10),
      atMost("FastAPI's CPU per token", ratio('cpuMicrosPerToken', 'loquat', 'fastapi'), 1 / 6),
      atLeast('tokens/s without the store', ratio('tokensPerSecond', 'loquat', 'loquat, no store'), 0.9),
      noErrors,
    ],
  },
  packet: {
    title: '400 streams, one token a packet, 200,000/s offered',
    model: 'bench-1000@500',
    load: { sessions: 400, turns: 20 },
    servers: ['fastapi', 'loquat', 'loquat, no store', 'ceiling'],
    goals: [
      atLeast("FastAPI's tokens/s", ratio('tokensPerSecond', 'loquat', 'fastapi'), 8),
      atLeast("the ceiling's tokens/s", ratio('tokensPerSecond', 'loquat', 'ceiling'), 0.6),
      atLeast('tokens/s without the store', ratio('tokensPerSecond', 'loquat', 'loquat, no store'), 0.9),
      noErrors,
    ],
  },
  thousand: {
    title: '1,000 sessions at 50 tokens/s each',
    model: 'bench-500@50',
    load: { sessions: 1000, turns: 20, spread: 2, warmup: 3 },
    servers: ['fastapi', 'loquat', 'ceiling'],
    goals: [
      atLeast('streams at once', own('streamingMost'), 1000, ''),
      atLeast('tokens/s', own('tokensPerSecond'), 45000, ''),
      atMost("FastAPI's first token, p99", ratio('ttftP99', 'loquat', 'fastapi'), 1 / 40),
      noErrors,
    ],
  },
  short: {
    title: '50 sessions, 5 tokens a turn',
    model: 'bench-5',
    load: { sessions: 50, turns: 20 },
    servers: ['fastapi', 'loquat', 'loquat, no store', 'ceiling'],
    goals: [
      atLeast("FastAPI's turns/s", ratio('turnsPerSecond', 'loquat', 'fastapi'), 25),
      atLeast('turns/s without the store', ratio('turnsPerSecond', 'loquat', 'loquat, no store'), 0.9),
      noErrors,
    ],
  },
  'short-far': {
    title: 'the same, database 10 ms away',
    model: 'bench-5',
    databaseMs: 10,
    load: { sessions: 50, turns: 20 },
    servers: ['fastapi', 'loquat'],
    goals: [atLeast("FastAPI's turns/s", ratio('turnsPerSecond', 'loquat', 'fastapi'), 50), noErrors],
  },
  beside: {
    title: '100 sessions at 50 tokens/s, alone and beside 5,000 idle connections',
    model: 'bench-500@50',
    load: { sessions: 100, turns: 20, spread: 1, warmup: 2 },
    variants: { loquat: {}, 'loquat beside 5,000': { server: 'loquat', load: { idle: 5000 } } },
    goals: [
      atMost('CPU per token without them', ratio('cpuMicrosPerToken', 'loquat beside 5,000', 'loquat'), 1.3),
      noErrors,
    ],
  },
  idle: {
    title: '10,000 idle connections',
    model: 'bench-5',
    load: { idle: 9900, seconds: 1 },
    servers: ['loquat', 'ceiling'],
    goals: [
      atMost('kB each', (cells) => cells.loquat.idleBytes / 1000, 25, ' kB'),
      atLeast('connected per second', own('idlePerSecond'), 8000, ''),
      noErrors,
    ],
  },
};
