// SPDX-License-Identifier: GPL-3.0-or-later
// What one client can take: each limit met on purpose, while others are served.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Chat, refusal, writesOn } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat, within } from './lib/processes.mjs';
import { ping, RawWebSocket } from './lib/raw.mjs';
import { journalEvents } from './lib/rows.mjs';

// A bare connection: what it got so far, and when it is over.
class Raw {
  static async open(server) {
    const raw = new Raw();
    const { hostname, port } = new URL(server.url);
    raw.text = '';
    raw.socket = connect(Number(port), hostname);
    raw.socket.setEncoding('latin1').on('data', (text) => { raw.text += text; }).on('error', () => {});
    raw.closed = new Promise((resolve) => raw.socket.on('close', resolve));
    await new Promise((resolve) => raw.socket.on('connect', resolve));
    return raw;
  }

  // Sends a piece again and again until the other side has had enough.
  async trickle(piece) {
    const timer = setInterval(() => { if (this.socket.writable) this.socket.write(piece); }, 50);
    // Otherwise a test that failed would go on for ever.
    try { await this.ends(); } finally { clearInterval(timer); this.socket.destroy(); }
  }

  ends() { return within(this.closed, () => `it stays open; it said: ${this.text.slice(0, 200)}`); }
}

const upgrade = (id) => `GET /ws/session/${id} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
  + 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

async function isServed(server) {
  const chat = await Chat.open(server);
  assert.equal((await chat.ask('Hello')).done.finish, 'stop');
  await chat.leave();
}

describe('Time', () => {
  let server;
  before(async () => {
    server = await startLoquat({ env: { LOQUAT_HANDSHAKE_TIMEOUT_MS: '700', LOQUAT_REQUEST_TIMEOUT_MS: '1500', LOQUAT_PING_INTERVAL_MS: '200' } });
  });
  after(() => server.stop());

  it('ends connections that send nothing, or their head by and by', async () => {
    const silent = await Raw.open(server);
    const slow = await Raw.open(server);
    slow.socket.write('GET /healthz HTTP/1.1\r\n');
    await Promise.all([silent.ends(), slow.trickle('X-A: b\r\n'), isServed(server)]);
    assert.equal(slow.text, '');
  });

  it('ends a request whose body comes by and by', async () => {
    const slow = await Raw.open(server);
    slow.socket.write('POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    await Promise.all([slow.trickle('x'), isServed(server)]);
  });

  it('holds no connection open after its answer', async () => {
    const raw = await Raw.open(server);
    raw.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await raw.ends();
    assert.match(raw.text, /200 OK[^]*"status":"ok"/);
  });

  it('ends many slow ones as well as one', async () => {
    const slow = await Promise.all(Array.from({ length: 40 }, () => Raw.open(server)));
    await isServed(server);
    await Promise.all(slow.map((raw) => raw.trickle('G')));
  });

  it('ends a WebSocket that answers no ping, and one that stops inside a frame', async () => {
    const mute = await Raw.open(server);
    mute.socket.write(upgrade('mute'));
    const half = await Raw.open(server);
    half.socket.write(upgrade('half'));
    await eventually('both upgrades', () => mute.text.includes('101') && half.text.includes('101'));
    half.socket.write(Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 5]));
    await Promise.all([mute.ends(), half.ends(), isServed(server)]);
  });

  it('leaves a client alone that says nothing but answers pings', async () => {
    const quiet = await Chat.open(server);
    let pings = 0;
    await within(new Promise((resolve) => quiet.socket.on('ping', () => { pings += 1; if (pings > 8) resolve(); })), () => `${pings} pings`);
    assert.equal((await quiet.ask('Hello')).done.finish, 'stop');
    await quiet.leave();
  });
});

describe('Size', () => {
  let server;
  before(async () => {
    server = await startLoquat({ env: { LOQUAT_MAX_HEADER_BYTES: '2048', LOQUAT_MAX_REQUEST_BYTES: '10000', LOQUAT_MAX_FRAME_BYTES: '1000', LOQUAT_MAX_MESSAGE_BYTES: '3000' } });
  });
  after(() => server.stop());

  it('of a head is limited', async () => {
    const raw = await Raw.open(server);
    raw.socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(3000)}\r\n\r\n`);
    await raw.ends();
    assert.match(raw.text, /^HTTP\/1\.1 431 /);
    for (const [bytes, status] of [[2048, 200], [2049, 431]]) {
      const start = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ';
      const exact = await Raw.open(server);
      exact.socket.write(`${start}${'x'.repeat(bytes - start.length - 4)}\r\n\r\n`);
      await exact.ends();
      assert.match(exact.text, new RegExp(`^HTTP/1\\.1 ${status} `), `${bytes} bytes`);
    }
    const never = await Raw.open(server);
    never.socket.write(`GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(3000)}`);
    await never.ends();
    assert.match(never.text, /^HTTP\/1\.1 431 /);
  });

  it('of a body is limited', async () => {
    const raw = await Raw.open(server);
    raw.socket.write('POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    await raw.trickle('x'.repeat(4000));
    assert.equal(raw.text, '', 'it was read to its end, and answered');
    await isServed(server);
  });

  it('of what is refused at the door does not keep the refusal from its reader', async () => {
    for (let i = 0; i < 20; i += 1) {
      const raw = await Raw.open(server);
      raw.socket.write('POST /healthz HTTP/1.1\r\nHost: elsewhere.example\r\nContent-Length: 2000000\r\n\r\n');
      raw.socket.write('x'.repeat(2_000_000));
      await raw.ends();
      assert.match(raw.text, /^HTTP\/1\.1 403 [^]*"code"/, 'the connection was reset');
    }
  });

  it('of a frame is limited', async () => {
    const counted = async () => Number(/loquat_refused_total\{reason="message_too_large"\} (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())[1]);
    const before = await counted();
    const chat = await Chat.open(server);
    chat.send('x'.repeat(1001));
    assert.equal((await chat.closes()).code, 1009);
    assert.equal(await counted(), before + 1);
  });

  it('of a message of many frames is limited', async () => {
    const chat = await Chat.open(server);
    for (let i = 0; i < 5; i += 1) chat.socket.send('x'.repeat(900), { fin: false });
    assert.equal((await chat.closes()).code, 1009);
    await isServed(server);
  });
});

describe('Number', () => {
  it('of connections is limited in all', async () => {
    const server = await startLoquat({ env: { LOQUAT_MAX_CONNECTIONS: '3' } });
    const chats = await Promise.all(Array.from({ length: 3 }, () => Chat.open(server)));
    const { status, body } = await refusal(server, '/ws/session/s');
    assert.equal(status, 503, body);
    assert.equal(JSON.parse(body).code, 'overloaded');
    // Whoever restarts what is not alive must not take a full server for one.
    const health = await fetch(`${server.url}/healthz`);
    assert.deepEqual([health.status, (await health.json()).status], [200, 'ok']);
    assert.equal((await fetch(`${server.url}/readyz`)).status, 503);
    const piecemeal = await Raw.open(server);
    piecemeal.socket.write('GET /healthz HTTP/1.1\r\n');
    setTimeout(() => piecemeal.socket.write('Host: localhost\r\n\r\n'), 50);
    await piecemeal.ends();
    assert.match(piecemeal.text, /^HTTP\/1\.1 200 [^]*"status":"ok"/);
    assert.equal((await chats[0].ask('Hello')).done.finish, 'stop');
    await chats[1].leave();
    await eventually('the place to be free', async () => { await isServed(server); return true; });
    await server.stop();
  });

  it('of connections is limited for one address', async () => {
    const server = await startLoquat({ env: { LOQUAT_MAX_CONNECTIONS_PER_ADDRESS: '2' } });
    const chats = await Promise.all(Array.from({ length: 2 }, () => Chat.open(server)));
    const { status, body } = await refusal(server, '/ws/session/s');
    assert.equal(status, 429, body);
    await chats[0].leave();
    await eventually('the place to be free', async () => { await isServed(server); return true; });
    await server.stop();
  });

  it('of messages in a minute is limited: refused first, then closed', async () => {
    const server = await startLoquat({ env: { LOQUAT_MAX_MESSAGES_PER_MINUTE: '10' } });
    const chat = await Chat.open(server);
    for (let i = 0; i < 12; i += 1) chat.send({ type: 'ping' });
    const error = await chat.one('error');
    assert.equal(error.code, 'rate_limited');
    assert.equal(error.retryable, true);
    assert.equal(chat.frames.filter(({ type }) => type === 'pong').length, 10);
    for (let i = 0; i < 20; i += 1) chat.send({ type: 'ping' });
    assert.equal((await chat.closes()).code, 1008);
    await isServed(server);
    await server.stop();
  });
});

// More than the kernel keeps for a reader that does not read.
const aLot = () => Array.from({ length: 60_000 }, (_, i) => `${i} ${'words '.repeat(16)}`);

describe('A reader that does not read', () => {
  it('is closed with 1013, while others are served', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, LOQUAT_MAX_UNSENT_BYTES: '200000' } });
    const tokens = aLot();
    await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ tokens, match: 'at length' }) });
    const lazy = await Chat.open(server);
    await lazy.one('session_started');
    lazy.socket.pause();
    lazy.send('Tell me at length');
    const other = await Chat.open(server);
    await eventually('the reply to be on disk', async () => {
      assert.equal((await other.ask('Hello')).done.finish, 'stop');
      return (await journalEvents(server.dataDir, lazy.id)).some(({ event_type }) => event_type === 'ai_message');
    });
    await other.leave();
    await writesOn(lazy);
    lazy.socket.resume();
    assert.equal((await lazy.closes()).code, 1013);
    await server.stop();
    await fake.stop();
  });

  it('that reads later gets every word', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, LOQUAT_MAX_UNSENT_BYTES: '100000000' } });
    const tokens = aLot();
    await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ tokens, match: 'at length' }) });
    const late = await Chat.open(server);
    await late.one('session_started');
    late.socket.pause();
    late.send('Tell me at length');
    await eventually('the reply to be on disk', async () =>
      (await journalEvents(server.dataDir, late.id)).some(({ event_type }) => event_type === 'ai_message'));
    late.socket.resume();
    const { text, done, types } = await late.turn();
    assert.equal(text, tokens.join(''));
    assert.equal(done.text, text);
    assert.ok(types.length < tokens.length, 'no tokens were put together');
    await late.leave();
    await server.stop();
    await fake.stop();
  });

  it('is dropped at once when all of them together have too much, and who reads is not', async () => {
    const server = await startLoquat({ env: { LOQUAT_MAX_UNSENT_BYTES: '100000000', LOQUAT_MAX_UNSENT_TOTAL_BYTES: '500000', LOQUAT_REQUEST_TIMEOUT_MS: '600000' } });
    const reading = await Chat.open(server);
    const lazy = await Promise.all(Array.from({ length: 4 }, () => RawWebSocket.open(server)));
    const pings = Buffer.concat(Array(500).fill(ping('x'.repeat(125))));
    await Promise.all(lazy.map(({ raw }) => {
      raw.socket.pause();
      const more = () => { if (!raw.over) raw.socket.write(pings, () => setImmediate(more)); };
      more();
      return within(raw.ended, () => 'it may go on');
    }));
    assert.equal((await reading.ask('Hello')).done.finish, 'stop');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /loquat_refused_total\{reason="slow_reader"\} 4\n/);
    await reading.leave();
    await server.stop();
  });
});
