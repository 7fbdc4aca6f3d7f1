// SPDX-License-Identifier: GPL-3.0-or-later
// Pages that were written for other backends and cannot be changed: they are served by somebody else or opened from a
// file, know a path, an id and what comes back, and nothing of Loquat. The server's --dialect speaks theirs.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { patience, startFakeOpenAi, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { finalised, journalEvents } from '../integration/lib/rows.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

// What such a page does: connects, says something as text or as JSON, collects what comes until it has an end, or where
// there is none until it has the words of `ends`, and closes without a code, as pages do.
async function visit({ url, says, ends }) {
  const text = (data) => (data.startsWith('{') ? JSON.parse(data).value ?? '' : data);
  const isEnd = { done: (data) => JSON.parse(data).type === 'done', sentinel: (data) => data === '[END_OF_RESPONSE]' }[ends]
    ?? (() => got.map(text).join('').includes(ends));
  const got = [];
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = () => reject(new Error('no connection')); });
  const replied = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      got.push(data);
      if (isEnd(data)) resolve();
    };
  });
  socket.send(says);
  await replied;
  const closed = new Promise((resolve) => { socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean }); });
  socket.close();
  return { got, closed: await closed };
}

const tokens = (frames, key) => frames.map((data) => JSON.parse(data)).map((frame) => frame[key] ?? '').join('');
const kinds = [
  { dialect: 'frames', id: () => 'demo-session', query: '?user_id=user-1', says: 'Hello there', ends: 'done',
    text: (got) => tokens(got.filter((data) => JSON.parse(data).type === 'token'), 'token') },
  { dialect: 'content', id: () => crypto.randomUUID(), query: '?user_id=Pavithra', says: 'Hello there', ends: 'Hello there',
    text: (got) => tokens(got.filter((data) => JSON.parse(data).type === 'content'), 'value') },
  { dialect: 'text', id: () => `test_${Date.now()}`, query: '', says: 'Hello there', ends: 'Hello there', text: (got) => got.join('') },
  { dialect: 'sentinel', id: () => crypto.randomUUID(), query: '?user_id=alice', says: JSON.stringify({ message: 'Hello there' }), ends: 'sentinel',
    text: (got) => got.filter((data) => !data.startsWith('{') && data !== '[END_OF_RESPONSE]').join('') },
];

describe('A page of somebody else', () => {
  let browser, fake, elsewhere, file;
  before(async () => {
    fake = await startFakeOpenAi();
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags, env: { ...process.env, HOME: temporaryFolder() } });
    elsewhere = createServer((request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Theirs</title>'));
    await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    elsewhere.unref();
    file = join(temporaryFolder(), 'index.html');
    writeFileSync(file, '<!doctype html><title>Theirs</title>');
  });
  after(async () => { await browser.close(); elsewhere.close(); await fake.stop(); });

  for (const { dialect, id, query, says, ends, text } of kinds)
    it(`that speaks ${dialect}, from a host of its own and from a file`, async () => {
      const server = await startLoquat({ env: fake.settings, args: ['--dialect', dialect] });
      for (const address of [`http://127.0.0.1:${elsewhere.address().port}/`, pathToFileURL(file).href]) {
        const page = await browser.newPage();
        page.setDefaultTimeout(patience);
        await page.goto(address);
        const session = `${id()}${address.startsWith('file') ? '-file' : ''}`;
        const url = `${server.url.replace('http', 'ws')}/ws/session/${session}${query}`;
        const { got, closed } = await page.evaluate(visit, { url, says, ends });
        assert.equal(text(got), 'You said: Hello there', JSON.stringify(got));
        assert.ok(closed.wasClean && [1000, 1005].includes(closed.code), JSON.stringify(closed));
        // Closing is the end of it: it is summed up at once, not after the time that a lost connection has.
        const row = await finalised(server.dataDir, session);
        assert.ok(row.summary);
        assert.equal(row.user_id, new URLSearchParams(query).get('user_id') ?? 'anonymous');
        const types = (await journalEvents(server.dataDir, session)).map(({ event_type: type }) => type);
        assert.deepEqual(types.slice(0, 3), ['session_started', 'user_message', 'ai_message']);
        await page.close();
      }
      await server.stop();
    });

  it('whose model is out of order gets a sentence, and can go on', async () => {
    const server = await startLoquat({ env: fake.settings, args: ['--dialect', 'text'] });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
    const url = `${server.url.replace('http', 'ws')}/ws/session/test_quota`;
    const { got, closed } = await page.evaluate(visit, { url, says: 'fake:status 429', ends: '.' });
    assert.match(got.join(''), /\w+ \w+/);
    assert.ok(closed.wasClean);
    const row = await finalised(server.dataDir, 'test_quota');
    assert.ok(row.summary, 'there is no summary');
    const stored = (await journalEvents(server.dataDir, 'test_quota')).find(({ event_type: type }) => type === 'ai_message');
    assert.ok(stored.content.startsWith(got.join('')), `${stored.content} was stored`);
    await server.stop();
  });
});
