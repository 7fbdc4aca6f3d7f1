// SPDX-License-Identifier: GPL-3.0-or-later
// /docs in a real browser: it shows every path and shape of /openapi.json, calls on no other host and breaks no policy.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chromium } from 'playwright-core';
import { ask } from '../integration/lib/operators.mjs';
import { patience, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

it('shows the whole description, from itself alone', async () => {
  const server = await startLoquat();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags, env: { ...process.env, HOME: temporaryFolder() } });
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  const strangers = [];
  const complaints = [];
  page.on('request', (request) => { if (new URL(request.url()).origin !== server.url) strangers.push(request.url()); });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.url}/docs`);
  const api = (await ask(server, '/openapi.json')).body;
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, { operationId, summary }] of Object.entries(methods)) {
      const shown = await page.locator(`details#${operationId} > summary`).innerText();
      for (const text of [method.toUpperCase(), path, summary]) assert.ok(shown.includes(text), `${text} is not in ${shown}`);
    }
  for (const name of Object.keys(api.components.schemas)) await page.locator(`details#${name}`).waitFor();
  // A path opens, and so does a shape that is named in it.
  await page.locator('#listSessions > summary').click();
  await page.locator('#listSessions a', { hasText: 'SessionPage' }).click();
  await page.locator('#SessionPage code', { hasText: 'next_cursor' }).waitFor();
  assert.deepEqual({ strangers, complaints }, { strangers: [], complaints: [] });
  await browser.close();
  await server.stop();
});
