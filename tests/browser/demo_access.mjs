// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client for those who use it by keys, by ear, on a phone, or see little contrast.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../integration/lib/operators.mjs';
import { connect, fake, finished, open, page, reply, say, scripted, state, useDemo } from './lib/demo_page.mjs';

describe('The browser client, whoever uses it', () => {
  useDemo();

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
    assert.equal(await page.getAttribute('#log', 'aria-live'), 'off', 'each token is read out');
    assert.equal(await page.getAttribute('#log', 'role'), 'log');
    assert.equal(await page.getAttribute('#heard', 'aria-live'), 'polite');
    assert.equal(await page.getAttribute('#state', 'role'), 'status');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await connect();
    await say(`fake:slow 20 ${'word '.repeat(300)}`);
    await reply().locator('.said:not(:empty)').waitFor();
    const heard = () => page.locator('#heard > *').allTextContents();
    assert.deepEqual(await heard(), []);
    await finished();
    assert.deepEqual(await heard(), [(await reply().locator('.said').textContent()).trim()]);
    await say('fake:status 500');
    const error = await page.locator('#log .row.error .said').textContent();
    await finished(1);
    assert.deepEqual((await heard()).slice(1), [`Something went wrong, ${error}`, `Sorry, I could not answer just now. ${error}, failed`]);
    await say('fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}');
    await finished(2);
    const [outcome, answer, ...more] = (await heard()).slice(3);
    assert.deepEqual([outcome, more], ['calculate_shipping, ok', []]);
    assert.equal(answer, (await reply(2).locator('.said').innerText()).trim());
    const nameless = await page.$$eval('button, input, textarea, a, summary, [role=region], [role=log]', (controls) => controls
      .filter((control) => !control.textContent.trim() && !control.labels?.length && !control.ariaLabel).map(({ id, localName }) => id || localName));
    assert.deepEqual(nameless, []);
    const landmarks = await page.evaluate(() => ['body > header', 'main', 'h1'].map((name) => document.querySelectorAll(name).length));
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

  it('fits a small phone beside a long tool name, and one that lies with its panel open', async () => {
    const script = { match: 'a long name', times: 1, tool_calls: [{ id: 'c', name: 'mcp_filesystem_read_multiple_files', arguments: '{}' }] };
    await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify(script) });
    await open(scripted);
    await page.setViewportSize({ width: 320, height: 640 });
    await connect();
    await say('a long name');
    const outcome = page.locator('.card.failed .outcome');
    await outcome.waitFor();
    assert.ok((await outcome.boundingBox()).height < 24, 'the outcome is broken');
    await finished();
    assert.equal((await command(scripted, await page.inputValue('#session'), { command: 'take_over', by: 'Kim' })).status, 200);
    await page.locator('#mode:not([hidden])').waitFor();
    await page.setViewportSize({ width: 640, height: 320 });
    await page.click('summary');
    await page.locator('#setup[open]').waitFor();
    const { y, height } = await page.locator('#composer').boundingBox();
    assert.ok(y + height <= 320, `the composer ends at ${y + height}`);
  });

  it('keeps the side panel where a phone is turned', async () => {
    await open(scripted);
    await page.setViewportSize({ width: 360, height: 740 });
    await connect();
    assert.equal(await page.locator('#disconnect').isVisible(), false);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.locator('#disconnect').waitFor();
  });

  it('gives the focus to something where what had it goes', async () => {
    const focused = () => page.evaluate(() => document.activeElement.id);
    const pressOn = async (locator) => { await locator.waitFor(); await locator.focus(); await page.keyboard.press('Enter'); };
    const button = (name) => page.getByRole('button', { name });
    await open(scripted);
    await page.fill('#message', `fake:slow 0 ${'one\n\n'.repeat(60)}`);
    await pressOn(page.locator('#send'));
    await finished();
    assert.equal(await focused(), 'message', 'after a first message');
    await page.locator('#scroll').evaluate((element) => { element.scrollTop = 0; });
    await pressOn(page.locator('#jump'));
    await page.locator('#jump').waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'scroll', 'after a jump to the end');
    await say('fake:status 500');
    await pressOn(button('Try again'));
    await page.locator('.row.error').nth(1).waitFor();
    assert.equal(await focused(), 'message', 'after another try');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${scripted.url}/demo`);
    await pressOn(button('What does co2 say?'));
    await state(/^Connected$/);
    await page.locator('#setup:not([open])').waitFor();
    assert.equal(await focused(), 'message', 'after an example');
  });

  it('leaves Enter and Escape to whoever composes a letter with them', async () => {
    await open(scripted);
    await connect();
    await say(`fake:slow 50 ${'word '.repeat(400)}`);
    await reply().locator('.said:not(:empty)').waitFor();
    await page.fill('#message', 'にほ');
    const prevented = await page.evaluate(() => [{ key: 'Escape', isComposing: true }, { key: 'Escape', keyCode: 229 }, { key: 'Enter', isComposing: true }, { key: 'Enter', keyCode: 229 }]
      .map((init) => !document.getElementById('message').dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true }))));
    assert.deepEqual(prevented, [false, false, false, false]);
    assert.equal(await page.inputValue('#message'), 'にほ');
    await page.click('#stop');
    await finished();
    assert.equal(await page.locator('.row.user').count(), 1);
  });

  it('leaves a reply running while a letter is composed', async () => {
    const sent = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload).type)));
    await open(scripted);
    await connect();
    await say(`fake:slow 20 ${'word '.repeat(400)}`);
    await page.locator('#stop').waitFor();
    await page.evaluate(() => document.getElementById('message').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true })));
    await page.click('#stop');
    await finished();
    assert.deepEqual(sent, ['message', 'cancel']);
  });

  it('writes from the side that the language is written from', async () => {
    await open(scripted);
    await connect();
    await say('fake:slow 0 :\n\nمرحبا بالعالم!\n\n- פריט ראשון: שלום!\n\n- second\n\n> اقتباس\n\n| اسم | قيمة |\n|---|---|\n| أ | 1 |\n\n```\nمرحبا\n```\n\nand in English');
    await finished();
    const direction = (selector) => reply().locator(`.said ${selector}`).last().evaluate((element) => getComputedStyle(element).direction);
    for (const [selector, expected] of [['p:nth-child(2)', 'rtl'], ['ul', 'rtl'], ['li', 'rtl'], ['li p', 'rtl'], ['blockquote p', 'rtl'], ['td', 'rtl'], ['pre', 'ltr'], ['> p', 'ltr']])
      assert.equal(await direction(selector), expected, selector);
    assert.ok(await reply().locator('ul').evaluate((list) => parseFloat(getComputedStyle(list).paddingRight) > 0), 'there is no room for the marks');
    await say('שלום, מה שלומך?');
    assert.equal(await page.locator('.row.user .said').last().evaluate((element) => getComputedStyle(element).direction), 'rtl');
    assert.equal(await page.getAttribute('#message', 'dir'), 'auto');
  });

  it('scrolls a wide table, and breaks no word in it', async () => {
    await open(scripted);
    await page.setViewportSize({ width: 360, height: 740 });
    await connect();
    await say('fake:slow 0 :\n\n| Language | Released | Paradigm | Typing | Compiled |\n|---|---|---|---|---|\n| JavaScript | 1995 | multi-paradigm | dynamic | interpreted |');
    await finished();
    const table = await reply().locator('table').evaluate((element) => ({ seen: element.clientWidth, whole: element.scrollWidth, heights: [...element.querySelectorAll('th')].map(({ offsetHeight }) => offsetHeight) }));
    assert.ok(table.whole > table.seen, JSON.stringify(table));
    assert.ok(table.heights.every((height) => height < 36), JSON.stringify(table));
  });

  it('stays at the end while a reply grows, and where somebody scrolled to', async () => {
    await open(scripted);
    await connect();
    await say(`fake:slow 15 ${'line\n\n'.repeat(150)}`);
    await page.waitForFunction(() => document.getElementById('scroll').scrollTop > 200);
    // It grew, and is looked at before it was scrolled to its end again.
    const hidden = await page.evaluate(() => {
      document.getElementById('log').append(...Array.from({ length: 9 }, () => Object.assign(document.createElement('p'), { textContent: 'more' })));
      document.getElementById('scroll').dispatchEvent(new Event('scroll'));
      return document.getElementById('jump').hidden;
    });
    assert.equal(hidden, true, 'it was left behind by a reply that grows fast');
    await page.mouse.move(700, 300);
    await page.mouse.wheel(0, -12);
    await page.locator('#jump').waitFor();
    const place = () => page.locator('#scroll').evaluate((element) => element.scrollTop);
    const before = await place();
    await finished();
    assert.equal(await place(), before);
    assert.equal(await page.locator('#jump').isVisible(), true);
    await page.click('#jump');
    await page.waitForFunction(() => { const { scrollHeight, scrollTop, clientHeight } = document.getElementById('scroll'); return scrollHeight - scrollTop - clientHeight < 2; });
    // However long the conversation is, only the row that grows is laid out.
    assert.equal(await reply().evaluate((row) => getComputedStyle(row).contain), 'layout');
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
