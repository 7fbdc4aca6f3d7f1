// SPDX-License-Identifier: GPL-3.0-or-later
// How the browser client ends, loses and takes up its connection.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startLoquat } from '../integration/lib/processes.mjs';
import { finalised } from '../integration/lib/rows.mjs';
import { browser, connect, expectComplaints, fake, finished, open, page, reply, say, scripted, state, useDemo } from './lib/demo_page.mjs';

describe('The connection of the browser client', () => {
  useDemo();

  it('disconnects, which ends the session', async () => {
    await open(scripted);
    await connect();
    await say('hello');
    await finished();
    const id = await page.inputValue('#session');
    await page.click('#disconnect');
    await state('Not connected');
    await finalised(scripted.dataDir, id);
  });

  it('says so when another window takes the conversation', async () => {
    await open(scripted);
    await connect();
    const other = await browser.newPage();
    await other.goto(`${scripted.url}/demo`);
    await other.fill('#session', await page.inputValue('#session'));
    await other.click('#connect');
    await state('Closed');
    await page.locator('.note', { hasText: 'took over' }).waitFor();
    await other.close();
  });

  it('comes back by itself after the server was gone', async () => {
    expectComplaints(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
    const first = await startLoquat();
    await open(first);
    await connect();
    await say('Hello, my name is Pavithra');
    await finished();
    await first.stop('SIGKILL');
    await state('Reconnecting');
    const second = await startLoquat({ port: new URL(first.url).port, dataDir: first.dataDir });
    await state(/^Connected$/);
    await say('What is my name?');
    await page.locator('.row.assistant .said', { hasText: 'Pavithra' }).last().waitFor();
    await second.stop();
  });

  it('takes up a reply that ran when the server was killed', async () => {
    expectComplaints(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
    const first = await startLoquat({ env: fake.settings });
    await open(first);
    await connect();
    await say('the first');
    await finished();
    await say(`fake:slow 60 ${'word '.repeat(300)}`);
    await page.locator('.row.assistant .said', { hasText: 'word word' }).waitFor();
    await first.stop('SIGKILL');
    await state('Reconnecting');
    assert.equal(await page.locator('#send').isDisabled(), true);
    const second = await startLoquat({ env: fake.settings, port: new URL(first.url).port, dataDir: first.dataDir });
    await state(/^Connected$/);
    // The reply died with its server: it has an end on the page as well, and nothing is shown twice.
    await finished(1);
    assert.match(await reply(1).textContent(), /failed.*The reply broke off/s);
    assert.equal(await page.locator('#stop').isVisible(), false);
    await say('and then');
    await page.locator('.row.assistant .said', { hasText: 'You said: and then' }).waitFor();
    assert.deepEqual(await page.locator('.row.user .said').evaluateAll((rows) => rows.map(({ textContent }) => textContent.slice(0, 9))), ['the first', 'fake:slow', 'and then']);
    assert.equal(await page.locator('.row.assistant .said', { hasText: 'You said: the first' }).count(), 1);
    await second.stop();
  });

  it('goes on with a running reply after a connection was lost, without a word twice', async () => {
    let cut;
    await page.routeWebSocket(/\/ws\/session\//, (socket) => {
      const server = socket.connectToServer();
      cut = () => { socket.close({ code: 1013 }); server.close({ code: 4000 }); };
    });
    await open(scripted);
    await connect();
    await say(`fake:slow 30 ${Array.from({ length: 80 }, (_, i) => `w${i}`).join(' ')}`);
    await page.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    cut();
    await state('Reconnecting');
    await state(/^Connected$/);
    await finished();
    assert.equal((await reply().locator('.said').textContent()).trim(), `You said: fake:slow 30 ${Array.from({ length: 80 }, (_, i) => `w${i}`).join(' ')}`);
    assert.equal(await page.locator('.row.assistant').count(), 1);
  });
});
