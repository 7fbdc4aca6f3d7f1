// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client for those who use it by keys, by ear, on a phone, or see little contrast.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect, finished, open, page, reply, say, scripted, state, useDemo } from './lib/demo_page.mjs';

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
