// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator uses: plain requests, the live stream, the WebSocket.
import WebSocket from 'ws';
import { within } from './processes.mjs';

export const bearer = (token) => (token ? { authorization: `Bearer ${token}` } : {});

// {status, type, body, headers}; the body is parsed where it is JSON.
export async function ask(server, path, { token, headers = {}, ...options } = {}) {
  const asked = fetch(server.url + path, { redirect: 'manual', ...options, headers: { ...bearer(token), ...headers } });
  const [answer, text] = await within(asked.then(async (got) => [got, await got.text()]), () => `no end of the answer to ${path}`);
  const type = answer.headers.get('content-type')?.split(';')[0];
  return { status: answer.status, type, headers: answer.headers, body: text && /json$/.test(type) && type !== 'application/x-ndjson' ? JSON.parse(text) : text };
}

export function command(server, id, body, options = {}) {
  return ask(server, `/api/sessions/${id}/commands`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...options });
}

// A reader of /api/live that keeps every frame: {id, event, data}.
export class Live {
  static async open(server, { token, after } = {}) {
    const live = new Live();
    live.abort = new AbortController();
    const headers = { ...bearer(token), ...(after === undefined ? {} : { 'last-event-id': String(after) }) };
    live.answer = await within(fetch(`${server.url}/api/live`, { headers, signal: live.abort.signal }), () => 'no stream');
    live.reader = live.answer.body.getReader();
    live.ended = live.read();
    return live;
  }

  frames = [];
  wake = () => {};

  async read() {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await this.reader.read();
        if (done) break;
        const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
        rest = parts.pop();
        for (const part of parts) {
          const frame = { event: 'message', data: undefined };
          for (const line of part.split('\n')) {
            if (line.startsWith('id: ')) frame.id = Number(line.slice(4));
            if (line.startsWith('event: ')) frame.event = line.slice(7);
            if (line.startsWith('data: ')) frame.data = JSON.parse(line.slice(6));
          }
          if (frame.data !== undefined) this.frames.push(frame);
        }
        this.wake();
      }
    } catch { /* closed by either side */ }
    this.wake();
  }

  get events() { return this.frames.filter(({ event }) => event === 'message'); }

  until(accepts) {
    return within(new Promise((resolve) => {
      this.wake = () => { const found = this.frames.find(accepts); if (found) resolve(found); };
      this.wake();
    }), () => `it does not come; the last frames: ${JSON.stringify(this.frames.slice(-5))}`);
  }

  async close() {
    await this.reader.cancel().catch(() => {}); // Node 18 does not end a body that is aborted
    this.abort.abort();
    await this.ended;
  }
}

// A console at /ws/operator.
export class Operator {
  static async open(server, { token, protocols = [], headers, first } = {}) {
    const operator = new Operator(server, token, protocols, headers);
    await within(operator.opened, () => 'the WebSocket does not open');
    if (first) operator.send(first);
    return operator;
  }

  constructor(server, token, protocols, headers = {}) {
    this.frames = [];
    this.serial = 0;
    this.wake = () => {};
    this.socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/operator`, protocols, { headers: { ...bearer(token), ...headers } });
    this.socket.on('message', (text) => { this.frames.push(JSON.parse(text)); this.wake(); });
    this.closed = new Promise((resolve) => this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
    this.opened = new Promise((resolve, reject) => { this.socket.on('open', resolve); this.socket.on('error', reject); });
  }

  send(frame) { this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)); }

  until(accepts) {
    const matches = typeof accepts === 'string' ? ({ type }) => type === accepts : accepts;
    return within(new Promise((resolve) => {
      this.wake = () => { const found = this.frames.find(matches); if (found) resolve(found); };
      this.wake();
    }), () => `it does not come; the last frames: ${JSON.stringify(this.frames.slice(-5))}`);
  }

  request(frame) {
    const id = ++this.serial;
    this.send({ ...frame, id });
    return this.until((each) => each.id === id);
  }

  // The newest snapshot of a session.
  session(id) {
    return this.frames.flatMap(({ sessions = [] }) => sessions).filter(({ session_id: each }) => each === id).at(-1);
  }

  async leave() {
    this.socket.close(1000);
    return within(this.closed, () => 'the WebSocket stays open');
  }
}
