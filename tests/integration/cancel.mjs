// SPDX-License-Identifier: GPL-3.0-or-later
// A cancel reaches the provider: it must not go on writing, and billing, what nobody will read.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';

const rounds = 20;
const betweenTokens = 1_000;

describe('A cancelled reply', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
  });
  beforeEach(() => fetch(`${fake.url}/script`, {
    method: 'POST',
    body: JSON.stringify({ tokens: ['one ', 'two ', 'three '], first_delay_ms: 0, delay_ms: betweenTokens }),
  }));
  after(() => Promise.all([server.stop(), fake.stop()]));

  // Runs `stop` once the first token is there, and tells how long the provider's connection lived on.
  async function untilGone(chat, stop) {
    const before = await fake.ask('/aborts');
    chat.send('count');
    await chat.until('token');
    const since = Date.now();
    stop();
    const aborts = await eventually('the end of the connection to the provider', async () => {
      const now = await fake.ask('/aborts');
      return now.length > before.length && now;
    });
    const { at, sent, left } = aborts.at(-1);
    assert.equal(aborts.length, before.length + 1);
    assert.equal(sent, 1, 'the provider wrote on after the cancel');
    assert.ok(left > 0, 'the provider had nothing more to write');
    return at - since;
  }

  // The summary that follows need not be slow as well.
  async function leave(chat) {
    await fetch(`${fake.url}/script`, { method: 'DELETE' });
    await chat.leave();
  }

  const report = (what, times) => {
    const sorted = [...times].sort((a, b) => a - b);
    console.log(`# ${what}: the provider's connection was gone after ${sorted.join(', ')} ms; at most ${sorted.at(-1)} ms`);
  };

  it(`closes the provider's connection before its next token, ${rounds} times`, async () => {
    const chat = await Chat.open(server);
    const times = [];
    for (let round = 0; round < rounds; ++round) {
      times.push(await untilGone(chat, () => chat.send({ type: 'cancel' })));
      assert.equal((await chat.one('done')).finish, 'cancelled');
    }
    report('cancel', times);
    await leave(chat);
  });

  it('does so too when somebody barges in', async () => {
    const chat = await Chat.open(server);
    report('interrupt', [await untilGone(chat, () => chat.send({ type: 'message', content: 'wait', interrupt: true }))]);
    assert.equal((await chat.one('done')).finish, 'cancelled');
    chat.send({ type: 'cancel' }); // what was said instead
    await chat.one('done');
    await leave(chat);
  });
});
