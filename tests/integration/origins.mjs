// SPDX-License-Identifier: GPL-3.0-or-later
// Which web pages may use the service, and what every answer tells a browser.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Chat, refusal } from './lib/chat.mjs';
import { startLoquat, within } from './lib/processes.mjs';

// fetch() does not let one set Host and Origin.
function ask(server, path, headers = {}, method = 'GET') {
  const answer = new Promise((resolve, reject) => {
    const sent = request(new URL(path, server.url), { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => { body += text; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
  return within(answer, () => `no answer for ${method} ${path}`);
}

// What an answer begins with; /api/live has no end.
function heads(server, path, headers) {
  const answer = new Promise((resolve, reject) => {
    const sent = request(new URL(path, server.url), { headers }, (response) => {
      response.on('error', () => {}).destroy();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    sent.on('error', reject).end();
  });
  return within(answer, () => `no answer for ${path}`);
}

async function chats(server, headers) {
  const chat = await Chat.open(server, { headers });
  await chat.one('session_started');
  await chat.leave();
}

async function isRefused(server, headers, target = '/ws/session/s') {
  const { status, type, body } = await refusal(server, target, { headers });
  assert.equal(status, 403, body);
  assert.match(type, /^application\/problem\+json/);
}

describe('Without a list of origins, on the loopback', () => {
  let server;
  before(async () => { server = await startLoquat(); });
  after(() => server.stop());

  for (const origin of ['https://anywhere.example', 'null', 'http://localhost:5500'])
    it(`a page of ${origin} may hold a conversation`, () => chats(server, { origin }));

  it('another page may read nothing else, and change nothing', async () => {
    const origin = 'https://anywhere.example';
    const read = await ask(server, '/readyz', { origin });
    assert.equal(read.headers['access-control-allow-origin'], undefined);
    assert.equal((await ask(server, '/healthz', { origin }, 'POST')).status, 403);
    await isRefused(server, { origin }, '/ws/operator');
    assert.notEqual((await ask(server, '/healthz', { origin: server.url }, 'POST')).status, 403, 'its own page');
  });

  it('a name of somebody else\'s that points here is refused', async () => {
    for (const host of ['rebound.example', 'rebound.example:8000', 'localhost.rebound.example', '127.0.0.1.rebound.example']) {
      assert.equal((await ask(server, '/readyz', { host })).status, 403, host);
      await isRefused(server, { host, origin: `http://${host}` });
    }
    for (const host of ['localhost', 'localhost:8000', '127.0.0.1:1', '[::1]:8000', 'loquat.localhost'])
      assert.equal((await ask(server, '/readyz', { host })).status, 200, host);
  });

  it('nor is it where a proxy is trusted, unless that asks', async () => {
    const host = 'rebound.example';
    const elsewhere = await startLoquat({ env: { LOQUAT_TRUSTED_PROXIES: '192.0.2.1' } });
    assert.equal((await ask(elsewhere, '/readyz', { host })).status, 403);
    await isRefused(elsewhere, { host, origin: `http://${host}` });
    const here = await startLoquat({ env: { LOQUAT_TRUSTED_PROXIES: '127.0.0.0/8' } });
    assert.equal((await ask(here, '/readyz', { host })).status, 200);
    await Promise.all([elsewhere.stop(), here.stop()]);
  });

  it('every answer carries the headers that protect a browser', async () => {
    const paths = [['/', {}], ['/demo', {}], ['/readyz', {}], ['/nothing', {}], ['/api/sessions', {}], ['/api/live', {}],
      ['/readyz', { host: 'rebound.example' }]];
    for (const [path, headers] of paths) {
      const answer = await heads(server, path, headers);
      assert.match(answer.headers['content-security-policy'], /default-src 'none'/, path);
      assert.doesNotMatch(answer.headers['content-security-policy'], /unsafe|\*/, path);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path);
      assert.equal(answer.headers['x-frame-options'], 'DENY', path);
      assert.equal(answer.headers['referrer-policy'], 'no-referrer', path);
    }
  });

  it('nothing of a request comes back unescaped', async () => {
    for (const path of ['/%3Cscript%3Ealert(1)%3C/script%3E', '/demo/%3Cb%3E', '/ws/session/%3Cb%3E?user_id=%3Cb%3E']) {
      const answer = await ask(server, path);
      assert.ok(!/<script|<b>/.test(answer.body), answer.body);
      assert.doesNotMatch(answer.headers['content-type'], /html/);
    }
  });
});

describe('With a list of origins', () => {
  let server;
  before(async () => {
    server = await startLoquat({ env: { LOQUAT_ALLOWED_ORIGINS: 'https://app.example, https://*.preview.example,http://localhost:5500/' } });
  });
  after(() => server.stop());

  for (const origin of ['https://app.example', 'https://APP.example:443', 'https://a.preview.example', 'http://localhost:5500'])
    it(`a page of ${origin} may hold a conversation and read`, async () => {
      await chats(server, { origin });
      const answer = await ask(server, '/readyz', { origin });
      assert.equal(answer.headers['access-control-allow-origin'], origin);
      assert.match(answer.headers.vary, /origin/i);
    });

  for (const origin of ['http://app.example', 'https://app.example:8443', 'https://app.example.evil.example', 'https://evil.example/https://app.example',
    'https://preview.example', 'https://evilpreview.example', 'null', 'http://localhost:5501', 'file://'])
    it(`a page of ${origin} may not`, async () => {
      await isRefused(server, { origin });
      assert.equal((await ask(server, '/readyz', { origin })).headers['access-control-allow-origin'], undefined);
    });

  it('they may read why they were refused, and how long to wait', async () => {
    const origin = 'https://app.example';
    const answer = await ask(server, '/ws/session/s?dialect=none', { origin, connection: 'upgrade', upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' });
    assert.equal(answer.status, 400, answer.body);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    assert.match(answer.headers['access-control-expose-headers'], /retry-after/i);
    assert.match(answer.headers.vary, /origin/i);
  });

  it('its own pages and programs that are no browsers may', async () => {
    await chats(server, { origin: server.url });
    await chats(server, {});
  });

  it('a browser that asks first is answered', async () => {
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' };
    const allowed = await ask(server, '/api/sessions/s/commands', { origin: 'https://app.example', ...preflight }, 'OPTIONS');
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers['access-control-allow-origin'], 'https://app.example');
    assert.match(allowed.headers['access-control-allow-methods'], /POST/);
    assert.match(allowed.headers['access-control-allow-headers'], /authorization/i);
    const other = await ask(server, '/api/sessions/s/commands', { origin: 'https://evil.example', ...preflight }, 'OPTIONS');
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });
});

describe('Behind a proxy', () => {
  it('X-Forwarded-* counts from a trusted address only', async () => {
    const perAddress = { LOQUAT_MAX_CONNECTIONS_PER_ADDRESS: '2' };
    const from = (address) => ({ 'x-forwarded-for': `203.0.113.77, ${address}` });
    const trusting = await startLoquat({ env: { ...perAddress, LOQUAT_TRUSTED_PROXIES: '127.0.0.0/8' } });
    const open = [];
    for (let i = 0; i < 2; i += 1) open.push(await Chat.open(trusting, { headers: from('198.51.100.1') }));
    const third = await refusal(trusting, '/ws/session/s', { headers: from('198.51.100.1') });
    assert.equal(third.status, 429, third.body);
    open.push(await Chat.open(trusting, { headers: from('198.51.100.2') })); // another client
    await chats(trusting, { host: 'chat.example', origin: 'https://chat.example' }); // its public name
    for (const chat of open) await chat.leave();
    await trusting.stop();

    const distrusting = await startLoquat({ env: perAddress });
    for (let i = 0; i < 2; i += 1) open.push(await Chat.open(distrusting, { headers: from(`198.51.100.${i}`) }));
    assert.equal((await refusal(distrusting, '/ws/session/s', { headers: from('198.51.100.9') })).status, 429);
    await distrusting.stop();
  });
});
