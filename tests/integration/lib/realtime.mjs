// SPDX-License-Identifier: GPL-3.0-or-later
// Clients of /v1/realtime: the npm package `openai`, and a plain one. Both keep every event they get.
import OpenAI from 'openai';
import { OpenAIRealtimeWS as BetaRealtimeWS } from 'openai/beta/realtime/ws';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { within } from './processes.mjs';

// A tool of the client.
export const door = {
  type: 'function', name: 'open_door', description: 'Opens a door',
  parameters: { type: 'object', properties: { door: { type: 'string' } }, required: ['door'] },
};

class Events {
  constructor() {
    this.events = [];
    this.taken = 0;
    this.wake = () => {};
  }

  add(event) { this.events.push(event); this.wake(); }

  // All events from where the last call stopped up to the first that `last` accepts (a type, or a predicate).
  async until(last) {
    const matches = typeof last === 'string' ? ({ type }) => type === last : last;
    return within(new Promise((resolve) => {
      this.wake = () => {
        const at = this.events.findIndex((event, i) => i >= this.taken && matches(event));
        if (at < 0) return;
        const batch = this.events.slice(this.taken, at + 1);
        this.taken = at + 1;
        this.wake = () => {};
        resolve(batch);
      };
      this.wake();
    }), () => `${last} does not come; the last events: ${JSON.stringify(this.events.slice(-4))}`);
  }

  async one(last) { return (await this.until(last)).at(-1); }

  say(text, more = {}) {
    this.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }, ...more });
  }

  // Everything from response.created to response.done.
  async respond(response) {
    this.send({ type: 'response.create', ...(response ? { response } : {}) });
    await this.until(({ type }) => type === 'response.created');
    this.taken -= 1;
    return this.until('response.done');
  }

  async ask(text, response) {
    this.say(text);
    return this.respond(response);
  }

  async leave() {
    this.socket.close(1000);
    return within(this.closed, () => 'the connection stays open');
  }
}

const watch = (events) => {
  events.closed = new Promise((resolve) => events.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
};

// `openai`, which only speaks TLS. `ca`: the certificate it is to trust. `beta`: its class for the protocol's beta.
export class OpenAiClient extends Events {
  static async open(server, { ca, beta = false, apiKey = 'any', model = 'gpt-realtime' } = {}) {
    const client = new OpenAiClient();
    client.errors = [];
    const Sdk = beta ? BetaRealtimeWS : OpenAIRealtimeWS;
    client.sdk = new Sdk({ model, options: { ca } }, new OpenAI({ apiKey, baseURL: `${server.url}/v1` }));
    client.socket = client.sdk.socket;
    watch(client);
    client.sdk.on('event', (event) => client.add(event));
    client.sdk.on('error', (error) => client.errors.push(error));
    client.created = await client.one('session.created');
    client.id = client.created.session.id;
    return client;
  }

  send(event) { this.sdk.send(event); }
}

// As a browser says it, in subprotocols, or with whatever headers.
export class PlainClient extends Events {
  static async open(server, options) {
    const client = new PlainClient(server, options);
    client.created = await within(Promise.race([client.one('session.created'), client.failed]), () => 'no session.created');
    client.id = client.created.session.id;
    return client;
  }

  constructor(server, { protocols = ['realtime'], headers = {}, ...query } = {}) {
    super();
    const url = new URL('/v1/realtime', server.url.replace('http', 'ws'));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    this.socket = new WebSocket(url, protocols, { headers });
    watch(this);
    this.socket.on('message', (text) => this.add(JSON.parse(text)));
    this.failed = new Promise((_, reject) => this.socket.on('error', reject));
    this.failed.catch(() => {});
  }

  send(event) { this.socket.send(typeof event === 'string' ? event : JSON.stringify(event)); }
}

export const textOf = (events) => events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta).join('');
