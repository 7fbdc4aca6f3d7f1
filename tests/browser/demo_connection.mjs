// SPDX-License-Identifier: GPL-3.0-or-later
// How the browser client ends, loses and takes up its connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { startLoquat } from '../integration/lib/processes.mjs';
import { finalised } from '../integration/lib/rows.mjs';
import { browser, connect, expectComplaints, fake, finished, open, page, reply, say, scripted, state, useDemo } from './lib/demo_page.mjs';

// What answers in the place of a server that went: nobody may open a conversation.
async function refuser(port, healthz) {
  const server = createServer(healthz);
  server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// Between the page and the server: cut() loses their connection.
async function cuttable() {
  let cut;
  await page.routeWebSocket(/\/ws\/session\//, (socket) => {
    const server = socket.connectToServer();
    cut = () => { socket.close({ code: 1013 }); server.close({ code: 4000 }); };
  });
  return () => cut();
}

const unreachable = /WebSocket connection to .* failed|net::ERR_/;
const numbered = (count) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
const users = () => page.locator('.row.user .said').allTextContents();
const notes = () => page.locator('.note').allTextContents();

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
    const read = await reply(1).locator('.said').textContent();
    assert.match(read, /word word/);
    assert.equal(await page.locator('#send').isDisabled(), true);
    const second = await startLoquat({ env: fake.settings, port: new URL(first.url).port, dataDir: first.dataDir });
    await state(/^Connected$/);
    // The reply died with its server: it has an end on the page as well, what was read stays, and nothing is shown twice.
    await finished(1);
    assert.match(await reply(1).locator('.who').textContent(), /failed/);
    assert.equal((await reply(1).locator('.said').textContent()).trim(), read.trim());
    assert.equal(await page.locator('#stop').isVisible(), false);
    await say('and then');
    await page.locator('.row.assistant .said', { hasText: 'You said: and then' }).waitFor();
    assert.deepEqual(await page.locator('.row.user .said').evaluateAll((rows) => rows.map(({ textContent }) => textContent.slice(0, 9))), ['the first', 'fake:slow', 'and then']);
    assert.equal(await page.locator('.row.assistant .said', { hasText: 'You said: the first' }).count(), 1);
    await second.stop();
  });

  it('goes on with a running reply after a connection was lost, without a word twice', async () => {
    const cut = await cuttable();
    await open(scripted);
    await connect();
    await say(`fake:slow 30 ${numbered(80)}`);
    await page.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    cut();
    await state('Reconnecting');
    await state(/^Connected$/);
    await finished();
    assert.equal((await reply().locator('.said').textContent()).trim(), `You said: fake:slow 30 ${numbered(80)}`);
    assert.equal(await page.locator('.row.assistant').count(), 1);
  });

  it('keeps what was said before a tool where the connection is lost after it', async () => {
    const cut = await cuttable();
    const script = (body) => fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ match: 'with a tool', times: 1, ...body }) });
    await script({ text: 'Let me look that up.', tool_calls: [{ id: 'c1', name: 'get_weather', arguments: '{"city":"Oslo"}' }] });
    await script({ text: numbered(80), delay_ms: 30 });
    await open(scripted);
    await connect();
    await say('with a tool');
    await reply(1).locator('.said', { hasText: 'w10 ' }).waitFor();
    cut();
    await state('Reconnecting');
    await state(/^Connected$/);
    await finished(1);
    const rows = await page.locator('.row.assistant .said, .row.tool header b').allTextContents();
    assert.deepEqual(rows.map((text) => text.trim()), ['Let me look that up.', 'get_weather', numbered(80)]);
  });

  it('shows the same conversation after a reload, and goes on with it', async () => {
    await open(scripted);
    await connect();
    assert.deepEqual(await notes(), []);
    await say('remember me');
    await finished();
    const id = await page.inputValue('#session');
    await page.reload();
    assert.equal(await page.inputValue('#session'), id);
    await connect();
    await page.locator('.row.assistant .said', { hasText: 'You said: remember me' }).waitFor();
    assert.deepEqual(await users(), ['remember me']);
    assert.deepEqual(await notes(), ['This conversation goes on from before.']);
    assert.deepEqual(await page.locator('#heard > *').allTextContents(), await notes());
    await say('and more');
    await page.locator('.row.assistant .said', { hasText: 'You said: and more' }).waitFor();
    await page.click('#disconnect');
    await page.click('#new-session');
    const other = await page.inputValue('#session');
    assert.notEqual(other, id);
    await page.reload();
    assert.equal(await page.inputValue('#session'), other);
  });

  it('takes up a reply that another window asked for, in the middle of it', async () => {
    await open(scripted);
    await connect();
    await say(`fake:slow 30 ${numbered(120)}`);
    await page.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    const other = await browser.newPage();
    await other.goto(`${scripted.url}/demo`);
    await other.fill('#session', await page.inputValue('#session'));
    await other.click('#connect');
    await other.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    assert.equal(await other.locator('#stop').isVisible(), true);
    await other.locator('.row.assistant:not(.caret)').waitFor();
    assert.deepEqual(await other.locator('.row.user .said').allTextContents(), [`fake:slow 30 ${numbered(120)}`]);
    assert.deepEqual(await other.locator('.row.assistant .said').allTextContents(), [`You said: fake:slow 30 ${numbered(120)}`]);
    assert.equal(await other.locator('#stop').isVisible(), false);
    await other.close();
  });

  it('shows what there is where more was said than can be told again', async () => {
    await open(scripted);
    await connect();
    await say('the first');
    await finished();
    const other = await browser.newPage();
    await other.goto(`${scripted.url}/demo`);
    await other.fill('#session', await page.inputValue('#session'));
    await other.click('#connect');
    await state('Closed');
    for (let i = 0; i < 6; i += 1) {
      await other.fill('#message', `bulk ${i} ${'x'.repeat(60_000)}`);
      await other.press('#message', 'Enter');
      await other.locator('.row.assistant:not(.caret) .said', { hasText: `bulk ${i}` }).waitFor();
    }
    await page.click('#connect');
    await page.locator('.row.assistant .said', { hasText: 'bulk 5' }).waitFor();
    assert.deepEqual(await notes(), ['Some of this conversation came while you were away.', 'Its beginning is not shown here.']);
    assert.ok((await users()).every((text) => text.startsWith('bulk')));
    await say('and then');
    await page.locator('.row.assistant .said', { hasText: 'You said: and then' }).waitFor();
    // It knows where it is again: what it has is not asked for a second time.
    const count = await page.locator('.row').count();
    await page.click('#disconnect');
    await connect();
    await say('the last');
    await page.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: the last' }).waitFor();
    assert.equal(await page.locator('.row').count(), count + 2);
    await other.close();
  });

  it('sends a first message once there is a server', async () => {
    expectComplaints(unreachable);
    const first = await startLoquat({ env: fake.settings });
    await open(first);
    await first.stop('SIGKILL');
    await say('A careful question');
    await state('Reconnecting');
    assert.match(await page.locator('.row.user').textContent(), /waiting for the connection.*A careful question/);
    const second = await startLoquat({ env: fake.settings, port: new URL(first.url).port, dataDir: first.dataDir });
    await page.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: A careful question' }).waitFor();
    assert.deepEqual(await users(), ['A careful question']);
    assert.equal(await page.locator('.row.user.waiting').count(), 0);
    await second.stop();
  });

  it('gives a first message back where it is refused', async () => {
    expectComplaints(unreachable);
    const first = await startLoquat({ env: fake.settings });
    await open(first);
    await first.stop('SIGKILL');
    const server = await refuser(new URL(first.url).port, (request, response) => response.end('ok'));
    await say('A careful question');
    await state('Closed');
    assert.equal(await page.inputValue('#message'), 'A careful question');
    assert.deepEqual(await users(), []);
    server.closeAllConnections();
    server.close();
  });

  it('keeps a message in doubt until it could be sent again', async () => {
    expectComplaints(unreachable);
    const first = await startLoquat({ env: fake.settings });
    await open(first);
    await connect();
    await say('fake:status 500');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    first.child.kill('SIGSTOP');
    await say('important words');
    await first.stop('SIGKILL');
    await state('Reconnecting');
    for (const name of ['Send again', 'Try again']) await page.getByRole('button', { name }).click();
    assert.deepEqual(await users(), ['fake:status 500', 'important words']);
    const second = await startLoquat({ env: fake.settings, port: new URL(first.url).port, dataDir: first.dataDir });
    await state(/^Connected$/);
    await page.getByRole('button', { name: 'Send again' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: important words' }).waitFor();
    assert.deepEqual(await users(), ['fake:status 500', 'important words']);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'message');
    await second.stop();
  });

  it('stays disconnected where somebody disconnects while it looks for the server', async () => {
    expectComplaints(unreachable);
    const first = await startLoquat();
    await open(first);
    await first.stop('SIGKILL');
    let asked;
    const probe = new Promise((resolve) => { asked = resolve; });
    const server = await refuser(new URL(first.url).port, (request) => asked(request.socket));
    await page.click('#connect');
    const socket = await probe;
    await page.click('#disconnect');
    await state('Not connected');
    const failed = page.waitForEvent('requestfailed');
    socket.destroy();
    await failed;
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
    assert.equal(await page.textContent('#state-word'), 'Not connected');
    server.closeAllConnections();
    server.close();
  });
});
