// SPDX-License-Identifier: GPL-3.0-or-later
// Whom the operators' HTTP API answers where no token is set.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ask } from './lib/operators.mjs';
import { startLoquat, within } from './lib/processes.mjs';

describe('Without an operator token', () => {
  let server;
  before(async () => { server = await startLoquat(); });
  after(() => server.stop());

  it('this computer is answered', async () => assert.equal((await ask(server, '/api/sessions')).status, 200));

  // A page elsewhere that has a browser on this computer talk to the port, be it under a name of its own.
  for (const [what, headers] of [
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a proxy', { 'x-forwarded-for': '192.0.2.1' }],
  ])
    it(`${what} is not`, async () => {
      const answer = await ask(server, '/api/sessions', { headers });
      assert.equal(answer.status, 403);
      assert.equal(answer.type, 'application/problem+json');
      assert.match(answer.body.remedy, /LOQUAT_/);
    });

  it('the bounds of operators can be set, and who meets one is counted', async () => {
    const small = await startLoquat({ env: { LOQUAT_MAX_SESSION_PAGE: '2', LOQUAT_MAX_EVENT_PAGE: '3', LOQUAT_MAX_LIVE_READERS: '0' } });
    assert.equal((await ask(small, '/api/sessions?limit=2')).status, 200);
    assert.equal((await ask(small, '/api/sessions?limit=3')).status, 400);
    assert.equal((await ask(small, '/api/sessions')).status, 200);
    const { paths } = (await ask(small, '/openapi.json')).body;
    for (const [path, most] of [['/api/sessions', 2], ['/api/sessions/{session_id}/events', 3]]) {
      const { schema } = paths[path].get.parameters.find(({ name }) => name === 'limit');
      assert.deepEqual([schema.maximum, schema.default], [most, most]);
    }
    assert.equal((await ask(small, '/api/live')).status, 503);
    assert.equal((await ask(small, '/api/sessions', { headers: { origin: 'null' } })).status, 403);
    const metrics = await (await fetch(`${small.url}/metrics`)).text();
    assert.match(metrics, /reason="too_many_readers"\} 1\n/);
    assert.match(metrics, /reason="page_too_large"\} 1\n/);
    assert.match(metrics, /reason="credentials"\} 1\n/);
    await small.stop();
  });

  it('a page of this server is', async () => {
    assert.equal((await ask(server, '/api/sessions', { headers: { origin: server.url } })).status, 200);
  });

  it('a name that only points here is not', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /api/sessions HTTP/1.1\r\nHost: rebound.example\r\n\r\n');
    const answer = await within(new Promise((done) => socket.once('data', done)), () => 'no answer');
    assert.match(answer.toString(), /^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  it('others are not where they can reach the port', async () => {
    const open = await startLoquat({ args: ['--host', '0.0.0.0', '--allow-anonymous'] });
    open.url = open.url.replace('0.0.0.0', '127.0.0.1');
    for (const path of ['/api/sessions', '/api/live']) {
      const answer = await ask(open, path);
      assert.equal(answer.status, 403);
      assert.match(answer.body.remedy, /LOQUAT_OPERATOR_TOKEN/);
    }
    assert.equal((await ask(open, '/healthz')).status, 200);
    await open.stop();
  });
});
