// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client where messages wait, are refused or fail: what it says of one is meant for that one.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { connect, fake, finished, numbered, open, page, reply, say, scripted, useDemo, users } from './lib/demo_page.mjs';

const answered = (text) => page.locator('.row.assistant:not(.caret) .said', { hasText: `You said: ${text}` }).waitFor();
const row = (text) => page.locator('.row.user').filter({ has: page.getByText(text, { exact: true }) });
const waiting = () => page.locator('.row.user.waiting .said').allTextContents();

// What the model answers to `match`, in few pieces.
const told = (match, text) => fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ match, tokens: text.match(/[^]{1,20000}/g), usage: false }) });

// The server's place is taken where `refuse` has something to say of a message.
async function refusing(refuse) {
  await page.routeWebSocket(/\/ws\/session\//, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const problem = refuse(JSON.parse(text).content);
      if (problem) socket.send(JSON.stringify({ type: 'error', message: 'It was not taken.', ...problem }));
      else server.send(text);
    });
  });
}

describe('The messages of the browser client', () => {
  useDemo();

  it('has one after the other answered where few may wait', async () => {
    const config = join(temporaryFolder(), 'loquat.json');
    writeFileSync(config, JSON.stringify({ limits: { maxQueuedMessages: 1 } }));
    const server = await startLoquat({ env: fake.settings, args: ['--config', config] });
    await open(server);
    await connect();
    await say(`fake:slow 30 ${numbered(40)}`);
    await page.locator('.row.assistant .said', { hasText: 'w1 ' }).waitFor();
    const more = ['two', 'three', 'four'];
    for (const text of more) await say(text);
    assert.deepEqual(await waiting(), more);
    for (const text of more) await answered(text);
    assert.deepEqual(await waiting(), []);
    assert.equal(await page.locator('.row.error').count(), 0);
    await server.stop();
  });

  it('says of a message that was refused, and of no other, that it was not taken', async () => {
    let full = true;
    await refusing((content) => content === 'two' && full && { code: 'too_many_messages', retryable: true });
    await open(scripted);
    await connect();
    await say(`fake:slow 30 ${numbered(40)}`);
    await page.locator('.row.assistant .said', { hasText: 'w1 ' }).waitFor();
    for (const text of ['one', 'two', '\u0000', 'three']) await say(text);
    await answered('three');
    await answered('one');
    assert.deepEqual(await waiting(), ['two', '\u0000']);
    for (const refused of await page.locator('.row.user.waiting').allTextContents()) assert.match(refused, /not taken/);
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 1);
    full = false;
    await row('two').getByRole('button', { name: 'Try again' }).click();
    await answered('two');
    assert.equal((await users()).at(-1), 'two');
    assert.deepEqual(await waiting(), ['\u0000']);
  });

  it('keeps a message that may have been taken where it is not clear', async () => {
    await refusing((content) => content === 'two' && { code: 'store_unavailable', retryable: true });
    await open(scripted);
    await connect();
    await say('two');
    await row('two').getByRole('button', { name: 'Send again' }).waitFor();
    await say('three');
    assert.match(await row('three').textContent(), /waiting its turn/);
    assert.match(await row('two').textContent(), /not confirmed/);
  });

  it('tries again what failed, not what was said after it', async () => {
    const script = (body) => fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ match: 'the first', ...body }) });
    await script({ status: 500, first_delay_ms: 300, times: 10 });
    await open(scripted);
    await connect();
    await say('the first');
    await say('the second');
    await answered('the second');
    await page.locator('.row.error').getByRole('button', { name: 'Try again' }).click();
    await page.locator('.row.error').nth(1).waitFor();
    assert.deepEqual(await users(), ['the first', 'the second', 'the first']);
  });

  it('ends a reply of more pieces than a page can lay out, and shows it as text', async () => {
    for (const [n, piece] of ['*a* ', '- a\n'].entries()) await told(`pieces ${n}`, piece.repeat(150_000));
    await open(scripted);
    await connect();
    for (const [n, piece] of ['*a* ', '- a\n'].entries()) {
      await say(`pieces ${n}`);
      await finished(n);
      assert.equal((await reply(n).locator('.said > pre').textContent()).trim(), piece.repeat(150_000).trim());
    }
    const made = await page.evaluate(async () => {
      const [{ lexer }, { elementsOf }] = await Promise.all([import('/demo/lexer.js'), import('/demo/elements.js')]);
      return elementsOf(lexer('*a* '.repeat(25_000)))[0].childElementCount;
    });
    assert.equal(made, 25_000);
  });

  it('ends a reply that it cannot show, as the text that it is', async () => {
    await told('a table', 'before\n\n| a |\n|---|\n| b |\n\nafter');
    await open(scripted);
    await connect();
    await page.evaluate(() => {
      const create = document.createElement.bind(document);
      document.createElement = (name) => { if (name === 'table') throw new RangeError(name); return create(name); };
    });
    await say('a table');
    await finished();
    assert.equal(await reply().locator('.said').textContent(), 'before\n\n| a |\n|---|\n| b |\n\nafter');
    await say('and more');
    await answered('and more');
  });
});
