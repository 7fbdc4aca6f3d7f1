// SPDX-License-Identifier: GPL-3.0-or-later
// The operators' HTTP API for clients that ask in other ways than it is written.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { request } from 'node:http';
import { ask, bearer, Operator } from './lib/operators.mjs';
import { startLoquat, within } from './lib/processes.mjs';
import { wholeAnswer } from './lib/raw.mjs';

const encoded = { token: 'operators-token' };

describe('The API', () => {
  let server, chat;

  before(async () => {
    server = await startLoquat({ env: { LOQUAT_OPERATOR_TOKEN: encoded.token } });
    chat = await Chat.open(server);
    await chat.ask('Hello');
  });
  after(async () => {
    await chat.leave();
    await server.stop();
  });

  it('answers HEAD with what GET would say of it, and nothing of it', async () => {
    for (const path of ['/api/nodes', `/api/sessions/${chat.id}/export`, '/api/sessions/not-there', '/api/sessions?limit=0']) {
      const [whole, head] = [await ask(server, path, encoded), await ask(server, path, { ...encoded, method: 'HEAD' })];
      assert.equal(head.status, whole.status, path);
      assert.equal(head.type, whole.type, path);
      assert.equal(head.headers.get('content-length'), whole.headers.get('content-length'), path);
    }
    const answer = await wholeAnswer(server, 'HEAD /api/sessions HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 401 [^]*\r\n\r\n$/);
  });

  it('says which methods a path has', async () => {
    for (const [path, method, allow] of [['/api/sessions', 'POST', 'GET, HEAD, OPTIONS'], [`/api/sessions/${chat.id}/commands`, 'GET', 'POST, OPTIONS'],
      [`/api/sessions/${chat.id}`, 'DELETE', 'GET, HEAD, OPTIONS'], ['/api/live', 'POST', 'GET, OPTIONS']]) {
      const answer = await ask(server, path, { ...encoded, method });
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.headers.get('allow'), allow);
      const asked = await ask(server, path, { ...encoded, method: 'OPTIONS' });
      assert.equal(asked.status, 204, `OPTIONS ${path}`);
      assert.equal(asked.headers.get('allow'), allow);
      assert.equal((await ask(server, path, { method: 'OPTIONS' })).status, 401);
    }
    for (const path of ['/api/nothing', '/api/', '/api/sessions/x/nothing', '/api/sessions/x/events/1'])
      assert.equal((await ask(server, path, encoded)).status, 404, path);
  });

  it('does not mind a slash at the end', async () => {
    for (const path of ['/api/sessions', `/api/sessions/${chat.id}`, `/api/sessions/${chat.id}/export`])
      assert.equal((await ask(server, `${path}/`, encoded)).status, 200, path);
    assert.deepEqual((await ask(server, `/api/sessions/${chat.id}/`, encoded)).body.session_id, chat.id);
  });

  it('takes a target that names the host as well, as proxies are sent it', async () => {
    const from = (target) => wholeAnswer(server, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${encoded.token}\r\n\r\n`);
    for (const target of ['http://localhost/api/sessions', 'HTTPS://localhost:1/api/sessions?limit=1'])
      assert.match(await from(target), /^HTTP\/1\.1 200 [^]*"sessions"/, target);
  });

  it('tells a client that asks first to go on with the body', async () => {
    const body = '{"command":"note","text":"asked first"}';
    const post = (to) => new Promise((resolve, reject) => {
      const asked = request(`${server.url}/api/sessions/${to}/commands`, { method: 'POST',
        headers: { ...bearer(encoded.token), expect: '100-continue', 'content-length': body.length } });
      asked.on('continue', () => asked.end(body));
      asked.on('response', (answer) => { answer.resume(); resolve(answer.statusCode); asked.destroy(); });
      asked.on('error', reject);
      asked.flushHeaders();
    });
    assert.equal(await within(post(chat.id), () => 'it waits for ever'), 200);
  });
});

describe('What operators are refused', () => {
  let server;
  before(async () => {
    server = await startLoquat({ env: { LOQUAT_OPERATOR_TOKEN: encoded.token, LOQUAT_MAX_FRAME_BYTES: '70000', LOQUAT_MAX_MESSAGE_BYTES: '70000' } });
  });
  after(() => server.stop());
  const metrics = (token = encoded.token) => ask(server, '/metrics', { token });
  const refused = async (reason) => Number(new RegExp(`loquat_refused_total\\{reason="${reason}"\\} (\\d+)`).exec((await metrics()).body)[1]);

  it('is counted at /metrics, whose own token is one of them', async () => {
    const before = await refused('credentials');
    assert.equal((await metrics('wrong')).status, 401);
    assert.equal(await refused('credentials'), before + 1);
  });

  it('by the size of a frame is what clients are refused', async () => {
    const before = await refused('message_too_large');
    const operator = await Operator.open(server, encoded);
    operator.send(' '.repeat(69_000));
    await operator.until(({ error }) => error?.code === 'unknown_frame');
    operator.send(' '.repeat(70_001));
    assert.equal((await within(operator.closed, () => 'it stays open')).code, 1009);
    assert.equal(await refused('message_too_large'), before + 1);
  });
});
