// SPDX-License-Identifier: GPL-3.0-or-later
// /v1/realtime: what a session of the OpenAI Realtime protocol is to Loquat, and who gets one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat, refusal } from './lib/chat.mjs';
import { startNode } from './lib/fleet.mjs';
import { ask, command, Operator } from './lib/operators.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { door, PlainClient, textOf } from './lib/realtime.mjs';
import { emptyDatabase, finalised, journalEvents } from './lib/rows.mjs';

// In one packet: the last comes before the session has answered to the first.
const together = (client, events) => {
  client.socket._socket.cork();
  for (const event of events) client.send(event);
  client.socket._socket.uncork();
};

let fake;
before(async () => { fake = await startFakeOpenAi(); });
after(() => fake.stop());

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
    const { body: { messages } } = await fake.asked('more');
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

  it('owes whoever comes back the reply that a person has not given yet', async () => {
    const client = await PlainClient.open(server);
    await command(server, client.id, { command: 'take_over', by: 'Kim' });
    await client.one('session.updated');
    client.say('is anybody there?');
    client.send({ type: 'response.create' });
    await client.one('response.created');
    client.socket.terminate();
    const again = await PlainClient.open(server, { session_id: client.id });
    await again.one('response.created');
    await command(server, client.id, { command: 'reply', text: 'I am Kim.', by: 'Kim' });
    assert.equal(textOf(await again.until('response.done')), 'I am Kim.');
    await again.leave();
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
      [update({ tool_choice: 'any' }), 'invalid_value', 'session.tool_choice'],
      [{ type: 'response.create', response: { tool_choice: { type: 'function', name: 'nobody' } } }, 'unknown_tool', null],
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

  it('takes events in the order in which they came', async () => {
    const client = await PlainClient.open(server);
    together(client, [
      { type: 'conversation.item.create', item: { id: 'first', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] } },
      { type: 'conversation.item.retrieve', item_id: 'first' },
    ]);
    const events = await client.until('conversation.item.retrieved');
    assert.deepEqual(events.map(({ type }) => type), ['conversation.item.added', 'conversation.item.done', 'conversation.item.retrieved']);
    assert.equal(events.at(-1).item.content[0].text, 'hi');
    const replies = [{ type: 'response.create' }, { type: 'response.cancel' }];
    const slow = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'fake:slow 100 a b c d e f g h i j k l m n o p' }] };
    together(client, [{ type: 'conversation.item.create', item: slow }, ...replies, ...replies]);
    for (let i = 0; i < 2; ++i) {
      const { response } = await client.one('response.done');
      assert.deepEqual(response.status_details, { type: 'cancelled', reason: 'client_cancelled' });
    }
    await client.leave();
  });

  it('is told in the words of the beta, where a browser asks for them', async () => {
    const client = await PlainClient.open(server, { protocols: ['realtime', 'openai-insecure-api-key.any', 'openai-beta.realtime-v1'] });
    assert.equal(client.socket.protocol, 'realtime');
    assert.deepEqual(client.created.session.modalities, ['text']);
    const events = await client.ask('hello');
    assert.equal(events.find(({ type }) => type === 'response.text.done').text, 'You said: hello');
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
    const { body: { messages } } = await fake.asked('still there?');
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

describe('With the simulated model', () => {
  it('a function is called by its name', async () => {
    const server = await startLoquat();
    const client = await PlainClient.open(server);
    assert.equal(client.created.session.loquat.simulated, true);
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [door] } });
    const [call] = (await client.ask('Please use open_door {"door":"front"}')).at(-1).response.output;
    assert.deepEqual([call.name, call.arguments], ['open_door', '{"door":"front"}']);
    client.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: '{"open":"wide"}' } });
    assert.match(textOf(await client.respond()), /open.*wide/);
    await client.leave();
    await server.stop();
  });
});

describe('On two nodes', () => {
  it('a conversation is reached through either', async () => {
    const database = await emptyDatabase();
    const nodes = [await startNode('a', database, { env: fake.settings }), await startNode('b', database, { env: fake.settings })];
    const [a, b] = nodes;
    const first = await PlainClient.open(a, { session_id: 'shared' });
    await first.ask('remember me');
    first.socket.terminate();
    const second = await PlainClient.open(b, { session_id: 'shared', protocols: ['realtime'] });
    assert.equal(second.socket.protocol, 'realtime');
    const items = [await second.one('conversation.item.done'), await second.one('conversation.item.done')];
    assert.deepEqual(items.map(({ item }) => item.content[0].text), ['remember me', 'You said: remember me']);
    assert.equal(textOf(await second.ask('through b')), 'You said: through b');
    const beta = await PlainClient.open(b, { session_id: 'shared', headers: { 'OpenAI-Beta': 'realtime=v1' } });
    assert.deepEqual(beta.created.session.modalities, ['text']);
    await beta.leave();
    await finalised(a.dataDir, 'shared');
    for (const node of nodes) await node.stop();
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
