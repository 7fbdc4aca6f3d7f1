// SPDX-License-Identifier: GPL-3.0-or-later
// Several nodes, and clients who sign in by their first frame: no node leads a session for somebody it does not know.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startNode } from './lib/fleet.mjs';
import { eventually, startFakeOpenAi } from './lib/processes.mjs';
import { emptyDatabase, postgres } from './lib/rows.mjs';

describe('A client that signs in by its first frame', () => {
  const secret = 'a-token-that-is-long-enough-to-be-one';
  const auth = { type: 'auth', token: secret };
  let fake, url, a, b;
  before(async () => {
    fake = await startFakeOpenAi();
    url = await emptyDatabase();
    const env = { ...fake.settings, LOQUAT_NODE_DEAD_AFTER_MS: '60000', LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: `ana:${secret}` };
    [a, b] = [await startNode('a', url, { env }), await startNode('b', url, { env })];
    await eventually('both nodes to be there', async () => (await postgres(url, 'select node_id from nodes')).length === 2);
  });
  after(async () => { for (const program of [a, b, fake]) await program?.stop('SIGKILL'); });

  it('has no session before it has signed in', async () => {
    for (const first of [{ type: 'auth', token: 'another-token-that-is-long-enough' }, { type: 'message', content: 'hello' }]) {
      const stranger = await Chat.open(a);
      stranger.send(first);
      assert.equal((await stranger.closes()).code, 1008);
      assert.deepEqual(await postgres(url, `select * from session_owners where session_id = '${stranger.id}'`), []);
    }
  });

  it('is carried to the node that leads its session, with what it said at once', async () => {
    const first = await Chat.open(a);
    first.send(auth);
    await first.ask('hello');
    const second = await Chat.open(b, { id: first.id });
    second.send(auth);
    second.send('said before anybody looked at the token');
    const { done } = await second.turn();
    assert.match(done.text, /said before anybody looked/);
    assert.equal((await first.closes()).code, 4409);
    assert.deepEqual(await postgres(url, `select node_id from session_owners where session_id = '${first.id}'`), [{ node_id: 'a' }]);
    assert.equal(second.frames.find(({ type }) => type === 'session_started').user_id, 'ana');
    await second.leave();
  });
});
