// SPDX-License-Identifier: GPL-3.0-or-later
// A conversation in the browser client.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { patience, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { connect, finished, open, page, reply, say, scripted, simulated, state, useDemo } from './lib/demo_page.mjs';

describe('The browser client', () => {
  useDemo();

  it('signs in with a token where one is asked for, and says so where it is wrong', async () => {
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: 'ana:a-token' } });
    await open(server);
    await page.fill('#token', 'another-token');
    await page.click('#connect');
    await page.locator('.note', { hasText: 'Does it ask for a token?' }).waitFor();
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

  it('adds nothing to code in a list while it grows, nor to a text after it', async () => {
    await open(scripted);
    await connect();
    await page.evaluate(() => {
      globalThis.shown = new Set();
      new MutationObserver(() => globalThis.shown.add(document.querySelector('.row.assistant .said')?.textContent.trim() ?? ''))
        .observe(document.querySelector('#log'), { subtree: true, childList: true, characterData: true });
    });
    await say('fake:slow 40 The steps:\n\n1. Install:\n\n   ```sh\n   npm install thing\n   npm run build\n   ```\n\n2. Compute 2 ** 3 of it');
    await finished();
    assert.equal(await reply().locator('li code').textContent(), 'npm install thing\nnpm run build');
    const whole = await reply().locator('.said').textContent();
    const shown = await page.evaluate(() => [...globalThis.shown]);
    assert.ok(shown.length > 3, `the text came in ${shown.length} steps`);
    // The beginning of a fence is not known for one yet.
    assert.deepEqual(shown.filter((text) => !whole.startsWith(text) && !/Install:\s*`+$/.test(text)), []);
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
    const allowed = /^((p|table|h[3-6]|blockquote|ul|ol|hr)( dir)?|a href target rel|span|code|pre|thead|tbody|tr|th|td|li|strong|em|del|br)$/;
    assert.deepEqual(found.filter((each) => !allowed.test(each)), []);
    assert.deepEqual(await said.locator('a').evaluateAll((links) => links.map(({ href, rel }) => `${href} ${rel}`)),
      ['https://example.com/?a=1&b=2 noopener noreferrer', 'https://example.com/bare noopener noreferrer']);
    const text = await said.textContent();
    for (const shown of ['<script>window.broken = 1</script>', '<img src=x onerror="window.broken=1">', '<b>cell</b>', '<u>heading</u>', 'three', 'eight'])
      assert.ok(text.includes(shown), `${shown} is not in ${text}`);
    assert.equal(await page.evaluate(() => globalThis.broken), undefined);
    assert.equal(asked, 0);
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
