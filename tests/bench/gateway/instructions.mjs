// SPDX-License-Identifier: GPL-3.0-or-later
// tests/bench/run instructions [--tokens N]: what a token costs in instructions, by stage, counted by callgrind. The
// same work is done with few and with many tokens; a token costs the difference. Prints a table for instructions.md.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { loquat, upstream } from './servers.mjs';

const { values: options } = parseArgs({ options: { tokens: { type: 'string', default: '400' } } });
const few = Number(options.tokens);
const many = 3 * few;
const turns = 4;

// Per thread: [total, {function: inclusive}], from callgrind's own report.
function readThread(file) {
  const report = execFileSync('callgrind_annotate', ['--inclusive=yes', '--threshold=100', file], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  const costs = {};
  let total = 0;
  for (const line of report.split('\n')) {
    const match = line.match(/^ *([\d,]+) \([ \d.]+%\) {2}(.*)$/);
    if (!match) continue;
    const cost = Number(match[1].replaceAll(',', ''));
    if (match[2].startsWith('PROGRAM TOTALS')) total = cost;
    else {
      const name = match[2].replace(/^.*?:(?=[A-Za-z_(])/, '').replace(/ \[.*$/, '');
      costs[name] = Math.max(costs[name] ?? 0, cost);
    }
  }
  return { total, of: (start) => Math.max(0, ...Object.entries(costs).filter(([name]) => name.startsWith(start)).map(([, cost]) => cost)) };
}

async function count(model) {
  const folder = mkdtempSync(join(tmpdir(), 'loquat-callgrind-'));
  const far = await upstream();
  try {
    const server = await loquat({ model, upstreamPort: far.port, database: false, env: { LOQUAT_THREADS: '1' },
      under: ['valgrind', '--tool=callgrind', '--separate-threads=yes', `--callgrind-out-file=${join(folder, 'out')}`] });
    const { stdout } = await promisify(execFile)(join(process.env.LOQUAT_BUILD, 'tests/bench/gateway/bench_load'),
      [`port=${server.port}`, `pid=${server.pid}`, 'sessions=1', 'turns=1000', 'warmup=0', `end=${turns}`]);
    await server.stop('SIGTERM');
    if (JSON.parse(stdout).errors) throw new Error(stdout);
    return stages(readdirSync(folder).filter((name) => /^out-\d+$/.test(name)).map((name) => readThread(join(folder, name))));
  } finally {
    await far.stop();
    rmSync(folder, { recursive: true });
  }
}

function stages(threads) {
  const gateway = threads.find((thread) => thread.of('loquat::CompletionsParser::feed') > 0);
  const journal = threads.filter((thread) => thread.of('loquat::JournalWriter::run') > 0 || thread.of('loquat::ReaderThread::run') > 0);
  const others = threads.filter((thread) => thread !== gateway && !journal.includes(thread));
  const sum = (list) => list.reduce((all, { total }) => all + total, 0);
  const http = gateway.of('loquat::PlainReply::read');
  const parse = gateway.of('loquat::CompletionsParser::feed');
  // Tokens that come before the message they answer is durable wait, and are told when it is.
  const toldAtOnce = gateway.of('loquat::HttpReply::emitTexts');
  const toldLater = gateway.of('loquat::DurableOutbox::stored');
  const encode = gateway.of('loquat::dialects::encodeFrames');
  const send = gateway.of('QWebSocket::sendTextMessage');
  const flush = gateway.of('loquat::SocketFlusher::flush');
  return {
    'read: event loop': gateway.total - http - toldLater - flush,
    'read: socket and HTTP': http - parse - toldAtOnce,
    'parse: event stream and JSON': parse,
    'session: model, turn, outbox, observers': toldAtOnce + toldLater - encode - send,
    'encode: the frame': encode,
    'write: WebSocket framing': send,
    'write: to the kernel': flush,
    'store: journal': sum(journal),
    'other threads': sum(others),
  };
}

async function perToken(rate) {
  const [less, more] = [await count(`bench-${few}${rate}`), await count(`bench-${many}${rate}`)];
  return Object.fromEntries(Object.keys(less).map((stage) => [stage, Math.round((more[stage] - less[stage]) / (turns * (many - few)))]));
}

const burst = await perToken('');
const packet = await perToken('@100');
const row = (name, ...cells) => `| ${name} | ${cells.join(' | ')} |`;
const total = (column) => Object.values(column).reduce((all, cell) => all + cell, 0);
const commit = execFileSync('git', ['log', '-1', '--format=%h, %cs'], { encoding: 'utf8' }).trim();
console.log(`Commit ${commit}: instructions a token\n`);
console.log(row('stage', 'burst', 'a packet a token'));
console.log('|---|---:|---:|');
for (const stage of Object.keys(burst)) console.log(row(stage, burst[stage].toLocaleString('en-US'), packet[stage].toLocaleString('en-US')));
console.log(row('**together**', total(burst).toLocaleString('en-US'), total(packet).toLocaleString('en-US')));
