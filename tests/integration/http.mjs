// SPDX-License-Identifier: GPL-3.0-or-later
// What a plain HTTP client finds on the port.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startLoquat, within } from './lib/processes.mjs';
import { Raw, wholeAnswer } from './lib/raw.mjs';
import { refusal } from './lib/chat.mjs';

describe('HTTP', () => {
  let server;
  before(async () => { server = await startLoquat(); });
  after(() => server.stop());
  const get = (path, headers = {}) => fetch(server.url + path, { headers, redirect: 'manual' });

  it('lists its links to a program at /', async () => {
    const answer = await get('/');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    assert.match(JSON.stringify(await answer.json()), /\/demo/);
  });

  it('sends a browser from / to /demo', async () => {
    const answer = await get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.ok([302, 303, 307].includes(answer.status), `status ${answer.status}`);
    assert.equal(new URL(answer.headers.get('location'), server.url).pathname, '/demo');
  });

  it('serves the browser client with everything it loads, from itself alone', async () => {
    const page = await get('/demo');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    const html = await page.text();
    const seen = new Set();
    const queue = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, url]) => url);
    assert.ok(queue.length >= 3, `only ${queue} in the page`);
    while (queue.length) {
      const url = new URL(queue.pop(), `${server.url}/demo`);
      assert.equal(url.origin, server.url, `${url} is somewhere else`);
      if (seen.has(url.pathname)) continue;
      seen.add(url.pathname);
      const file = await get(url.pathname);
      assert.equal(file.status, 200, url.pathname);
      const wanted = { js: /javascript/, css: /^text\/css/, svg: /^image\/svg/ }[url.pathname.split('.').pop()];
      assert.match(file.headers.get('content-type'), wanted, url.pathname);
      const text = await file.text();
      assert.ok(text.length > 0, `${url.pathname} is empty`);
      for (const [, module] of text.matchAll(/^import .* from '(\.\/[^']+)';$/gm)) queue.push(new URL(module, url).pathname);
    }
    assert.ok([...seen].some((path) => path.endsWith('lexer.js')), 'the Markdown parser is not among them');
  });

  it('says that it is alive', async () => {
    const answer = await get('/healthz');
    assert.equal(answer.status, 200);
    const health = await answer.json();
    assert.equal(health.status, 'ok');
    assert.equal(health.app, 'loquat');
    assert.match(health.version, /^\d+\.\d+\.\d+/);
  });

  it('says that it is ready, dependency by dependency', async () => {
    const answer = await get('/readyz');
    assert.equal(answer.status, 200);
    const ready = await answer.json();
    assert.ok(Object.keys(ready).length >= 1, JSON.stringify(ready));
    assert.match(JSON.stringify(ready), /simulated/i, 'it does not say that the model is simulated');
  });

  for (const path of ['/nothing/here', '/demo/../../etc/passwd', '/demo/nothing.js', '/api/nothing'])
    it(`has a problem document for ${path}`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      const problem = await answer.json();
      assert.equal(problem.status, 404);
      assert.equal(typeof problem.title, 'string');
    });

  it('answers HEAD as it does GET, without the body', async () => {
    for (const path of ['/', '/demo', '/demo/demo.css', '/docs', '/healthz', '/readyz', '/openapi.json', '/nothing', '/v1/realtime']) {
      const [whole, head] = [await get(path), await fetch(server.url + path, { method: 'HEAD' })];
      await whole.text();
      assert.equal(head.status, whole.status, path);
      for (const name of ['content-type', 'content-length', 'content-security-policy'])
        assert.equal(head.headers.get(name), whole.headers.get(name), `${name} of ${path}`);
    }
    const refused = await wholeAnswer(server, 'HEAD / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n');
    assert.match(refused, /^HTTP\/1\.1 403 [^]*Content-Length: [1-9][^]*\r\n\r\n$/);
    const answer = await wholeAnswer(server, 'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  });

  it('answers one request of a connection', async () => {
    const first = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const other = 'GET /metrics HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n';
    assert.match(await wholeAnswer(server, first + other), /^HTTP\/1\.1 400 /);
    for (let i = 0; i < 60; i += 1) { // the second comes before the first is read, with it, or after
      const raw = await Raw.open(server);
      raw.write(first);
      if (i % 4) await new Promise(setImmediate);
      raw.write(other);
      await within(raw.ended, () => 'it stays open');
      const answer = raw.received.toString('latin1');
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
      assert.ok(!answer.includes('loquat_'), 'the metrics are told past the door');
    }
  });

  it('takes a length that is one number, and a path that is one', async () => {
    const asked = (line, ...headers) => wholeAnswer(server, [line, 'Host: localhost', ...headers, '', ''].join('\r\n'));
    for (const length of ['abc', '+5', '-0', '0x5', '5, 5', '', '99999999999999999999', '9223372036854775807'])
      for (const path of ['/healthz', '/api/sessions'])
        assert.match(await asked(`GET ${path} HTTP/1.1`, `Content-Length: ${length}`), /^HTTP\/1\.1 400 /, `${length} to ${path}`);
    for (const twice of [['0', '5'], ['5', '0'], ['0', '0']])
      assert.match(await asked('GET /healthz HTTP/1.1', ...twice.map((length) => `Content-Length: ${length}`)), /^HTTP\/1\.1 400 /);
    for (const target of ['/demo/.', '/docs/.', '//healthz', '//evil/healthz', '//evil/ws/session/a', '//api/sessions'])
      assert.match(await asked(`GET ${target} HTTP/1.1`), /^HTTP\/1\.1 404 /, target);
  });

  it('tells the metrics to nobody behind a proxy, without a token', async () => {
    assert.equal((await get('/metrics')).status, 200);
    for (const name of ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'cf-connecting-ip'])
      assert.equal((await get('/metrics', { [name]: '203.0.113.9' })).status, 403, name);
  });

  it('says which methods a page has', async () => {
    for (const path of ['/', '/demo', '/docs', '/healthz', '/readyz', '/metrics', '/openapi.json']) {
      const options = await fetch(server.url + path, { method: 'OPTIONS' });
      assert.equal(options.status, 204, path);
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await fetch(server.url + path, { method });
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS');
        assert.equal(options.headers.get('allow'), answer.headers.get('allow'));
        assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
        assert.equal((await answer.json()).code, 'method_not_allowed');
      }
    }
    assert.equal((await fetch(`${server.url}/nothing`, { method: 'POST' })).status, 404);
  });

  it('does not mind a slash at the end', async () => {
    for (const path of ['/demo/', '/docs/', '/healthz/', '/readyz/', '/metrics/', '/openapi.json/'])
      assert.equal((await get(path)).status, 200, path);
    for (const path of ['/demo//', '/demo/index.html/x']) assert.equal((await get(path)).status, 404, path);
  });

  it('says of a WebSocket that it is one to who asks plainly', async () => {
    for (const path of ['/v1/realtime', '/v1/realtime?model=x', '/v1/realtime/', '/ws/session/plain', '/ws/session/plain/',
      '/ws/operator', '/ws/operator/']) {
      const answer = await get(path);
      assert.equal(answer.status, 426, path);
      assert.equal(answer.headers.get('upgrade'), 'websocket', path);
      assert.equal((await answer.json()).code, 'bad_upgrade');
    }
  });

  it('does not take a plain request for a conversation', async () => {
    const answer = await get('/ws/session/plain');
    assert.ok(answer.status >= 400 && answer.status < 500, `status ${answer.status}`);
  });

  for (const [what, target, statuses] of [
    ['a session id with a space', '/ws/session/a%20b', [400]],
    ['a session id with a letter outside ASCII', '/ws/session/%C3%A4', [400]],
    ['a session id of 129 characters', `/ws/session/${'x'.repeat(129)}`, [400]],
    ['no session id', '/ws/session/', [400, 404]],
    ['a user id of 257 characters', `/ws/session/fine?user_id=${'u'.repeat(257)}`, [400]],
    ['a user id with a control character', '/ws/session/fine?user_id=a%01b', [400]],
    ['an unknown dialect', '/ws/session/fine?dialect=klingon', [400]],
    ['another path', '/ws/elsewhere', [404]],
  ])
    it(`refuses ${what} before the upgrade`, async () => {
      const { status, type, body } = await refusal(server, target);
      assert.ok(statuses.includes(status), `status ${status}: ${body}`);
      assert.match(type, /^application\/problem\+json/);
      assert.equal(JSON.parse(body).status, status);
    });

  it('still answers after all of that', async () => {
    assert.equal((await get('/healthz')).status, 200);
  });
});
