// SPDX-License-Identifier: GPL-3.0-or-later
// A chat client over the real WebSocket library, which keeps every frame it gets.
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import { within } from './processes.mjs';

export function chatUrl(server, id, query = {}) {
  const url = new URL(`/ws/session/${id}`, server.url.replace('http', 'ws'));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

const parsed = (text) => { try { return JSON.parse(text); } catch { return undefined; } };

export class Chat {
  // `headers` and `protocols` go with the upgrade, `early` is said the moment that it is through, everything else goes into
  // the query.
  static async open(server, { id = randomUUID(), headers, protocols, early, ...query } = {}) {
    const chat = new Chat(chatUrl(server, id, query), id, { headers, protocols });
    if (early) chat.socket.on('open', () => chat.send(early));
    await within(chat.opened, () => `the connection to ${id} does not open`);
    return chat;
  }

  constructor(url, id, { headers = {}, protocols = [] } = {}) {
    this.id = id;
    this.frames = []; // objects, or strings where a frame is not JSON
    this.taken = 0;
    this.wake = () => {};
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data) => {
      const text = data.toString();
      const frame = parsed(text);
      this.frames.push(frame !== null && typeof frame === 'object' ? frame : text);
      this.wake();
    });
    this.closed = new Promise((resolve) => this.socket.on('close', (code, reason) => {
      this.wake();
      resolve({ code, reason: reason.toString() });
    }));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
  }

  send(frame) {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  // All frames from where the last call stopped up to the first that `last` accepts (a type, or a predicate).
  async until(last) {
    const matches = typeof last === 'string' ? (frame) => frame.type === last : last;
    const found = () => {
      const at = this.frames.findIndex((frame, i) => i >= this.taken && matches(frame));
      if (at < 0) return undefined;
      const batch = this.frames.slice(this.taken, at + 1);
      this.taken = at + 1;
      return batch;
    };
    const arrives = new Promise((resolve, reject) => {
      this.wake = () => {
        const batch = found();
        if (batch) {
          this.wake = () => {}; // what comes after belongs to the next call
          return resolve(batch);
        }
        if (this.socket.readyState === WebSocket.CLOSED) reject(new Error(`Closed while waiting for ${last}: ${this.tail()}`));
      };
      this.wake();
    });
    return within(arrives, () => `${last} does not come; the last frames: ${this.tail()}`);
  }

  async one(last) {
    return (await this.until(last)).at(-1);
  }

  tail() {
    return JSON.stringify(this.frames.slice(-8));
  }

  // Says something and returns its whole turn, from `start` to `done`.
  async ask(frame) {
    this.send(frame);
    return this.turn();
  }

  async turn() {
    const all = await this.until('done');
    const frames = all.slice(Math.max(0, all.findIndex((frame) => frame.type === 'start')));
    return {
      frames,
      types: frames.map((frame) => frame.type),
      start: frames.find((frame) => frame.type === 'start'),
      text: frames.filter((frame) => frame.type === 'token').map((frame) => frame.token).join(''),
      tools: frames.filter((frame) => frame.type === 'tool_start'),
      results: frames.filter((frame) => frame.type === 'tool_end'),
      errors: frames.filter((frame) => frame.type === 'error'),
      done: frames.at(-1),
    };
  }

  // Waits for the server to close, or closes as a well-behaved client does.
  closes() {
    return within(this.closed, () => `the connection stays open; the last frames: ${this.tail()}`);
  }

  async leave() {
    this.socket.close(1000);
    return this.closes();
  }

  // The connection breaks, without a goodbye.
  drop() {
    this.socket.terminate();
  }
}

// A client that does not read, and was closed for it some time ago, says something, as it does in answer to each ping.
export async function writesOn(chat) {
  await new Promise((resolve) => setTimeout(resolve, 700));
  for (let i = 0; i < 3; i += 1) {
    chat.send({ type: 'ping' });
    await new Promise((resolve) => setTimeout(resolve, 50)); // to go as a packet of its own
  }
}

// The HTTP answer to an upgrade that is refused: {status, type, body}.
export function refusal(server, target, { headers = {}, protocols = [] } = {}) {
  const answer = new Promise((resolve, reject) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + target, protocols, { headers });
    socket.on('open', () => { socket.terminate(); reject(new Error(`${target} was accepted`)); });
    socket.on('error', reject);
    socket.on('unexpected-response', (request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => { body += text; });
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
  });
  return within(answer, () => `no answer for ${target}`);
}
