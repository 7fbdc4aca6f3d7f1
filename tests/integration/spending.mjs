// SPDX-License-Identifier: GPL-3.0-or-later
// Budgets that hold, also across a restart, and conversations that outgrow the model's window.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startFakeOpenAi, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

function configured(config) {
  const path = join(temporaryFolder(), 'loquat.json');
  writeFileSync(path, JSON.stringify(config));
  return ['--config', path];
}

it('refuses what the budget does not allow, asks no provider, and remembers across a restart', async () => {
  const fake = await startFakeOpenAi();
  const dataDir = temporaryFolder();
  const args = configured({ budgets: { user: { tokens: 7000 } }, limits: { replyTokens: 1000 }, systemPrompt: 'x' });
  let server = await startLoquat({ args, dataDir, env: fake.settings });
  let chat = await Chat.open(server, { user_id: 'zoe' });
  // Estimated at 4,000 tokens; the provider counts 8,000 for its echo.
  assert.equal((await chat.ask('a '.repeat(8000))).done.finish, 'stop');
  const { frames, done } = await chat.ask('again');
  assert.equal(done.finish, 'failed');
  const { code, message } = frames.find(({ type }) => type === 'error');
  assert.equal(code, 'budget_exceeded');
  assert.match(message, /this user for today/);
  await chat.leave();
  const asked = (await fake.ask('/requests')).filter(({ body }) => body.messages.at(-1).content === 'again').length;
  assert.equal(asked, 0);
  await server.stop();

  server = await startLoquat({ args, dataDir, env: fake.settings });
  chat = await Chat.open(server, { user_id: 'zoe' });
  assert.equal((await chat.ask('after a restart')).done.finish, 'failed');
  await chat.leave();
  chat = await Chat.open(server, { user_id: 'somebody else' });
  assert.equal((await chat.ask('hello')).done.finish, 'stop');
  await chat.leave();
  await Promise.all([server.stop(), fake.stop()]);
});

// The window is told by the settings or, as for any model that has one there, by the file of prices.
const windows = {
  'the settings': () => ({ limits: { contextTokens: 3000, replyTokens: 200 } }),
  'the prices': () => {
    const prices = join(temporaryFolder(), 'prices.json');
    writeFileSync(prices, JSON.stringify({ models: { 'small-window': { window: 3000 } } }));
    return { prices, limits: { replyTokens: 200 } };
  },
};
for (const [place, config] of Object.entries(windows)) it(`folds what no longer fits the window of ${place}`, async () => {
  const fake = await startFakeOpenAi();
  const server = await startLoquat({
    args: configured({ ...config(), systemPrompt: 'Be brief.' }),
    env: { ...fake.settings, OPENAI_MODEL: 'small-window' },
  });
  const chat = await Chat.open(server);
  for (let turn = 1; turn <= 12; ++turn)
    assert.equal((await chat.ask(`message ${turn} ${'x'.repeat(800)}`)).done.finish, 'stop');
  await chat.leave();
  const rows = await journalEvents(server.dataDir, chat.id);
  const folded = rows.filter(({ event_type: type }) => type === 'synopsis');
  assert.ok(folded.length > 0);
  assert.ok(folded[0].metadata.covers > 0 && folded[0].content.length > 0);
  const requests = (await fake.ask('/requests')).map(({ body }) => body)
    .filter(({ messages }) => messages[0].content === 'Be brief.');
  const last = requests.at(-1).messages;
  assert.ok(last.some(({ content }) => content.includes(folded.at(-1).content)), 'the model reads the synopsis');
  assert.ok(!last.some(({ content }) => content.startsWith('message 1 ')));
  assert.match(last.at(-1).content, /^message 12 /);
  for (const { messages } of requests)
    assert.ok(messages.reduce((sum, { content }) => sum + content.length, 0) < 4 * 2800);
  await Promise.all([server.stop(), fake.stop()]);
});
