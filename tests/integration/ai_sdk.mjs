// SPDX-License-Identifier: GPL-3.0-or-later
// The AI SDK's own chat, with the transport that README.md gives.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { AbstractChat } from 'ai';
import WebSocket from 'ws';
import { eventually, startFakeOpenAi, startLoquat, within } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

globalThis.WebSocket = WebSocket; // which Node 18 has not
const [, example] = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').match(/```js\n(export class LoquatTransport[\s\S]*?)\n```/);
const { LoquatTransport } = await import(`data:text/javascript,${encodeURIComponent(example)}`);

// What React's or Vue's useChat() keeps in its own kind of state.
class State {
  status = 'ready';
  error = undefined;
  messages = [];
  pushMessage = (message) => { this.messages = [...this.messages, message]; };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (i, message) => { this.messages = this.messages.map((each, n) => (n === i ? message : each)); };
  snapshot = (thing) => structuredClone(thing);
}
class Chat extends AbstractChat {
  constructor(how) { super({ ...how, state: new State() }); }
}

const textOf = ({ parts }) => parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('');

describe('The AI SDK', () => {
  let fake, server, transport;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
    transport = new LoquatTransport(server.url.replace('http', 'ws'));
  });
  after(async () => {
    for (const socket of transport.sockets.values()) socket.close();
    await Promise.all([server.stop(), fake.stop()]);
  });

  async function talking(...said) {
    const data = [];
    const errors = [];
    const chat = new Chat({ transport, onData: (part) => data.push(part), onError: (error) => errors.push(error) });
    for (const text of said) await within(chat.sendMessage({ text }), () => `no end of the answer to ${text}`);
    return { chat, data, errors, reply: chat.lastMessage };
  }

  it('holds a conversation that is a session like all others', async () => {
    const { chat, errors } = await talking('one two', 'three');
    assert.deepEqual(errors, []);
    assert.equal(chat.status, 'ready');
    assert.deepEqual(chat.messages.map(textOf), ['one two', 'You said: one two', 'three', 'You said: three']);
    assert.equal(chat.lastMessage.metadata.finish, 'stop');
    assert.equal(new Set(chat.messages.map(({ id }) => id)).size, 4);
    const kept = (await journalEvents(server.dataDir, chat.id)).filter(({ event_type: type }) => type === 'ai_message');
    assert.deepEqual(kept.map(({ content }) => content), ['You said: one two', 'You said: three']);
  });

  it('shows what tools the server called, and how they ended', async () => {
    const { reply, errors } = await talking('fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}');
    assert.deepEqual(errors, []);
    const tool = reply.parts.find(({ type }) => type === 'dynamic-tool');
    assert.equal(tool.toolName, 'calculate_shipping');
    assert.equal(tool.state, 'output-available');
    assert.equal(tool.input.weight_kg, 5);
    assert.ok(reply.parts.indexOf(tool) < reply.parts.findIndex(({ type }) => type === 'text'));
    assert.ok(reply.parts.filter(({ type }) => type === 'text').every(({ state }) => state === 'done'));
    const wrong = await talking('fake:tool calculate_shipping {}');
    assert.equal(wrong.reply.parts.find(({ type }) => type === 'dynamic-tool').state, 'output-error');
  });

  it('is told of a failure, and goes on', async () => {
    const { chat, errors } = await talking('fake:status 500');
    assert.equal(chat.status, 'error');
    assert.equal(errors.length, 1);
    chat.clearError();
    await within(chat.sendMessage({ text: 'again' }), () => 'no answer after the failure');
    assert.equal(textOf(chat.lastMessage), 'You said: again');
  });

  it('comes back in the middle of a reply, and hears the next one', async () => {
    const { chat } = await talking('hello');
    const running = chat.sendMessage({ text: 'fake:slow 60 a b c d e f g h' });
    await eventually('the beginning', () => chat.lastMessage.role === 'assistant' && textOf(chat.lastMessage).includes('a'));
    transport.sockets.get(chat.id).terminate();
    await within(running, () => 'the lost reply does not end');
    assert.equal(chat.status, 'error');
    chat.clearError();
    await within(chat.sendMessage({ text: 'next' }), () => 'no answer after coming back');
    assert.equal(textOf(chat.lastMessage), 'You said: next');
  });

  it('is told that a message is refused, also while another is answered', async () => {
    const { chat, errors } = await talking(' ');
    assert.equal(chat.status, 'error');
    assert.match(errors[0].message, /empty/);
    chat.clearError();
    const running = chat.sendMessage({ text: 'fake:slow 60 a b c d e f g h' });
    await eventually('the beginning', () => chat.lastMessage.role === 'assistant');
    const refused = await transport.sendMessages({ chatId: chat.id, messages: [{ parts: [{ type: 'text', text: ' ' }] }] });
    const { value } = await within(refused.getReader().read(), () => 'the refusal is not told');
    assert.match(value.errorText, /empty/);
    await within(running, () => 'the reply does not end');
    assert.match(textOf(chat.lastMessage), /a b c d e f g h$/);
  });

  it('stops a reply, and the next one is its own', async () => {
    const { chat, errors } = await talking('hello');
    const running = chat.sendMessage({ text: 'fake:slow 100 a b c d e f g h i j k l m n o p' });
    await eventually('the beginning', () => chat.lastMessage.role === 'assistant' && textOf(chat.lastMessage).includes('a b'));
    await chat.stop();
    await within(running, () => 'the stopped reply does not end');
    await within(chat.sendMessage({ text: 'next' }), () => 'no answer after the stop');
    assert.equal(textOf(chat.lastMessage), 'You said: next');
    assert.deepEqual(errors, []);
    const stopped = (await journalEvents(server.dataDir, chat.id)).filter(({ metadata }) => metadata.finish === 'cancelled');
    assert.equal(stopped.length, 1);
  });
});
