// SPDX-License-Identifier: GPL-3.0-or-later
// JWTs that are checked by the issuer's published keys, also when these change.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startLoquat } from './lib/processes.mjs';
import { bearer, isRefused } from './lib/refused.mjs';
import { journalEvents } from './lib/rows.mjs';
import { claims, hs256, keyPair, nowSeconds, startIssuer, unsigned } from './lib/tokens.mjs';

describe('JWTs signed with a key', () => {
  let server;
  let issuer;
  const keys = { ec: keyPair('ES256', 'ec-1'), rsa: keyPair('RS256', 'rsa-1'), later: keyPair('ES256', 'ec-2') };
  before(async () => {
    issuer = await startIssuer([keys.ec, keys.rsa]);
    server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url } });
  });
  after(async () => { await server.stop(); issuer.close(); });
  const letsIn = async (token) => {
    const chat = await Chat.open(server, bearer(token));
    assert.equal((await chat.one('session_started')).user_id, 'user-7');
    await chat.leave();
  };

  it('let in, by ES256 and by RS256, and the keys are fetched once', async () => {
    for (const key of [keys.ec, keys.rsa, keys.ec, keys.rsa]) await letsIn(key.sign(claims(issuer.name)));
    assert.equal(issuer.asked, 1);
  });

  it('are refused if the public key was used as a secret, or another key under the same name', async () => {
    await isRefused(server, hs256(keys.rsa.pem, claims(issuer.name), { kid: 'rsa-1' }));
    await isRefused(server, keyPair('ES256', 'ec-1').sign(claims(issuer.name)));
    await isRefused(server, keys.ec.sign(claims(issuer.name), { alg: 'RS256', kid: 'rsa-1' }));
    await isRefused(server, keys.ec.sign(claims('https://elsewhere.example')));
    await isRefused(server, unsigned(claims(issuer.name)));
  });

  it('of unknown keys do not make it ask the issuer again and again', async () => {
    const before_ = issuer.asked;
    for (let i = 0; i < 20; i += 1) await isRefused(server, keys.later.sign(claims(issuer.name), { kid: `unknown-${i}` }));
    assert.ok(issuer.asked - before_ <= 1, `${issuer.asked - before_} times`);
  });
});

describe('Keys that change', () => {
  it('are fetched when a token names a new one', async () => {
    const first = keyPair('ES256', 'first');
    const second = keyPair('ES256', 'second');
    const issuer = await startIssuer([first]);
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url, LOQUAT_JWKS_PAUSE_MS: '1' } });
    const open = async (key) => {
      const chat = await Chat.open(server, bearer(key.sign(claims(issuer.name))));
      await chat.one('session_started');
      await chat.leave();
    };
    await open(first);
    issuer.keys = [second];
    await open(second);
    await isRefused(server, first.sign(claims(issuer.name)));
    await server.stop();
    issuer.close();
  });

  it('hold what is said behind a new token until it is checked', async () => {
    const key = keyPair('ES256', 'first');
    const later = keyPair('ES256', 'second');
    const issuer = await startIssuer([key]);
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url, LOQUAT_JWKS_PAUSE_MS: '1' } });
    const chat = await Chat.open(server, bearer(key.sign(claims(issuer.name, { exp: nowSeconds() + 2 }))));
    await eventually('the token to expire', async () => {
      chat.send('Is anybody there?');
      return (await chat.one(({ type }) => type === 'error' || type === 'done')).code === 'token_expired';
    });
    issuer.keys = [key, later];
    chat.send({ type: 'auth', token: later.sign(claims(issuer.name)) }); // for which the issuer is asked
    assert.equal((await chat.ask('At once')).done.finish, 'stop');
    await chat.leave();
    await server.stop();
    issuer.close();
  });

  it('lose nothing that is said behind a new token by who leaves before it is checked', async () => {
    const key = keyPair('ES256', 'first');
    const issuer = await startIssuer([key]);
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url, LOQUAT_JWKS_PAUSE_MS: '1' } });
    const chat = await Chat.open(server, bearer(key.sign(claims(issuer.name))));
    await chat.one('session_started');
    issuer.hold = new Promise(() => {});
    chat.send({ type: 'auth', token: keyPair('ES256', 'second').sign(claims(issuer.name)) });
    chat.send('Goodbye');
    await eventually('the issuer to be asked', () => issuer.asked === 2);
    await chat.leave();
    await eventually('the message to be kept', async () =>
      (await journalEvents(server.dataDir, chat.id)).some(({ content }) => content === 'Goodbye'));
    await server.stop();
    issuer.close();
  });

  it('send nobody away while their issuer is', async () => {
    const key = keyPair('ES256', 'first');
    const issuer = await startIssuer([key]);
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url, LOQUAT_JWKS_PAUSE_MS: '1' } });
    const chat = await Chat.open(server, bearer(key.sign(claims(issuer.name))));
    await chat.one('session_started');
    issuer.close();
    const problem = await isRefused(server, keyPair('ES256', 'second').sign(claims(issuer.name)), 503);
    assert.equal(problem.code, 'keys_unavailable');
    await chat.leave();
    await server.stop();
  });

  it('that are late keep nobody waiting for longer than a handshake may take', async () => {
    const key = keyPair('ES256', 'first');
    const issuer = await startIssuer([key]);
    issuer.hold = new Promise(() => {});
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: issuer.url, LOQUAT_HANDSHAKE_TIMEOUT_MS: '700' } });
    const problem = await isRefused(server, key.sign(claims(issuer.name)), 503);
    assert.equal(problem.code, 'keys_unavailable');
    assert.match(await (await fetch(`${server.url}/metrics`)).text(), /loquat_refused_total\{reason="slow_handshake"\} 1\n/);
    await server.stop();
    issuer.close();
  });

  it('that cannot be fetched make it say so, not let in', async () => {
    const server = await startLoquat({ env: { LOQUAT_AUTH: 'jwt', SUPABASE_URL: 'http://127.0.0.1:1' } });
    const problem = await isRefused(server, keyPair('ES256', 'k').sign(claims('http://127.0.0.1:1/auth/v1')), 503);
    assert.equal(problem.code, 'keys_unavailable');
    await server.stop();
  });
});
