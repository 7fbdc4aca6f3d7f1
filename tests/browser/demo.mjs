// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client in a real browser. Whatever a test does, the page must not call on another host, break its own
// content security policy or report an error.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { patience, startFakeOpenAi, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { finalised } from '../integration/lib/rows.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

describe('The browser client', () => {
  let fake, scripted, simulated, browser, page, strangers, complaints, expected;

  before(async () => {
    fake = await startFakeOpenAi();
    [scripted, simulated, browser] = await Promise.all([
      startLoquat({ env: fake.settings }),
      startLoquat(),
      chromium.launch({ executablePath: '/usr/bin/chromium', args: flags, env: { ...process.env, HOME: temporaryFolder() } }),
    ]);
  });
  after(async () => {
    await browser?.close();
    await Promise.all([scripted, simulated, fake].map((program) => program?.stop()));
  });

  beforeEach(async () => {
    strangers = [];
    complaints = [];
    expected = /$^/;
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(patience);
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(strangers, [], 'requests to other hosts');
    assert.deepEqual(complaints.filter((text) => !expected.test(text)), [], 'errors in the console');
  });

  async function open(server) {
    const { host } = new URL(server.url);
    page.on('request', (request) => { if (new URL(request.url()).host !== host) strangers.push(request.url()); });
    page.on('websocket', (socket) => { if (new URL(socket.url()).host !== host) strangers.push(socket.url()); });
    page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}/demo`);
  }
  const state = (word) => page.locator('#state-word', { hasText: word }).waitFor();
  const connect = async () => { await page.click('#connect'); await state(/^Connected$/); };
  async function say(text) {
    await page.fill('#message', text);
    await page.press('#message', 'Enter');
  }
  const reply = (n = 0) => page.locator('.row.assistant').nth(n);
  const finished = (n = 0) => page.locator('.row.assistant:not(.caret)').nth(n).waitFor();

  it('signs in with a token where one is asked for, and says so where it is wrong', async () => {
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: 'ana:a-token' } });
    await open(server);
    await page.fill('#token', 'another-token');
    await page.click('#connect');
    await page.getByText('Does it ask for a token?').waitFor();
    await page.fill('#token', 'a-token');
    await connect();
    await say('Hello');
    await finished();
    await server.stop();
  });

  it('connects, shows a reply while it grows, and renders its Markdown', async () => {
    await open(scripted);
    assert.equal(await page.locator('#simulated').isVisible(), false);
    await page.fill('#user', 'user-1');
    await connect();
    await say('fake:slow 60 some words first\n\n- **bold** one\n- two\n\n1. three\n\n`code` <img src="http://192.0.2.1/x.png" onerror="alert(1)"> ![x](http://192.0.2.1/y.png)');
    const lengths = new Set();
    const said = reply().locator('.said');
    const end = Date.now() + patience;
    while (await page.locator('.row.assistant.caret').count() || lengths.size === 0) {
      lengths.add((await said.textContent()).length);
      assert.ok(Date.now() < end, 'the reply does not end');
    }
    assert.ok(lengths.size > 3, `the text came in ${lengths.size} steps`);
    assert.equal(await said.locator('ul > li').count(), 2);
    assert.equal(await said.locator('li strong').textContent(), 'bold');
    assert.equal(await said.locator('ol > li').textContent(), 'three');
    assert.equal(await said.locator('code').first().textContent(), 'code');
    assert.equal(await said.locator('img').count(), 0);
    assert.match(await said.textContent(), /<img src=/);
    assert.match(await reply().locator('.who').textContent(), /first token \d+ ms/);
    assert.match(await page.locator('.row.user .who').textContent(), /^user-1/);
    assert.equal(await page.locator('.row.user.waiting').count(), 0);
  });

  it('keeps the elements of a finished block while the next ones come', async () => {
    await open(scripted);
    await connect();
    await say('fake:slow 30 first paragraph\n\nsecond paragraph\n\nthird paragraph\n\nfourth paragraph\n\nfifth paragraph');
    const first = reply().locator('.said > p').first();
    await reply().locator('.said > p').nth(3).waitFor();
    await first.evaluate((element) => { element.marked = true; });
    await finished();
    assert.equal(await first.evaluate((element) => element.marked), true);
    assert.equal(await reply().locator('.said > p').count(), 5);
  });

  it('shows code as code from its first line on, not as text in between', async () => {
    await open(scripted);
    await connect();
    await page.evaluate(() => {
      globalThis.fencesSeen = 0;
      new MutationObserver(() => { if (/js const|let two/.test(document.querySelector('.row.assistant .said > p:last-child')?.textContent)) globalThis.fencesSeen += 1; })
        .observe(document.querySelector('#log') ?? document.body, { subtree: true, childList: true, characterData: true });
    });
    await say('fake:slow 40 Some code:\n\n```js\nconst one = 1;\nlet two = 2;\n```\n\nThat was it');
    await finished();
    assert.equal(await page.evaluate(() => globalThis.fencesSeen), 0);
    assert.match(await reply().locator('pre').textContent(), /const one = 1;\nlet two = 2;/);
  });

  it('asks an example question, and shows the tool it leads to', async () => {
    await open(simulated);
    await page.getByRole('button', { name: 'How much to ship 5kg to the US?' }).click();
    await state(/^Connected$/);
    await page.locator('#simulated').waitFor();
    const card = page.locator('.row.tool .card.ok');
    await card.waitFor();
    assert.match(await card.textContent(), /ship/);
    assert.match(await card.textContent(), /ok.*ms.*"US".*→/s);
    await finished();
  });

  it('shows a call that waits for an operator, and how it was decided', async () => {
    const config = join(temporaryFolder(), 'loquat.json');
    writeFileSync(config, JSON.stringify({ toolPolicies: { '*': 'ask' } }));
    const server = await startLoquat({ args: ['--config', config] });
    // Operators decide in the console; here their decision is put between the server and the page.
    let toPage, waiting;
    await page.routeWebSocket(/\/ws\/session\//, (socket) => {
      toPage = (frame) => socket.send(JSON.stringify(frame));
      socket.connectToServer().onMessage((text) => {
        const frame = JSON.parse(text);
        if (frame.type === 'tool_waiting') waiting = frame;
        socket.send(text);
      });
    });
    await open(server);
    await connect();
    const card = (n) => page.locator('.row.tool .card').nth(n);
    const ends = [
      [{ ok: true, result: '$20', ms: 3 }, 'ok', 'allowed, ok'],
      [{ ok: false, result: { error: 'An operator denied this call.' }, ms: 0 }, 'failed', 'denied'],
      [{ ok: false, result: { error: 'No operator approved this call in time.' }, ms: 0 }, 'failed', 'not allowed in time'],
      [{ ok: false, result: { error: 'The service is down.' }, ms: 9 }, 'failed', 'failed'],
    ];
    for (const [n, [end, kind, word]] of ends.entries()) {
      await say('How much to ship 5kg to the US?');
      await card(n).and(page.locator('.waiting')).waitFor();
      assert.equal(await card(n).locator('.outcome').textContent(), 'waits for an operator to allow it');
      toPage({ type: 'tool_end', tool: waiting.tool, call_id: waiting.call_id, ...end });
      await card(n).and(page.locator(`.${kind}:not(.waiting)`)).waitFor();
      assert.equal(await card(n).locator('.outcome').textContent(), word);
      await page.click('#stop');
      await page.locator('#stop').waitFor({ state: 'hidden' });
      assert.equal(await card(n).locator('.outcome').textContent(), word);
    }
    await say('How much to ship 5kg to the US?');
    await card(ends.length).and(page.locator('.waiting')).waitFor();
    await page.click('#stop');
    await card(ends.length).and(page.locator(':not(.waiting)')).waitFor();
    assert.equal(await card(ends.length).locator('.outcome').textContent(), 'interrupted');
    await server.stop();
  });

  it('stops a reply, by the button and by Escape', async () => {
    await open(scripted);
    await connect();
    for (const [n, stop] of [() => page.click('#stop'), () => page.keyboard.press('Escape')].entries()) {
      await say(`fake:slow 50 ${'word '.repeat(400)}`);
      await reply(n).locator('.said:not(:empty)').waitFor();
      await stop();
      await finished(n);
      assert.match(await reply(n).locator('.who').textContent(), /stopped/);
      assert.equal(await page.locator('#stop').isVisible(), false);
    }
  });

  it('shows an error as a sentence, and goes on', async () => {
    await open(scripted);
    await connect();
    await say('fake:status 401');
    const error = page.locator('.row.error');
    await error.waitFor();
    assert.match(await error.locator('.said').textContent(), /\w+ \w+/);
    await finished();
    await say('and now');
    await page.locator('.row.assistant .said', { hasText: 'You said: and now' }).waitFor();
  });

  it('breaks the line on Shift+Enter and sends on Enter', async () => {
    await open(scripted);
    await connect();
    await page.locator('#message').pressSequentially('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await finished();
    assert.equal(await page.locator('.row.user .said').textContent(), 'one\ntwo');
  });

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
    expected = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/;
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

  it('fits a phone, in both colour schemes, with a name for every control', async () => {
    await open(scripted);
    await page.setViewportSize({ width: 360, height: 640 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    }
    const nameless = await page.$$eval('button, input, textarea', (controls) => controls
      .filter((control) => !control.textContent.trim() && !control.labels?.length && !control.ariaLabel)
      .map((control) => control.id));
    assert.deepEqual(nameless, []);
    assert.equal(await page.getAttribute('#log', 'aria-live'), 'polite');
  });
});
