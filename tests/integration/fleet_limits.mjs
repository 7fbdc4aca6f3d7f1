// SPDX-License-Identifier: GPL-3.0-or-later
// A client whose session another node leads has the bounds of the node that it came to.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Chat, writesOn } from './lib/chat.mjs';
import { startNode } from './lib/fleet.mjs';
import { eventually, startFakeOpenAi } from './lib/processes.mjs';
import { emptyDatabase, journalEvents } from './lib/rows.mjs';

it('A reader that does not read is closed with 1013, also where another node leads its session', async () => {
  const fake = await startFakeOpenAi();
  const url = await emptyDatabase();
  const leads = await startNode('leads', url, { env: fake.settings });
  const relays = await startNode('relays', url, { env: { ...fake.settings, LOQUAT_MAX_UNSENT_BYTES: '200000' } });
  const tokens = Array.from({ length: 60_000 }, (_, i) => `${i} ${'words '.repeat(16)}`);
  await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ tokens, match: 'at length' }) });

  const first = await Chat.open(leads);
  await first.ask('hello');
  const lazy = await eventually('the other node to know who leads', async () => {
    const chat = await Chat.open(relays, { id: first.id });
    const welcome = await Promise.race([chat.until('session_started'), chat.closed]);
    return Array.isArray(welcome) && welcome[0].resumed && chat;
  });
  lazy.socket.pause();
  lazy.send('Tell me at length');
  await eventually('the reply to be on disk', async () =>
    (await journalEvents(leads.dataDir, first.id)).filter(({ event_type }) => event_type === 'ai_message').length === 2);
  await writesOn(lazy);
  lazy.socket.resume();
  assert.equal((await lazy.closes()).code, 1013);
  assert.match(await (await fetch(`${relays.url}/metrics`)).text(), /loquat_refused_total\{reason="slow_reader"\} 1\n/);
  for (const program of [relays, leads, fake]) await program.stop('SIGKILL');
});
