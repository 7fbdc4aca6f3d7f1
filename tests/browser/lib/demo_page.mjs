// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client in a real browser, for the tests of one file. Whatever a test does, the page must not call on another
// host, break its own content security policy or report an error.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { chromium } from 'playwright-core';
import { patience, startFakeOpenAi, startLoquat, temporaryFolder } from '../../integration/lib/processes.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

// `scripted` answers as the fake upstream is told to, `simulated` as without any key. `page` is new for each test.
export let fake, scripted, simulated, browser, page;
let strangers, complaints, expected;

// To be called in the describe() whose tests are on the page.
export function useDemo() {
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
}

// What the browser may complain of in this test.
export function expectComplaints(pattern) { expected = pattern; }

export async function open(server) {
  const { host } = new URL(server.url);
  page.on('request', (request) => { if (new URL(request.url()).host !== host) strangers.push(request.url()); });
  page.on('websocket', (socket) => { if (new URL(socket.url()).host !== host) strangers.push(socket.url()); });
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${server.url}/demo`);
}
// Looked at every frame: between two looks of a locator, half a second apart, a page may be gone and back.
export const state = (word) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.getElementById('state-word').textContent), word.source ?? word);
export const connect = async () => { await page.click('#connect'); await state(/^Connected$/); };
export async function say(text) {
  await page.fill('#message', text);
  await page.press('#message', 'Enter');
}
export const reply = (n = 0) => page.locator('.row.assistant').nth(n);
export const finished = (n = 0) => page.locator('.row.assistant:not(.caret)').nth(n).waitFor();
export const users = (of = page) => of.locator('.row.user .said').allTextContents();
export const notes = () => page.locator('.note').allTextContents();
export const numbered = (count) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');

// Another window with the same conversation, which it takes over.
export async function beside() {
  const other = await browser.newPage();
  other.setDefaultTimeout(patience);
  await other.goto(page.url());
  await other.fill('#session', await page.inputValue('#session'));
  await other.click('#connect');
  await other.locator('#state-word', { hasText: /^Connected$/ }).waitFor();
  return other;
}
