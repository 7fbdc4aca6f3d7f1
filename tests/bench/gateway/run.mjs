// SPDX-License-Identifier: GPL-3.0-or-later
// tests/bench/run gateway [WORK…] [--seconds N] [--rounds N] [--only SERVER]: measures every server of a work one after
// the other, as many rounds as asked for, and prints the medians with the goals.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { farDatabase, servers, upstream } from './servers.mjs';
import { goalLines, workTable } from './table.mjs';
import { works } from './works.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '1' }, only: { type: 'string', multiple: true },
    help: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !works[name]);
if (options.help || unknown.length) {
  console.log('tests/bench/run gateway [WORK…] [--seconds N] [--rounds N] [--only SERVER]…\n');
  for (const [name, { title }] of Object.entries(works)) console.log(`${name.padEnd(10)} ${title}`);
  process.exit(unknown.length ? 64 : 0);
}

const loadOf = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ');
const median = (values) => values.toSorted?.((a, b) => a - b)[values.length >> 1] ?? [...values].sort((a, b) => a - b)[values.length >> 1];

async function measure(work, variant) {
  const model = await upstream();
  const database = work.databaseMs ? await farDatabase(work.databaseMs) : null;
  const server = await servers[variant.server]({ model: work.model, upstreamPort: model.port, databasePort: database?.port });
  try {
    const load = { seconds: options.seconds, ...work.load, ...variant.load, port: server.port, pid: server.pid };
    const { stdout } = await promisify(execFile)(join(process.env.LOQUAT_BUILD, 'tests/bench/gateway/bench_load'),
      Object.entries(load).map(([name, value]) => `${name}=${value}`));
    return JSON.parse(stdout);
  } finally {
    await Promise.all([server.stop(), database?.stop(), model.stop()]);
  }
}

function together(rounds) {
  const numbers = Object.keys(rounds[0]).filter((key) => typeof rounds[0][key] === 'number');
  const cell = Object.fromEntries(numbers.map((key) => [key, median(rounds.map((round) => round[key]))]));
  return { ...cell, errors: Math.max(...rounds.map(({ errors }) => errors)), firstError: rounds.map(({ firstError }) => firstError).find(Boolean) };
}

console.log(`${availableParallelism?.() ?? ''} cores, ${options.seconds} s a cell, ${options.rounds} round(s); load ${loadOf()}\n`);
let missed = 0;
for (const name of positionals.length ? positionals : Object.keys(works)) {
  const work = works[name];
  const variants = work.variants ?? Object.fromEntries(work.servers.map((server) => [server, {}]));
  const measured = {};
  for (let round = 0; round < Number(options.rounds); ++round)
    for (const [title, variant] of Object.entries(variants)) {
      if (options.only && !options.only.includes(title)) continue;
      (measured[title] ??= []).push(await measure(work, { server: title, ...variant }));
    }
  const cells = Object.fromEntries(Object.entries(measured).map(([title, rounds]) => [title, together(rounds)]));
  console.log(`${name}: ${work.title} (load ${loadOf()})\n${workTable(work, cells)}`);
  for (const [title, { errors, firstError }] of Object.entries(cells)) if (errors) console.log(`${title}: ${errors} errors, the first: ${firstError}`);
  if (!options.only) {
    const lines = goalLines(work, cells);
    missed += lines.filter((line) => line.startsWith('MISSED')).length;
    console.log(lines.join('\n'));
  }
  console.log();
}
if (!options.only) console.log(missed ? `${missed} goals missed` : 'every goal reached');
