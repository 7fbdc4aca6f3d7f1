// SPDX-License-Identifier: GPL-3.0-or-later
// JSON Web Tokens as Supabase signs them, and the issuer that publishes the keys.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export const nowSeconds = () => Math.floor(Date.now() / 1000);

// What a signed-in user's token says; `undefined` takes a claim out.
export const claims = (issuer, changes = {}) => ({
  iss: issuer, aud: 'authenticated', role: 'authenticated', sub: 'user-7', iat: nowSeconds(), exp: nowSeconds() + 3600, ...changes,
});

export function hs256(secret, payload, header = {}) {
  const text = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export const unsigned = (payload) => `${part({ alg: 'none', typ: 'JWT' })}.${part(payload)}.`;

// A key pair: {jwk, sign(payload)}.
export function keyPair(alg, kid) {
  const { publicKey, privateKey } = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    kid,
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    sign(payload, header = {}) {
      const text = `${part({ alg, typ: 'JWT', kid, ...header })}.${part(payload)}`;
      return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    },
  };
}

// Publishes `keys` where Supabase does, and counts how often it is asked.
export async function startIssuer(keys) {
  const issuer = { keys, asked: 0 };
  const server = createServer(async (request, response) => {
    if (request.url !== '/auth/v1/.well-known/jwks.json') return response.writeHead(404).end();
    issuer.asked += 1;
    await issuer.hold; // set by a test
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  issuer.url = `http://127.0.0.1:${server.address().port}`;
  issuer.name = `${issuer.url}/auth/v1`;
  issuer.close = () => { server.close(); server.closeAllConnections(); };
  return issuer;
}
