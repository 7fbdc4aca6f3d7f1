// SPDX-License-Identifier: GPL-3.0-or-later
// A client without a WebSocket library: it writes what it is told to, right or wrong, and reads what comes.
import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { within } from './processes.mjs';

export const op = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// The length in the shortest form, unless `form` names another (16 or 64); `announced` in place of the true one.
function lengthBytes(length, form, masked) {
  const bit = masked ? 0x80 : 0;
  if (form === 64 || (form === undefined && length > 65535n)) {
    const bytes = Buffer.alloc(9);
    bytes[0] = bit | 127;
    bytes.writeBigUInt64BE(length, 1);
    return bytes;
  }
  if (form === 16 || length > 125n) return Buffer.from([bit | 126, Number(length >> 8n), Number(length & 255n)]);
  return Buffer.from([bit | Number(length)]);
}

// One frame as a client sends it. `mask: null` leaves it unmasked, `bytes` cuts the payload off after so many.
export function frame(opcode, payload = '', { fin = true, rsv = 0, mask = randomBytes(4), form, announced, bytes } = {}) {
  const body = Buffer.from(payload);
  const length = announced === undefined ? BigInt(body.length) : BigInt(announced);
  const head = Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), lengthBytes(length, form, mask !== null), mask ?? Buffer.alloc(0)]);
  if (mask) for (let i = 0; i < body.length; i += 1) body[i] ^= mask[i % 4];
  return Buffer.concat([head, bytes === undefined ? body : body.subarray(0, bytes)]);
}

export const text = (payload, options) => frame(op.text, payload, options);
export const piece = (payload, options) => frame(op.continuation, payload, options);
export const ping = (payload, options) => frame(op.ping, payload, options);
export const say = (content) => text(JSON.stringify({ type: 'message', content }));
export function close(code, reason = '') {
  if (code === undefined) return frame(op.close);
  return frame(op.close, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
}

export const key = 'dGhlIHNhbXBsZSBub25jZQ==';
export const upgradeHead = (target, lines = []) => [`GET ${target} HTTP/1.1`, 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade',
  `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', ...lines, '', ''].join('\r\n');

// A bare connection: everything that came so far, and when it is over.
export class Raw {
  static async open(server) {
    const raw = new Raw();
    const { hostname, port } = new URL(server.url);
    raw.received = Buffer.alloc(0);
    raw.wake = () => {};
    raw.socket = connect(Number(port), hostname);
    raw.socket.on('data', (bytes) => { raw.received = Buffer.concat([raw.received, bytes]); raw.wake(); });
    raw.socket.on('error', () => {});
    raw.over = false;
    raw.ended = new Promise((resolve) => raw.socket.on('close', () => { raw.over = true; raw.wake(); resolve(); }));
    await within(new Promise((resolve, reject) => raw.socket.on('connect', resolve).on('error', reject)), () => 'no connection');
    return raw;
  }

  write(...pieces) {
    for (const each of pieces) this.socket.write(each);
  }

  // What `look` finds in the bytes so far, once it finds something; undefined if the connection ended without.
  until(what, look) {
    return within(new Promise((resolve) => {
      this.wake = () => {
        const found = look();
        if (found === undefined && !this.over) return;
        this.wake = () => {}; // what comes after belongs to the next call
        resolve(found);
      };
      this.wake();
    }), () => `${what} does not come; there is ${this.received.subarray(0, 300).toString('latin1')}`);
  }

  // The answer to a request: {status, headers, body as far as it came}. undefined: closed without one.
  answer() {
    return this.until('an answer', () => {
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const [line, ...lines] = this.received.subarray(0, end).toString('latin1').split('\r\n');
      const headers = Object.fromEntries(lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 1).trim()]));
      const body = this.received.subarray(end + 4);
      if (headers['content-length'] && body.length < Number(headers['content-length'])) return undefined;
      return { status: Number(line.split(' ')[1]), headers, end: end + 4, body: body.toString() };
    });
  }

  drop() {
    this.socket.destroy();
  }
}

// All that is answered to `head` until the connection ends.
export async function wholeAnswer(server, head) {
  const raw = await Raw.open(server);
  raw.write(head);
  await within(raw.ended, () => `no end: ${raw.received}`);
  return raw.received.toString('latin1');
}

// A WebSocket whose handshake went well; the rest is up to the test.
export class RawWebSocket {
  static async open(server, { id = randomUUID(), query = '', lines } = {}) {
    const client = new RawWebSocket();
    client.id = id;
    client.frames = [];
    client.raw = await Raw.open(server);
    client.raw.write(upgradeHead(`/ws/session/${id}${query}`, lines));
    const answer = await client.raw.answer();
    if (answer?.status !== 101) throw new Error(`The upgrade was answered with ${answer?.status}: ${answer?.body}`);
    client.headers = answer.headers;
    client.at = answer.end;
    return client;
  }

  write(...frames) {
    this.raw.write(...frames);
  }

  // The next frame of the server: {fin, rsv, masked, opcode, payload, json?, code?, reason?}. undefined: closed without one.
  frame() {
    return this.raw.until('a frame', () => {
      const rest = this.raw.received.subarray(this.at);
      if (rest.length < 2) return undefined;
      let [length, from] = [rest[1] & 127, 2];
      if (length === 126 && rest.length >= 4) [length, from] = [rest.readUInt16BE(2), 4];
      else if (length === 127 && rest.length >= 10) [length, from] = [Number(rest.readBigUInt64BE(2)), 10];
      else if (length > 125) return undefined;
      if (rest.length < from + length) return undefined;
      const payload = Buffer.from(rest.subarray(from, from + length));
      this.at += from + length;
      const got = { fin: rest[0] >= 128, rsv: (rest[0] >> 4) & 7, masked: rest[1] >= 128, opcode: rest[0] & 15, payload };
      this.frames.push(got);
      if (got.opcode === op.text) got.json = JSON.parse(payload.toString());
      if (got.opcode === op.close && length >= 2) Object.assign(got, { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() });
      return got;
    });
  }

  // The first frame that `accepts` accepts; undefined: closed without one.
  async until(accepts) {
    for (;;) {
      const got = await this.frame();
      if (!got || accepts(got)) return got;
    }
  }

  // How the server ended it: the code of its close frame, 'empty' for one without, 'dropped' without one.
  async closeCode() {
    const got = await this.until(({ opcode }) => opcode === op.close);
    await within(this.raw.ended, () => 'the connection stays open after the close frame');
    return got ? got.code ?? 'empty' : 'dropped';
  }

  drop() {
    this.raw.drop();
  }
}
