// SPDX-License-Identifier: GPL-3.0-or-later
// /v1/realtime: the OpenAI Realtime protocol, spoken by the clients that people use.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { Chat, refusal } from './lib/chat.mjs';
import { ask, command, Operator } from './lib/operators.mjs';
import { eventually, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { OpenAiClient, PlainClient, textOf } from './lib/realtime.mjs';
import { finalised, journalEvents } from './lib/rows.mjs';

const door = {
  type: 'function', name: 'open_door', description: 'Opens a door',
  parameters: { type: 'object', properties: { door: { type: 'string' } }, required: ['door'] },
};
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
    const { body: { messages } } = (await fake.ask('/requests')).at(-1);
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

  const open = async (options = {}) => {
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
    await within(session.connect({ apiKey: 'any', url: `${server.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime` }), () => 'no connection');
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
    assert.equal(await reply(0), 'The tools said: "back is open"');
    assert.deepEqual(opened, ['back']);
    session.sendMessage('fake:tool get_weather {"city":"Lima"}');
    assert.match(await reply(1), /Lima/);
    assert.ok(session.history.some(({ type, name }) => type === 'mcp_call' && name === 'get_weather'));
    assert.equal(seen.filter(({ type }) => type === 'response.done').length, 3);
    assert.deepEqual(errors, []);
    session.close();
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

describe('A session of the Realtime protocol', () => {
  let server;
  before(async () => { server = await startLoquat({ env: fake.settings }); });
  after(() => server.stop());

  it('is one like all others: in the journal, the list, the summary, and in an operator’s hands', async () => {
    const operator = await Operator.open(server);
    const client = await PlainClient.open(server, { user_id: 'user-7' });
    await client.ask('hello');
    const { body: row } = await ask(server, `/api/sessions/${client.id}`);
    assert.equal(row.user_id, 'user-7');
    await operator.until(({ sessions = [] }) => sessions.some(({ session_id: id }) => id === client.id));
    assert.equal(operator.session(client.id).protocol, 'realtime');

    assert.equal((await command(server, client.id, { command: 'whisper', text: 'Offer tea.' })).status, 200);
    await client.ask('more');
    const { body: { messages } } = (await fake.ask('/requests')).at(-1);
    assert.ok(messages.some(({ role, content }) => role === 'system' && content === 'Offer tea.'));

    await command(server, client.id, { command: 'take_over', by: 'Kim' });
    assert.equal((await client.one('session.updated')).session.loquat.mode, 'human');
    client.say('is anybody there?');
    client.send({ type: 'response.create' });
    await client.one('response.created');
    await command(server, client.id, { command: 'reply', text: 'I am Kim.', by: 'Kim' });
    const answered = await client.until('response.done');
    assert.equal(textOf(answered), 'I am Kim.');
    assert.equal(answered.at(-1).response.status, 'completed');
    await command(server, client.id, { command: 'reply', text: 'Anything else?', by: 'Kim' });
    const unasked = await client.until('response.done');
    assert.equal(unasked[0].type, 'response.created');
    assert.deepEqual(unasked.at(-1).response.metadata, { from: 'operator' });
    assert.equal(unasked.at(-1).response.output[0].content[0].text, 'Anything else?');
    await command(server, client.id, { command: 'release' });
    assert.equal(textOf(await client.ask('bye')), 'You said: bye');
    await client.leave();
    await operator.leave();

    const stored = await finalised(server.dataDir, client.id);
    assert.equal(stored.user_id, 'user-7');
    assert.ok(stored.summary.length > 0);
    const types = (await journalEvents(server.dataDir, client.id)).map(({ event_type: type }) => type);
    assert.equal(types[0], 'session_started');
    for (const type of ['user_message', 'ai_message', 'operator_whisper', 'mode_changed', 'operator_message', 'session_ended', 'summary'])
      assert.ok(types.includes(type), type);
  });

  it('refuses what it cannot do by name, and goes on', async () => {
    const client = await PlainClient.open(server);
    const item = (more) => ({ type: 'conversation.item.create', item: more });
    const update = (more) => ({ type: 'session.update', session: { type: 'realtime', ...more } });
    for (const [event, code, param] of [
      ['not json', 'invalid_json', null], ['[]', 'invalid_json', null],
      [{}, 'missing_required_parameter', 'type'], [{ type: 'sing' }, 'invalid_value', 'type'],
      [{ type: 'input_audio_buffer.append', audio: 'AAAA' }, 'audio_not_supported', 'type'],
      [{ type: 'conversation.item.delete', item_id: 'x' }, 'unsupported_event', 'type'],
      [{ type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: 1 }, 'unsupported_event', 'type'],
      [{ type: 'conversation.item.retrieve', item_id: 'nobody' }, 'item_not_found', 'item_id'],
      [item({ type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA' }] }), 'invalid_value', 'item.content[0].type'],
      [item({ type: 'message', role: 'tool', content: [] }), 'invalid_value', 'item.role'],
      [item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: ' ' }] }), 'invalid_value', 'item.content'],
      [item({ type: 'function_call_output', call_id: 'no-such-call', output: 'x' }), 'unknown_call', null],
      [update({ tools: [door, door] }), 'invalid_value', 'session.tools[1].name'],
      [update({ tools: [{ type: 'mcp', server_label: 'x' }] }), 'invalid_value', 'session.tools[0].type'],
      [update({ tool_choice: 'required' }), 'invalid_value', 'session.tool_choice'],
      [update({ type: 'transcription' }), 'invalid_value', 'session.type'],
      [{ type: 'response.create', response: { conversation: 'none' } }, 'invalid_value', 'response.conversation'],
      [{ type: 'response.create', response: { input: [{}] } }, 'unsupported_parameter', 'response.input'],
      [{ type: 'response.cancel', response_id: 'resp_gone' }, 'response_cancel_not_active', 'response_id'],
    ]) {
      const known = typeof event === 'object';
      client.send(known ? { ...event, event_id: 'mine' } : event);
      const { error, event_id: id } = await client.one('error');
      assert.deepEqual([error.type, error.code, error.param], ['invalid_request_error', code, param], JSON.stringify(event));
      assert.equal(error.event_id, known ? 'mine' : null);
      assert.match(error.message, /\w+ \w+/);
      assert.ok(id);
    }
    assert.equal(textOf(await client.ask('and on')), 'You said: and on');
    await client.leave();
  });

  it('goes on under its id, also in the other protocol', async () => {
    const first = await PlainClient.open(server, { session_id: 'kept' });
    assert.equal(first.id, 'kept');
    await first.ask('remember me');
    await first.leave();
    const second = await PlainClient.open(server, { session_id: 'kept' });
    assert.equal(second.created.session.loquat.resumed, true);
    const items = [await second.one('conversation.item.done'), await second.one('conversation.item.done')];
    assert.deepEqual(items.map(({ item }) => [item.role, item.content[0].text]), [['user', 'remember me'], ['assistant', 'You said: remember me']]);
    await second.ask('still there?');
    const { body: { messages } } = (await fake.ask('/requests')).at(-1);
    assert.ok(messages.some(({ content }) => content === 'remember me'));
    const chat = await Chat.open(server, { id: 'kept' });
    assert.equal((await second.closed).code, 4409);
    assert.equal((await chat.ask('hello')).text, 'You said: hello');
    await chat.leave();
  });

  it('ends the calls of a client that is gone, and waits for it', async () => {
    const client = await PlainClient.open(server, { session_id: 'lost' });
    await client.ask('fake:tool open_door {"door":"front"}', { tools: [door] });
    client.socket.terminate();
    const rows = await eventually('the end of the call', async () => {
      const all = await journalEvents(server.dataDir, 'lost');
      return all.some(({ event_type: type }) => type === 'tool_result') && all;
    });
    assert.match(rows.find(({ event_type: type }) => type === 'tool_result').content, /went away/);
    const again = await PlainClient.open(server, { session_id: 'lost' });
    assert.equal(textOf(await again.ask('I am back')), 'You said: I am back');
    await again.leave();
  });

  it('is refused before the upgrade where that is possible', async () => {
    for (const query of ['session_id=no%20good', 'intent=transcription', 'profile=nobodys']) {
      const { status, type, body } = await refusal(server, `/v1/realtime?${query}`, { protocols: ['realtime'] });
      assert.equal(status, 400, query);
      assert.equal(type, 'application/problem+json');
      assert.ok(JSON.parse(body).detail);
    }
  });
});

describe('Where clients must show a token', () => {
  let server;
  before(async () => { server = await startLoquat({ env: { ...fake.settings, LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: 'user-7:sesame-opens-it' } }); });
  after(() => server.stop());

  it('it is taken from the header and from the subprotocol', async () => {
    for (const options of [
      { headers: { authorization: 'Bearer sesame-opens-it' } },
      { protocols: ['realtime', 'openai-insecure-api-key.sesame-opens-it', 'openai-agents-sdk.0.1'] },
    ]) {
      const client = await PlainClient.open(server, { ...options, user_id: 'somebody' });
      assert.equal(client.socket.protocol, options.protocols ? 'realtime' : client.socket.protocol);
      assert.equal(client.created.session.loquat.user_id, 'user-7');
      await client.leave();
    }
    for (const headers of [{ authorization: 'Bearer wrong' }, {}])
      assert.equal((await refusal(server, '/v1/realtime', { headers })).status, 401);
  });
});
