// SPDX-License-Identifier: GPL-3.0-or-later
// The operators' HTTP API for clients that ask in other ways than it is written.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { ask } from './lib/operators.mjs';
import { startLoquat } from './lib/processes.mjs';
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

  it('does not mind a slash at the end', async () => {
    for (const path of ['/api/sessions', `/api/sessions/${chat.id}`, `/api/sessions/${chat.id}/export`])
      assert.equal((await ask(server, `${path}/`, encoded)).status, 200, path);
    assert.deepEqual((await ask(server, `/api/sessions/${chat.id}/`, encoded)).body.session_id, chat.id);
  });
});
