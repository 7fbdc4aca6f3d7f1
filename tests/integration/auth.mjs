// SPDX-License-Identifier: GPL-3.0-or-later
// Who is let in, as whom, and for how long: client tokens, and JWTs that are signed with a secret.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startLoquat, within } from './lib/processes.mjs';
import { ping, RawWebSocket } from './lib/raw.mjs';
import { bearer, isRefused } from './lib/refused.mjs';
import { finalised, journalSession } from './lib/rows.mjs';
import { claims, hs256, keyPair, nowSeconds, unsigned } from './lib/tokens.mjs';

// Nothing the server wrote anywhere has any of the secrets in it.
async function keepsSecret(server, secrets) {
  await server.stop();
  for (const secret of secrets) {
    assert.ok(!server.stdout.includes(secret) && !server.stderr.includes(secret), `a log has ${secret}`);
    let found = '';
    try { found = execFileSync('grep', ['-rlaF', '--', secret, server.dataDir]).toString(); } catch { /* none */ }
    assert.equal(found, '', `${secret} is on disk`);
  }
}

describe('Client tokens', () => {
  let server;
  const tokens = { ana: 'tok-ana-1b2c3d4e', bob: 'tok-bob-9z8y7x6w' };
  const start = (dataDir) => startLoquat({
    dataDir, args: ['--log-level', 'debug'],
    env: { LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: `ana:${tokens.ana}, bob:${tokens.bob}`, LOQUAT_HANDSHAKE_TIMEOUT_MS: '1500' },
  });
  before(async () => { server = await start(); });
  after(() => keepsSecret(server, [...Object.values(tokens), 'tok-nobody']));

  it('in the Authorization header let in, as the user they name', async () => {
    const chat = await Chat.open(server, { user_id: 'mallory', ...bearer(tokens.ana) });
    assert.equal((await chat.one('session_started')).user_id, 'ana');
    assert.equal((await chat.ask('Hello')).done.finish, 'stop');
    await chat.leave();
    assert.equal((await finalised(server.dataDir, chat.id)).user_id, 'ana');
  });

  it('in a subprotocol let in, and the other one is agreed on', async () => {
    const chat = await Chat.open(server, { protocols: ['loquat', `bearer.${tokens.bob}`] });
    assert.equal(chat.socket.protocol, 'loquat');
    assert.equal((await chat.one('session_started')).user_id, 'bob');
    await chat.leave();
  });

  it('in a subprotocol let in where nothing else is offered to agree on', async () => {
    const both = await Promise.all([tokens.ana, tokens.bob].map(token =>
      Chat.open(server, { protocols: [`bearer.${token}`] })));
    for (const [i, chat] of both.entries()) {
      assert.equal(chat.socket.protocol, `bearer.${[tokens.ana, tokens.bob][i]}`);
      assert.equal((await chat.one('session_started')).user_id, ['ana', 'bob'][i]);
      await chat.leave();
    }
    const pair = await Chat.open(server, { protocols: ['bearer', tokens.ana] });
    assert.equal(pair.socket.protocol, 'bearer');
    assert.equal((await pair.one('session_started')).user_id, 'ana');
    await pair.leave();
  });

  it('in the first frame let in; what follows at once is not lost', async () => {
    const chat = await Chat.open(server, { user_id: 'mallory' });
    chat.send({ type: 'auth', token: tokens.ana });
    chat.send('Hello');
    assert.equal((await chat.one('session_started')).user_id, 'ana');
    assert.equal((await chat.turn()).done.finish, 'stop');
    await chat.leave();
  });

  it('that are wrong are refused before the upgrade', async () => {
    const problem = await isRefused(server, 'tok-nobody');
    assert.equal(problem.code, 'bad_token');
    await isRefused(server, tokens.ana.slice(0, -1));
    await isRefused(server, `${tokens.ana}x`);
  });

  for (const [what, frames] of [
    ['a wrong token', [{ type: 'auth', token: 'tok-nobody' }]],
    ['a message', ['Hello']],
    ['something that is no frame', [{ type: 'dance' }]],
    ['nothing at all', []],
  ])
    it(`who begins with ${what} is closed with 1008 and has no session`, async () => {
      const chat = await Chat.open(server);
      for (const frame of frames) chat.send(frame);
      assert.equal((await chat.closes()).code, 1008);
      assert.deepEqual(chat.frames, []);
      assert.equal(await journalSession(server.dataDir, chat.id), undefined);
    });

  it('come in a frame that is not too large', async () => {
    const chat = await Chat.open(server);
    chat.send({ type: 'auth', token: 'x'.repeat(300_000) });
    assert.equal((await chat.closes()).code, 1009);
  });

  it('are not waited for from a client that pings and does not read', async () => {
    const busy = await startLoquat({ env: { LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: `ana:${tokens.ana}`, LOQUAT_MAX_UNSENT_BYTES: '100000' } });
    const client = await RawWebSocket.open(busy);
    client.raw.socket.pause();
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => ping('x'.repeat(125), { mask: Buffer.alloc(4) })));
    for (let i = 0; i < 150 && !client.raw.over; i += 1) // 20 MB: more than the kernel keeps
      await within(new Promise((resolve) => client.raw.socket.write(many, resolve)), () => 'it does not take the pings');
    client.raw.socket.resume();
    assert.equal(await client.closeCode(), 1013);
    await busy.stop();
  });

  it('keep a session to its user: live, when it has ended, and after a restart', async () => {
    const hers = await Chat.open(server, bearer(tokens.ana));
    await hers.ask('My name is Ana.');
    const intruder = async () => {
      const chat = await Chat.open(server, { id: hers.id, ...bearer(tokens.bob) });
      assert.equal((await chat.closes()).code, 1008);
      assert.deepEqual(chat.frames, []);
    };
    await intruder();
    assert.equal((await hers.ask('What is my name?')).done.finish, 'stop', 'she was disturbed');
    await hers.leave();
    await finalised(server.dataDir, hers.id);
    await intruder();
    await server.stop();
    server = await start(server.dataDir);
    await intruder();
    assert.equal((await journalSession(server.dataDir, hers.id)).status, 'completed');
    const again = await Chat.open(server, { id: hers.id, ...bearer(tokens.ana) });
    assert.equal((await again.one('session_started')).resumed, true);
    assert.match((await again.ask('What is my name?')).done.text, /Ana/);
    await again.leave();
  });

  it('leave open what needs none', async () => {
    for (const path of ['/healthz', '/demo']) assert.equal((await fetch(server.url + path)).status, 200);
  });
});

describe('JWTs signed with a secret', () => {
  let server;
  const secret = 'a-secret-of-the-tests-that-is-long-enough';
  const issuer = 'https://project.example/auth/v1';
  const seen = [];
  const token = (changes, header) => { const made = hs256(secret, claims(issuer, changes), header); seen.push(made.split('.')[2]); return made; };
  before(async () => {
    server = await startLoquat({
      args: ['--log-level', 'debug'], env: { LOQUAT_AUTH: 'jwt', SUPABASE_JWT_SECRET: secret, LOQUAT_JWT_ISSUER: issuer },
    });
  });
  after(() => keepsSecret(server, [secret, ...seen]));

  it('let in; sub is the user, whatever the query says', async () => {
    const chat = await Chat.open(server, { user_id: 'mallory', ...bearer(token({ sub: 'user-7' })) });
    assert.equal((await chat.one('session_started')).user_id, 'user-7');
    assert.equal((await chat.ask('Hello')).done.finish, 'stop');
    await chat.leave();
  });

  it('may be for several audiences', async () => {
    const chat = await Chat.open(server, bearer(token({ aud: ['other', 'authenticated'] })));
    await chat.one('session_started');
    await chat.leave();
  });

  for (const [what, make] of [
    ['not signed', () => unsigned(claims(issuer))],
    ['not signed, with a signature', () => `${unsigned(claims(issuer))}${token().split('.')[2]}`],
    ['signed with another secret', () => hs256('another', claims(issuer))],
    ['signed with nothing', () => hs256('', claims(issuer))],
    ['changed afterwards', () => { const [h, , s] = token().split('.'); return `${h}.${token({ sub: 'admin' }).split('.')[1]}.${s}`; }],
    ['signed by RS256, for which there is no key', () => keyPair('RS256', 'k').sign(claims(issuer))],
    ['of an algorithm unheard of', () => token({}, { alg: 'HS512' })],
    ['with an extension that must be understood', () => token({}, { crit: ['b64'], b64: false })],
    ['for another audience', () => token({ aud: 'anon' })],
    ['for no audience', () => token({ aud: undefined })],
    ['from another issuer', () => token({ iss: 'https://elsewhere.example/auth/v1' })],
    ['for another role', () => token({ role: 'anon' })],
    ['without a role', () => token({ role: undefined })],
    ['nobody\'s', () => token({ sub: undefined })],
    ['of a user id that cannot be', () => token({ sub: 'a\u0001b' })],
    ['expired', () => token({ exp: nowSeconds() - 1 })],
    ['without an end', () => token({ exp: undefined })],
    ['with an end that is no time', () => token({ exp: 'tomorrow' })],
    ['not valid yet', () => token({ nbf: nowSeconds() + 600 })],
    ['no token at all', () => 'hello'],
  ])
    it(`are refused if they are ${what}`, () => isRefused(server, make()));

  it('that expire end the right to new turns; a new one gives it back, another user\'s does not', async () => {
    const chat = await Chat.open(server, bearer(token({ exp: nowSeconds() + 3 })));
    assert.equal((await chat.ask('Hello')).done.finish, 'stop');
    const error = await eventually('the token to expire', async () => {
      chat.send('Is anybody there?');
      const frame = await chat.one(({ type }) => type === 'error' || type === 'done');
      return frame.type === 'error' && frame;
    });
    assert.equal(error.code, 'token_expired');
    assert.equal(error.retryable, false);
    chat.send({ type: 'ping' });
    await chat.one('pong'); // it is still connected
    chat.send({ type: 'auth', token: token({ exp: nowSeconds() - 5 }) });
    assert.equal((await chat.one('error')).code, 'token_expired');
    chat.send({ type: 'auth', token: token() });
    assert.equal((await chat.ask('And now?')).done.finish, 'stop');
    chat.send({ type: 'auth', token: token({ sub: 'somebody-else' }) });
    assert.equal((await chat.closes()).code, 1008);
  });
});
