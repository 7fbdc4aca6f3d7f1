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

  it('shows what a model writes as text, whatever it tries', async () => {
    await open(scripted);
    let asked = 0;
    page.on('dialog', (dialog) => { asked += 1; dialog.dismiss(); });
    await connect();
    const attempts = [
      '<script>window.broken = 1</script>', '<img src=x onerror="window.broken=1">', '<svg/onload=window.broken=1>',
      '<iframe srcdoc="<script>parent.broken=1</script>"></iframe>', '<a href="javascript:window.broken=1">click</a>',
      '[one](javascript:window.broken=1)', '[two](JaVaScRiPt:window.broken=1)', '[three](data:text/html,<script>window.broken=1</script>)',
      '[four](&#106;avascript:window.broken=1)', '[five](<java\tscript:window.broken=1>)', '[six](vbscript:x)', '[seven](//evil.example)',
      '<javascript:window.broken=1>', '![eight](javascript:window.broken=1)', '![nine](http://192.0.2.1/x.png)', '`<b>code</b>`',
      '| <img src=x onerror=window.broken=1> |\n|---|\n| <b>cell</b> |', '# <u>heading</u>', '> <marquee>quote</marquee>', '- <style>*{display:none}</style>',
      '```html"onclick="window.broken=1\n<script>window.broken=1</script>\n```', '[good](https://example.com/?a=1&b=2 "title")', 'https://example.com/bare',
    ];
    await say(`fake:slow 0 ${attempts.join('\n\n')}`);
    await finished();
    const said = reply().locator('.said');
    for (const word of ['one', 'two', 'four', 'five', 'six']) await said.getByText(word, { exact: true }).click();
    const found = await said.evaluate((element) => [...element.querySelectorAll('*')].map(({ localName, attributes }) => [localName, ...[...attributes].map(({ name }) => name)].join(' ')));
    const allowed = /^(p|a href target rel|span|code|pre|table|thead|tbody|tr|th|td|h[3-6]|blockquote|ul|ol|li|strong|em|del|br|hr)$/;
    assert.deepEqual(found.filter((each) => !allowed.test(each)), []);
    assert.deepEqual(await said.locator('a').evaluateAll((links) => links.map(({ href, rel }) => `${href} ${rel}`)),
      ['https://example.com/?a=1&b=2 noopener noreferrer', 'https://example.com/bare noopener noreferrer']);
    const text = await said.textContent();
    for (const shown of ['<script>window.broken = 1</script>', '<img src=x onerror="window.broken=1">', '<b>cell</b>', '<u>heading</u>', 'three', 'eight'])
      assert.ok(text.includes(shown), `${shown} is not in ${text}`);
    assert.equal(await page.evaluate(() => globalThis.broken), undefined);
    assert.equal(asked, 0);
  });

  it('takes up a reply that ran when the server was killed', async () => {
    expected = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/;
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

  it('works by the keyboard alone', async () => {
    await open(scripted);
    const focused = () => page.evaluate(() => (document.activeElement === document.body ? '' : document.activeElement.id || document.activeElement.textContent.trim()));
    const tabTo = async (what) => {
      for (let i = 0; i < 40; i += 1) {
        if (await focused() === what) return;
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2; });
        assert.ok(outline || await focused() === '', `nothing shows that ${await focused()} has the focus`);
      }
      assert.fail(`${what} cannot be reached`);
    };
    await tabTo('skip');
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'message');
    await page.goto(`${scripted.url}/demo`);
    await tabTo('connect');
    await page.keyboard.press('Enter');
    await state(/^Connected$/);
    assert.equal(await focused(), 'message');
    await page.keyboard.type(`fake:slow 40 ${'word '.repeat(300)}`);
    await page.keyboard.press('Enter');
    await reply().locator('.said:not(:empty)').waitFor();
    await tabTo('stop');
    await page.keyboard.press('Enter');
    await finished();
    assert.equal(await focused(), 'message', 'the focus went away with the button');
    await tabTo('disconnect');
    await page.keyboard.press('Space');
    await state('Not connected');
    assert.equal(await focused(), 'connect', 'the focus went away with the button');
  });

  it('tells a screen reader what happens, once', async () => {
    await open(scripted);
    assert.equal(await page.getAttribute('#log', 'aria-live'), 'polite');
    assert.equal(await page.getAttribute('#log', 'role'), 'log');
    assert.equal(await page.getAttribute('#state', 'role'), 'status');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await connect();
    await say(`fake:slow 20 ${'word '.repeat(60)}`);
    await reply().locator('.said:not(:empty)').waitFor();
    assert.equal(await reply().getAttribute('aria-busy'), 'true', 'each token is read out');
    await finished();
    assert.equal(await reply().getAttribute('aria-busy'), 'false');
    await say('fake:status 500');
    await page.locator('#log .row.error').waitFor(); // in the log, and so read out as well
    const nameless = await page.$$eval('button, input, textarea, a, summary, [role=region], [role=log]', (controls) => controls
      .filter((control) => !control.textContent.trim() && !control.labels?.length && !control.ariaLabel).map(({ id, localName }) => id || localName));
    assert.deepEqual(nameless, []);
    const landmarks = await page.evaluate(() => ['header', 'main', 'h1'].map((name) => document.querySelectorAll(name).length));
    assert.deepEqual(landmarks, [1, 1, 1]);
  });

  it('fits a phone of 360 pixels, whatever is said', async () => {
    await open(scripted);
    await page.setViewportSize({ width: 360, height: 640 });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(await width(), 360);
    assert.ok(await page.locator('#examples button').first().isVisible(), 'the examples cannot be seen');
    await connect();
    await say(`fake:slow 0 ${'x'.repeat(300)} \`${'y'.repeat(200)}\`\n\n| ${Array.from({ length: 12 }, (_, i) => `column ${i}`).join(' | ')} |\n|${'---|'.repeat(12)}\n\n\`\`\`\n${'z'.repeat(300)}\n\`\`\`\n\n- ${'https://example.com/'.repeat(12)}`);
    await finished();
    await say('fake:status 500');
    await page.locator('.row.error').waitFor();
    assert.equal(await width(), 360);
    for (const id of ['message', 'send', 'state']) {
      const box = await page.locator(`#${id}`).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, `${id} is cut off: ${JSON.stringify(box)}`);
    }
    const small = await page.$$eval('button:not([hidden])', (buttons) => buttons.map((button) => [button.id || button.textContent, button.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24)).map(([name]) => name));
    assert.deepEqual(small, [], 'too small for a finger');
  });

  for (const colorScheme of ['light', 'dark'])
    it(`has the contrast of WCAG AA everywhere, ${colorScheme}`, async () => {
      await open(scripted);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const poor = [];
      const look = async () => poor.push(...await page.evaluate(contrastsBelow, { text: 4.5, large: 3 }));
      await look();
      await connect();
      await say('fake:slow 0 # A heading\n\nwith `code`, a [link](https://example.com), **bold** text\n\n> a quote\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```');
      await finished();
      await say('fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}');
      await page.locator('.row.tool .card.ok').waitFor();
      await finished(1);
      await say('fake:status 500');
      await page.locator('.row.error').waitFor();
      await look();
      await say(`fake:slow 40 ${'word '.repeat(100)}`);
      await page.locator('#stop').waitFor();
      await look();
      // What operators do: put between the server and the page.
      await page.evaluate(() => {
        for (const id of ['mode', 'jump', 'simulated']) document.getElementById(id).hidden = false;
        document.getElementById('mode').textContent = 'A person has taken over.';
      });
      await look();
      assert.deepEqual([...new Set(poor)], []);
    });

  it('is less than 60 kB, whole, and allows nothing inline', async () => {
    const sizes = {};
    page.on('response', async (response) => { sizes[new URL(response.url()).pathname] = (await response.body()).length; });
    const answer = await page.goto(`${simulated.url}/demo`, { waitUntil: 'networkidle' });
    const sum = Object.values(sizes).reduce((all, each) => all + each, 0);
    assert.ok(Object.keys(sizes).length >= 9, JSON.stringify(sizes));
    assert.ok(sum < 60_000, `${sum} bytes: ${JSON.stringify(sizes)}`);
    const policy = answer.headers()['content-security-policy'];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
    // Nor does the browser let it.
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.broken = true';
      document.body.append(script);
      document.body.setAttribute('onclick', 'globalThis.broken = true');
      document.body.click();
      return globalThis.broken ?? false;
    });
    assert.equal(ran, false);
    const inline = await page.$$eval('*', (all) => all.filter((element) => element.hasAttribute('style') || [...element.attributes].some(({ name }) => name.startsWith('on') && name !== 'onclick')).map(({ id }) => id));
    assert.deepEqual(inline.filter((id) => id !== 'message'), []); // its height is set by script, which the policy allows
  });
});

// Runs in the page: every text that shows, with less contrast to what is behind it than it should have.
function contrastsBelow({ text, large }) {
  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (css) => { const [r, g, b, a = 1] = css.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, i) => value * a + below[i] * (1 - a));
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(colour(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const shows = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (!shows || !box.width || !box.height || style.visibility === 'hidden' || element.closest('noscript, .hidden, :disabled')) continue;
    const back = behind(element);
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const [r, g, b, a] = colour(style.color);
    const [light, dark] = [luminance(over([r, g, b, a * opacity], back)), luminance(back)].sort((one, other) => other - one);
    const ratio = (light + 0.05) / (dark + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? large : text)) poor.push(`${ratio.toFixed(2)} ${element.className || element.id || element.localName}: ${element.textContent.trim().slice(0, 20)}`);
  }
  return poor;
}
