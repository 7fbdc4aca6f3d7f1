// SPDX-License-Identifier: GPL-3.0-or-later
// /v1/realtime, spoken by the clients that people use.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { eventually, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { door, OpenAiClient, textOf } from './lib/realtime.mjs';
import { finalised, journalEvents } from './lib/rows.mjs';

const typesOf = (events) => events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);

let fake;
before(async () => { fake = await startFakeOpenAi(); });
after(() => fake.stop());

describe('The client of the npm package openai', () => {
  let server, ca;
  before(async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
      '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
    ca = readFileSync(cert);
    server = await startLoquat({ env: { ...fake.settings, LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key } });
  });
  after(() => server.stop());

  it('holds a conversation', async () => {
    const client = await OpenAiClient.open(server, { ca });
    assert.match(client.id, /^sess_/);
    assert.equal(client.created.session.model, 'fake'); // what answers, whatever was asked for
    client.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', output_modalities: ['text'] } });
    const updated = await client.one('session.updated');
    assert.equal(updated.session.instructions, 'Be brief.');
    assert.deepEqual(updated.session.output_modalities, ['text']);

    client.say('one two three', { event_id: 'mine' });
    const [added, kept] = await client.until('conversation.item.done');
    assert.equal(added.type, 'conversation.item.added');
    assert.equal(added.previous_item_id, null);
    assert.deepEqual(kept.item.content, [{ type: 'input_text', text: 'one two three' }]);
    const events = await client.respond({ metadata: { topic: 'numbers' } });
    assert.deepEqual(typesOf(events), ['response.created', 'response.output_item.added', 'conversation.item.added',
      'response.content_part.added', 'response.output_text.delta', 'response.output_text.done', 'response.content_part.done',
      'conversation.item.done', 'response.output_item.done', 'response.done']);
    assert.equal(textOf(events), 'You said: one two three');
    const { response } = events.at(-1);
    assert.equal(response.status, 'completed');
    assert.deepEqual(response.metadata, { topic: 'numbers' });
    assert.equal(response.output[0].content[0].text, 'You said: one two three');
    assert.ok(response.usage.input_tokens > 0 && response.usage.total_tokens === response.usage.input_tokens + response.usage.output_tokens);
    assert.equal(events.find(({ type }) => type === 'conversation.item.added').previous_item_id, kept.item.id);

    assert.equal(textOf(await client.ask('four')), 'You said: four');
    const { body: { messages } } = await fake.asked('four');
    assert.match(messages[0].content, /Be brief\.$/);
    assert.deepEqual(messages.slice(1).map(({ role, content }) => [role, content]),
      [['user', 'one two three'], ['assistant', 'You said: one two three'], ['user', 'four']]);
    const ids = client.events.map(({ event_id: id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(client.errors, []);
    await client.leave();
  });

  it('answers a function call', async () => {
    const client = await OpenAiClient.open(server, { ca });
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [door], tool_choice: 'auto' } });
    await client.one('session.updated');
    const asked = await client.ask('fake:tool open_door {"door":"front"}');
    assert.deepEqual(typesOf(asked).slice(3, 5), ['response.function_call_arguments.delta', 'response.function_call_arguments.done']);
    const [call] = asked.at(-1).response.output;
    assert.deepEqual([call.type, call.status, call.name, call.arguments], ['function_call', 'completed', 'open_door', '{"door":"front"}']);
    assert.equal(asked.at(-1).response.status, 'completed');
    client.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: '{"open":true}' } });
    assert.equal((await client.one('conversation.item.done')).item.output, '{"open":true}');
    assert.equal(textOf(await client.respond()), 'The tools said: {"open":true}');
    await client.leave();
    const rows = await journalEvents(server.dataDir, client.id);
    const called = rows.find(({ event_type: type }) => type === 'tool_call');
    const result = rows.find(({ event_type: type }) => type === 'tool_result');
    assert.equal(called.metadata.by, 'client');
    assert.equal(result.content, '{"open":true}');
    assert.equal(result.metadata.ok, true);
    assert.equal(rows.find(({ metadata }) => metadata.final).metadata.turn, called.metadata.turn);
  });

  it("sees the service's own tools at work", async () => {
    const client = await OpenAiClient.open(server, { ca });
    const events = await client.ask('fake:tool get_weather {"city":"Berlin"}');
    const { response } = events.at(-1);
    assert.deepEqual(response.output.map(({ type }) => type), ['mcp_call', 'message']);
    assert.equal(response.output[0].name, 'get_weather');
    assert.match(response.output[0].output, /Berlin/);
    assert.match(response.output[1].content[0].text, /^The tools said: .*Berlin/);
    assert.ok(events.some(({ type }) => type === 'response.mcp_call.completed'));
    const failed = (await client.ask('fake:tool get_weather {"town":1}')).at(-1).response.output[0];
    assert.equal(failed.output, null);
    assert.match(failed.error.message, /arguments/);
    await client.leave();
  });

  it('cancels', async () => {
    const client = await OpenAiClient.open(server, { ca });
    client.say('fake:slow 100 a b c d e f g h i j k l m n o p');
    client.send({ type: 'response.create' });
    await client.one('response.output_text.delta');
    client.send({ type: 'response.create', event_id: 'too-early' });
    const early = await client.one('error');
    assert.equal(early.error.code, 'conversation_already_has_active_response');
    assert.equal(early.error.event_id, 'too-early');
    client.send({ type: 'response.cancel' });
    const { response } = await client.one('response.done');
    assert.equal(response.status, 'cancelled');
    assert.deepEqual(response.status_details, { type: 'cancelled', reason: 'client_cancelled' });
    assert.equal(response.output[0].status, 'incomplete');
    client.send({ type: 'response.cancel', event_id: 'too-late' });
    const late = await client.one('error');
    assert.deepEqual([late.error.code, late.error.event_id], ['response_cancel_not_active', 'too-late']);
    assert.equal(client.errors.length, 2);
    assert.equal(textOf(await client.ask('and on')), 'You said: and on');
    await client.leave();
  });

  it('holds a conversation with its class for the beta', async () => {
    const client = await OpenAiClient.open(server, { ca, beta: true });
    const heard = { created: [], deltas: [], done: [] };
    client.sdk.on('conversation.item.created', ({ item }) => heard.created.push(item));
    client.sdk.on('response.text.delta', ({ delta }) => heard.deltas.push(delta));
    client.sdk.on('response.text.done', ({ text }) => heard.done.push(text));
    client.send({ type: 'session.update', session: { instructions: 'Be brief.', modalities: ['text'], max_response_output_tokens: 500 } });
    const { session } = await client.one('session.updated');
    assert.deepEqual([session.modalities, session.max_response_output_tokens, session.instructions], [['text'], 500, 'Be brief.']);

    const { response } = (await client.ask('one two three', { modalities: ['text'] })).at(-1);
    assert.equal(response.status, 'completed');
    assert.deepEqual(response.modalities, ['text']);
    assert.deepEqual(response.output[0].content, [{ type: 'text', text: 'You said: one two three' }]);
    assert.equal(heard.deltas.join(''), 'You said: one two three');
    assert.deepEqual(heard.done, ['You said: one two three']);
    assert.deepEqual(heard.created.map(({ role }) => role), ['user', 'assistant']);

    client.send({ type: 'session.update', session: { tools: [door] } });
    const [call] = (await client.ask('fake:tool open_door {"door":"front"}')).at(-1).response.output;
    assert.deepEqual([call.type, call.name, call.arguments], ['function_call', 'open_door', '{"door":"front"}']);
    client.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: '{"open":true}' } });
    await client.respond();
    assert.equal(heard.done.at(-1), 'The tools said: {"open":true}');
    const { output } = (await client.ask('fake:tool get_weather {"city":"Berlin"}')).at(-1).response;
    assert.deepEqual(output.map(({ type }) => type), ['message']); // the service's own tools are not in the beta
    const known = new Set(['session.created', 'session.updated', 'conversation.item.created', 'response.created', 'response.output_item.added',
      'response.content_part.added', 'response.text.delta', 'response.text.done', 'response.content_part.done', 'response.output_item.done',
      'response.function_call_arguments.delta', 'response.function_call_arguments.done', 'response.done']);
    assert.deepEqual(client.events.map(({ type }) => type).filter((type) => !known.has(type)), []);
    assert.doesNotMatch(JSON.stringify(client.events), /output_text|output_modalities|mcp_call/);
    assert.deepEqual(client.errors, []);
    await client.leave();
  });

  it('is told of a model that fails', async () => {
    const client = await OpenAiClient.open(server, { ca });
    const events = await client.ask('fake:status 401');
    const { response } = events.at(-1);
    assert.equal(response.status, 'failed');
    assert.equal(response.status_details.type, 'failed');
    assert.equal(response.status_details.error.type, 'server_error');
    assert.match(response.status_details.error.code, /^model_/);
    assert.deepEqual(response.output, []); // an apology is no output
    assert.equal(textOf(await client.ask('and on')), 'You said: and on');
    await client.leave();
  });
});

describe('The client of the npm package @openai/agents-realtime', () => {
  let server;
  before(async () => { server = await startLoquat({ env: fake.settings }); });
  after(() => server.stop());

  const open = async (options = {}, on = server) => {
    const opened = [];
    const agent = new RealtimeAgent({
      name: 'Porter', instructions: 'You open doors.',
      tools: [tool({
        name: 'open_door', description: 'Opens a door', strict: false,
        parameters: { ...door.parameters, additionalProperties: true },
        execute: async ({ door: which }) => { opened.push(which); return `${which} is open`; },
      })],
    });
    const session = new RealtimeSession(agent, { transport: 'websocket', tracingDisabled: true, ...options });
    const seen = [];
    const errors = [];
    session.transport.on('*', (event) => seen.push(event));
    session.on('error', (error) => errors.push(error));
    await within(session.connect({ apiKey: 'any', url: `${on.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime` }), () => 'no connection');
    const { session: { id } } = await eventually('session.created', () => seen.find(({ type }) => type === 'session.created'));
    const replies = () => session.history.filter(({ role, status }) => role === 'assistant' && status === 'completed').map(({ content }) => content[0].text);
    const reply = (n) => eventually(`reply ${n}`, () => replies()[n]);
    return { session, opened, seen, errors, id, reply };
  };

  it('holds a conversation, though it asks for audio unless told otherwise', async () => {
    const { session, errors, reply } = await open();
    session.sendMessage('hello');
    assert.equal(await reply(0), 'You said: hello');
    session.sendMessage('again');
    assert.equal(await reply(1), 'You said: again');
    assert.deepEqual(session.history.map(({ role }) => role), ['user', 'assistant', 'user', 'assistant']);
    assert.equal(session.usage.totalTokens > 0, true);
    assert.deepEqual(errors, []);
    session.close();
  });

  it('has its tools called, and lets the service call its own', async () => {
    const { session, opened, errors, seen, reply } = await open({ config: { outputModalities: ['text'] } });
    session.sendMessage('fake:tool open_door {"door":"back"}');
    assert.equal(await reply(0), 'The tools said: back is open');
    assert.deepEqual(opened, ['back']);
    session.sendMessage('fake:tool get_weather {"city":"Lima"}');
    assert.match(await reply(1), /Lima/);
    const call = session.history.find(({ type, name }) => type === 'mcp_call' && name === 'get_weather');
    assert.equal(call.status, 'completed');
    session.sendMessage('and then?');
    await reply(2);
    assert.deepEqual(session.history.slice(-4).map(({ type, role }) => role ?? type), ['mcp_call', 'assistant', 'user', 'assistant']);
    assert.equal(seen.filter(({ type }) => type === 'response.done').length, 4);
    assert.deepEqual(errors, []);
    session.close();
  });

  it('is answered again after it was too fast', async () => {
    const strict = await startLoquat({ env: { ...fake.settings, LOQUAT_MAX_MESSAGES_PER_MINUTE: '300' } });
    const { session, reply, seen } = await open({}, strict);
    for (let i = 0; i < 305; i += 1) session.transport.sendEvent({ type: 'conversation.item.retrieve', item_id: 'none' });
    session.sendMessage('too much');
    await eventually('the refusal of the reply', () => seen.some(({ type, error }) =>
      type === 'error' && error.code === 'rate_limited' && error.event_id?.includes('response_create')));
    await eventually('to be let in again', async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000)); // earns five
      session.sendMessage('and now?');
      return eventually('an answer', () => seen.some(({ type }) => type === 'response.done'), 1_000);
    });
    assert.match(await reply(0), /and now/);
    session.close();
    await strict.stop();
  });

  it('cancels', async () => {
    const { session, errors, seen, id } = await open();
    session.sendMessage('fake:slow 100 a b c d e f g h i j k l m n o p');
    await eventually('some text', () => seen.some(({ type }) => type === 'response.output_text.delta'));
    session.transport.sendEvent({ type: 'response.cancel' }); // session.interrupt() is for audio
    const { response } = await eventually('the end', () => seen.find(({ type }) => type === 'response.done'));
    assert.equal(response.status, 'cancelled');
    assert.deepEqual(errors, []);
    session.close();
    await finalised(server.dataDir, id);
  });
});
