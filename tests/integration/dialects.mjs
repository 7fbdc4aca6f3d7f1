// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that existed before and cannot be changed: each dialect sends what they know, and nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { finalised, journalEvents } from './lib/rows.mjs';

const tool = 'fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}';

describe('Dialect', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
  });
  after(() => Promise.all([server.stop(), fake.stop()]));

  const replies = async (id) => (await journalEvents(server.dataDir, id))
    .filter(({ event_type: type, metadata }) => type === 'ai_message' && metadata.final === true);
  const reply = (id, n) => eventually(`reply ${n} in the journal`, async () => (await replies(id))[n - 1]);

  it('content: pieces of text and tools, and no other frame', async () => {
    const chat = await Chat.open(server, { dialect: 'content' });
    chat.send('one two three');
    const { content } = await reply(chat.id, 1);
    const said = () => chat.frames.filter(({ type }) => type === 'content').map(({ value }) => value).join('');
    await eventually('the whole reply', () => said() === content);
    chat.send(tool);
    await chat.until('tool_end');
    const start = chat.frames.find(({ type }) => type === 'tool_start');
    assert.equal(start.tool, 'calculate_shipping');
    assert.equal(start.args.weight_kg, 5);
    assert.equal(chat.frames.find(({ type }) => type === 'tool_end').tool, 'calculate_shipping');
    await reply(chat.id, 2);
    await chat.leave();
    assert.deepEqual([...new Set(chat.frames.map(({ type }) => type))].sort(), ['content', 'tool_end', 'tool_start']);
  });

  it('text: tokens and nothing else, an error as a sentence', async () => {
    const chat = await Chat.open(server, { dialect: 'text' });
    chat.send('one two three');
    const first = await reply(chat.id, 1);
    assert.equal(first.content, 'You said: one two three');
    await eventually('the whole reply', () => chat.frames.join('') === first.content);
    chat.send('fake:status 500');
    const second = await reply(chat.id, 2);
    assert.match(second.content, /\w+ \w+/);
    await eventually('the sentence', () => chat.frames.join('') === first.content + second.content);
    chat.send('go on');
    await reply(chat.id, 3);
    await chat.leave();
    assert.ok(chat.frames.every((frame) => typeof frame === 'string'), chat.tail());
  });

  it('sentinel: a greeting, tokens, and the end mark after every reply', async () => {
    const chat = await Chat.open(server, { dialect: 'sentinel' });
    const [hello] = await chat.until('session_started');
    assert.deepEqual(hello, { type: 'session_started', session_id: chat.id });
    const end = '[END_OF_RESPONSE]';
    const isEnd = (frame) => frame === end;
    chat.send({ message: 'one two three' });
    assert.equal((await chat.until(isEnd)).slice(0, -1).join(''), 'You said: one two three');
    chat.send('fake:status 500');
    const sentence = (await chat.until(isEnd)).slice(0, -1).join('');
    assert.match(sentence, /\w+ \w+/);
    assert.equal((await reply(chat.id, 2)).content, sentence);
    chat.send('again');
    assert.equal((await chat.until(isEnd)).slice(0, -1).join(''), 'You said: again');
    await chat.leave();
    await finalised(server.dataDir, chat.id);
  });

  it('sentinel: what is refused during a reply neither ends it nor becomes part of it', async () => {
    const chat = await Chat.open(server, { dialect: 'sentinel' });
    await chat.one('session_started');
    const isEnd = (frame) => frame === '[END_OF_RESPONSE]';
    chat.send('fake:slow 40 one two three four');
    chat.send(' ');
    chat.send('{ "name": "Ana" }');
    const first = (await chat.until(isEnd)).slice(0, -1).join('');
    assert.equal(first, (await reply(chat.id, 1)).content);
    assert.match((await chat.until(isEnd)).slice(0, -1).join(''), /empty/);
    assert.equal((await chat.until(isEnd)).slice(0, -1).join(''), 'You said: { "name": "Ana" }');
    await chat.leave();
  });

  it('the greeting is the first that a client is told, whatever it says and how soon', async () => {
    const unknown = '{"type":"dance"}';
    for (const [dialect, early] of [['frames', '{"type":"ping"}'], ['frames', ' '], ['frames', unknown],
      ['sentinel', ' '], ['sentinel', unknown]]) {
      const chat = await Chat.open(server, { dialect, early });
      await eventually('the answer', () => chat.frames.length >= 2);
      assert.equal(chat.frames[0].type, 'session_started', `${dialect} ${early}: ${chat.tail()}`);
      await chat.leave();
    }
  });

  it('the default of the server holds for a client that asks for none, and only for it', async () => {
    const other = await startLoquat({ env: fake.settings, args: ['--dialect', 'sentinel'] });
    const plain = await Chat.open(other);
    assert.deepEqual(Object.keys(await plain.one('session_started')).sort(), ['session_id', 'type']);
    plain.send('hello');
    await plain.until((frame) => frame === '[END_OF_RESPONSE]');
    const framed = await Chat.open(other, { dialect: 'frames' });
    assert.equal((await framed.ask('hello')).done.text, 'You said: hello');
    await Promise.all([plain.leave(), framed.leave()]);
    await other.stop();
  });
});
