// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that mean harm, by the hundreds. All the while somebody talks and is answered, the server's memory stays within
// the bound named below, and afterwards nothing is left of them. tests/abuse/run does the same with the sanitizers.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { Chat } from '../integration/lib/chat.mjs';
import { eventually, startLoquat, within } from '../integration/lib/processes.mjs';
import { frame, op, piece, ping, Raw, RawWebSocket, text, upgradeHead } from '../integration/lib/raw.mjs';
import { endsClean, everybodyIsGone, memory, memoryFactor, metric, MiB, Ordinary } from './lib/watch.mjs';

const slowHeads = 200;
const lazyReaders = 1_000;
const announced = 200;
const emptyPieces = 100_000;
const comeAndGo = 10_000;
const leave = 2_000; // clients a round

// What all clients together may add to the server's memory, whatever they do: what waits for slow readers
// (LOQUAT_MAX_UNSENT_TOTAL_BYTES, set to this here), and for each connection what it takes to have one.
const unsentTotal = 32 * MiB;
const perConnection = 64 * 1024;
const forTheRest = 48 * MiB;
const mostMemory = (connections) => (unsentTotal + connections * perConnection + forTheRest) * memoryFactor;

const settings = {
  LOQUAT_MAX_UNSENT_TOTAL_BYTES: String(unsentTotal),
  LOQUAT_HANDSHAKE_TIMEOUT_MS: '4000',
  LOQUAT_REQUEST_TIMEOUT_MS: '4000',
  LOQUAT_GRACE_PERIOD_MS: '500',
};

// Every attack has a server to itself, so that its memory is its own.
async function attacked(attack, connections) {
  const server = await startLoquat({ env: settings });
  const ordinary = await Ordinary.open(server);
  await ordinary.turnsMore(5);
  const before = memory(server);
  await attack(server, ordinary);
  await ordinary.turnsMore();
  await ordinary.leave();
  await everybodyIsGone(server);
  // The sanitizers keep what was freed, to see who uses it.
  if (memoryFactor === 1) await eventually('their memory to be given back', () => memory(server).now <= before.now + forTheRest);
  const grown = memory(server).peak - before.peak;
  console.log(`  memory: ${Math.round(before.peak / MiB)} MiB, ${(grown / MiB).toFixed(1)} MiB more at most, ${Math.round(memory(server).now / MiB)} MiB after; ${ordinary.turns} turns meanwhile`);
  assert.ok(grown <= mostMemory(connections), `${grown} bytes more, and at most ${mostMemory(connections)} were allowed`);
  await endsClean(server);
}

const many = (n, make) => Promise.all(Array.from({ length: n }, (_, i) => make(i)));

describe('Others are served, memory has a bound, and nothing is left of', () => {
  it(`${slowHeads} connections that send their heads by and by`, () => attacked(async (server, ordinary) => {
    const slow = await many(slowHeads, () => Raw.open(server));
    let n = 0;
    const timer = setInterval(() => { n += 1; for (const raw of slow) if (raw.socket.writable) raw.write(n === 1 ? 'GET / HTTP/1.1\r\n' : `X-${n}: y\r\n`); }, 100);
    await ordinary.turnsMore();
    await Promise.all(slow.map(({ ended }) => within(ended, () => 'a slow head is still waited for')));
    clearInterval(timer);
    assert.ok(await metric(server, 'loquat_refused_total{reason="slow_handshake"}') >= slowHeads);
  }, slowHeads));

  it(`${lazyReaders} readers that never read`, () => attacked(async (server, ordinary) => {
    const readers = await many(lazyReaders, () => RawWebSocket.open(server));
    const much = Buffer.concat(Array(2_000).fill(ping('x'.repeat(125))));
    for (const { raw } of readers) raw.socket.pause();
    await ordinary.turnsMore();
    // Each sends until the server lets it go, or takes no more: a pong waits for every ping.
    await Promise.all(readers.map(({ raw }, i) => new Promise((resolve) => {
      let left = 40;
      raw.socket.on('close', resolve).on('end', resolve);
      const more = () => { if (left === 0 || raw.over) return resolve(); left -= 1; if (i % 2) raw.write(text('Hello')); return raw.socket.write(much, more); };
      setTimeout(resolve, 20_000);
      more();
    })));
    await ordinary.turnsMore();
    // A busy machine takes longer to let them write as much as that.
    await eventually('somebody to be let go', async () => await metric(server, 'loquat_refused_total{reason="slow_reader"}') > 0);
    for (const reader of readers) reader.drop();
  }, lazyReaders));

  it(`${announced} frames of 2 GiB announced`, () => attacked(async (server, ordinary) => {
    const clients = await many(announced, () => RawWebSocket.open(server));
    const codes = await Promise.all(clients.map((client) => {
      client.write(text('x'.repeat(1_000), { announced: 2n ** 31n }));
      return client.closeCode();
    }));
    assert.deepEqual([...new Set(codes)], [1009]);
    await ordinary.turnsMore();
  }, announced));

  it(`${emptyPieces} empty pieces of a message`, () => attacked(async (server, ordinary) => {
    const client = await RawWebSocket.open(server);
    client.write(text('', { fin: false }), Buffer.concat(Array(emptyPieces).fill(piece('', { fin: false }))));
    await ordinary.turnsMore();
    client.write(piece('Hello'));
    const done = await client.until(({ json, opcode }) => json?.type === 'done' || opcode === op.close);
    assert.equal(done?.json?.finish, 'stop', `it ended with ${done?.code}`);
    client.drop();
  }, 1));

  it(`${emptyPieces} frames that are not understood`, () => attacked(async (server, ordinary) => {
    const client = await RawWebSocket.open(server);
    client.write(Buffer.concat(Array(emptyPieces).fill(frame(op.binary, 'x'))));
    assert.equal(await client.closeCode(), 1008);
    await ordinary.turnsMore();
  }, 1));

  it(`${comeAndGo} connections, opened and dropped`, () => attacked(async (server, ordinary) => {
    const { hostname, port } = new URL(server.url);
    const come = (n) => new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        if (n % 3 === 0) socket.write('GET / HT');
        if (n % 3 === 1) socket.write(upgradeHead(`/ws/session/come-and-go-${n}`), () => socket.once('data', () => socket.destroy()));
        else socket.destroy();
      });
      socket.on('error', reject).on('close', resolve);
    });
    let n = 0;
    await many(50, async () => { while (n < comeAndGo) await come(n++); });
    await ordinary.turnsMore();
    await eventually('all of them to be gone', async () => (await metric(server, 'loquat_connections')) <= 2);
  }, comeAndGo / 3));

  it(`${3 * leave} clients that leave, and what they held`, () => attacked(async (server, ordinary) => {
    let n = 0;
    const round = async () => {
      const last = n + leave;
      await many(50, async () => {
        while (n < last) await (await Chat.open(server, { id: `leaves-${n++}` })).leave();
      });
      await eventually('all of them to be gone', async () => (await metric(server, 'loquat_connections')) <= 2);
      await ordinary.turnsMore();
      return memory(server).now;
    };
    const first = await round();
    await round();
    const kept = (await round()) - first;
    // The journal's pages in memory are some of it: a client that was forgotten would be 4 kB, and there are 4,000.
    assert.ok(kept <= 6 * MiB * memoryFactor, `${kept} bytes were kept`);
  }, leave / 10));
});
