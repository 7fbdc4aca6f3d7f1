// SPDX-License-Identifier: GPL-3.0-or-later
// A thousand replies stream at once from a plain-HTTP provider: nobody waits for somebody else's reply to end.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startFakeOpenAi, startLoquat } from './lib/processes.mjs';

const clients = 1000;

describe('Many replies at once', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    server = await startLoquat({ env: fake.settings });
  });
  after(() => Promise.all([server.stop(), fake.stop()]));

  it(`${clients} streams are open at the same time, and all of them end well`, async () => {
    const chats = [];
    for (let i = 0; i < clients; i += 100)
      chats.push(...await Promise.all(Array.from({ length: 100 }, () => Chat.open(server))));
    const dones = await Promise.all(chats.map(async (chat) => {
      const { done } = await chat.ask('fake:slow 2000 one');
      return done;
    }));
    assert.deepEqual([...new Set(dones.map(({ finish }) => finish))], ['stop']);
    const { max_open: most } = await fake.ask('/stats');
    assert.equal(most, clients);
    await Promise.all(chats.map((chat) => chat.leave()));
  });
});
