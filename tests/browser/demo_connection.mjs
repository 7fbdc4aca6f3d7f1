// SPDX-License-Identifier: GPL-3.0-or-later
// How the browser client ends, loses and takes up its connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { startLoquat } from '../integration/lib/processes.mjs';
import { finalised } from '../integration/lib/rows.mjs';
import { connect, expectComplaints, fake, finished, notes, numbered, open, page, reply, say, scripted, state, useDemo, users } from './lib/demo_page.mjs';

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
    const kept = (await reply(1).locator('.said').textContent()).trim();
    assert.ok(kept.startsWith(read.trim()), kept);
    assert.match(kept.slice(read.trim().length), /^\s*Sorry, [^.]*\. The service stopped before it had answered\.$/);
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
    await page.locator('.note', { hasText: 'The connection was lost.' }).waitFor();
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
    await page.locator('.note', { hasText: 'The connection was lost.' }).waitFor();
    await state(/^Connected$/);
    await finished(1);
    const rows = await page.locator('.row.assistant .said, .row.tool header b').allTextContents();
    assert.deepEqual(rows.map((text) => text.trim()), ['Let me look that up.', 'get_weather', numbered(80)]);
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
