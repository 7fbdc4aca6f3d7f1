// SPDX-License-Identifier: GPL-3.0-or-later
// wss and https by a certificate of one's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { Chat, refusal, writesOn } from './lib/chat.mjs';
import { eventually, runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificates are compared below

function makeCertificate(folder, name, kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']) {
  const cert = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  execFileSync('openssl', ['req', '-x509', ...kind, '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`], { stdio: 'ignore' });
  return { cert, key };
}

const settings = ({ cert, key }) => ({ LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key });

function get(server, path) {
  const answer = new Promise((resolve, reject) => {
    request(new URL(path, server.url), { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => { body += text; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    }).on('error', reject).end();
  });
  return within(answer, () => `no answer for ${path}`);
}

function shown(server) {
  const { hostname, port } = new URL(server.url);
  const seen = new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port, rejectUnauthorized: false }, () => {
      resolve({ name: socket.getPeerCertificate().subject.CN, protocol: socket.getProtocol() });
      socket.destroy();
    }).on('error', reject);
  });
  return within(seen, () => 'no handshake');
}

for (const [what, kind] of [['an EC key', undefined], ['an RSA key', ['-newkey', 'rsa:2048']]])
  describe(`With ${what}`, () => {
    let server;
    let fake;
    before(async () => {
      fake = await startFakeOpenAi();
      server = await startLoquat({ env: { ...fake.settings, ...settings(makeCertificate(temporaryFolder(), 'one', kind)), LOQUAT_HANDSHAKE_TIMEOUT_MS: '1500' } });
    });
    after(async () => { await server.stop(); await fake.stop(); });

    it('says https and serves it', async () => {
      assert.match(server.url, /^https:/);
      const { status, headers, body } = await get(server, '/healthz');
      assert.equal(status, 200);
      assert.equal(JSON.parse(body).status, 'ok');
      assert.match(headers['content-security-policy'], /default-src 'none'/);
      assert.equal((await get(server, '/demo')).status, 200);
      assert.match((await shown(server)).protocol, /TLSv1\.[23]/);
    });

    it('holds conversations, several at once, on every thread', async () => {
      const chats = await Promise.all(Array.from({ length: 12 }, () => Chat.open(server)));
      const turns = await Promise.all(chats.map((chat, i) => chat.ask(`I am number ${i}.`)));
      turns.forEach(({ done }, i) => assert.equal(done.text, `You said: I am number ${i}.`));
      await Promise.all(chats.map((chat) => chat.leave()));
    });

    it('carries messages of many packets', async () => {
      const chat = await Chat.open(server);
      const long = 'lo quat '.repeat(20_000);
      assert.equal((await chat.ask(long)).done.text, `You said: ${long}`);
      await chat.leave();
    });

    it('refuses before the upgrade', async () => {
      const { status, type } = await refusal(server, '/ws/session/a%20b');
      assert.equal(status, 400);
      assert.match(type, /^application\/problem\+json/);
    });

    it('does not call it a refusal when somebody only looks whether it is there', async () => {
      const { hostname, port } = new URL(server.url);
      const refused = async () => /refused_total\{reason="tls"\} \d+/.exec((await get(server, '/metrics')).body)[0];
      const before = await refused();
      for (let i = 0; i < 3; ++i) {
        const socket = connect({ host: hostname, port, rejectUnauthorized: false });
        await new Promise((resolve) => socket.on('secureConnect', resolve));
        socket.end();
        await new Promise((resolve) => socket.on('close', resolve));
      }
      assert.equal(await refused(), before);
    });

    it('takes a head that comes in pieces', async () => {
      const { hostname, port } = new URL(server.url);
      const socket = connect({ host: hostname, port, rejectUnauthorized: false });
      let text = '';
      const over = new Promise((resolve) => socket.on('data', (data) => { text += data; }).on('close', resolve));
      await new Promise((resolve) => socket.on('secureConnect', resolve));
      for (const piece of ['GET /heal', 'thz HTTP/1.1\r\nHo', 'st: localhost\r\n', '\r\n']) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 20)); // to go as a packet of its own
      }
      await within(over, () => `it stays open: ${text}`);
      assert.match(text, /200 OK[^]*"status":"ok"/);
    });

    it('ends who does not finish the handshake, or the head, and who speaks plain HTTP', async () => {
      const { hostname, port } = new URL(server.url);
      const ends = (what, socket) => within(new Promise((resolve) => socket.resume().on('error', () => {}).on('close', resolve)), () => `${what} stays open`);
      const plain = connectPlain(port, hostname);
      plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const headless = connect({ host: hostname, port, rejectUnauthorized: false });
      headless.on('secureConnect', () => headless.write('GET /healthz HTTP/1.1\r\n'));
      await Promise.all([ends('the silent one', connectPlain(port, hostname)), ends('the plain one', plain), ends('the one without a head', headless)]);
      assert.equal((await get(server, '/healthz')).status, 200);
    });

    it('refuses a head that is too large', async () => {
      const { hostname, port } = new URL(server.url);
      const socket = connect({ host: hostname, port, rejectUnauthorized: false });
      let answer = '';
      socket.setEncoding('latin1').on('data', (text) => { answer += text; }).on('error', () => {});
      socket.on('secureConnect', () => socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}`));
      await within(new Promise((resolve) => socket.on('close', resolve)), () => `it stays open; it said: ${answer}`);
      assert.match(answer, /^HTTP\/1\.1 431 /);
    });

    it('wrote no complaint of Qt', () => assert.doesNotMatch(server.stderr, /QSocketNotifier|QObject|QSslSocket/));
  });

describe('Over TLS as without', () => {
  it('long messages and many pings are taken whole, however they are cut', async () => {
    const plain = await startLoquat();
    const secure = await startLoquat({ env: settings(makeCertificate(temporaryFolder(), 'one')) });
    for (const server of [plain, secure]) {
      const chat = await Chat.open(server);
      let pongs = 0;
      chat.socket.on('pong', () => { pongs += 1; });
      for (let i = 0; i < 5_000; i += 1) chat.socket.ping('x'.repeat(125));
      await eventually('a pong for each ping', () => pongs === 5_000);
      for (const length of [16_000, 70_000, 250_000]) {
        chat.socket.ping('between');
        assert.ok((await chat.ask('long '.repeat(length / 5))).text, `${length} characters`);
      }
      await chat.leave();
    }
    await Promise.all([plain.stop(), secure.stop()]);
  });

  it('a reader that does not read is closed with 1013', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, ...settings(makeCertificate(temporaryFolder(), 'one')), LOQUAT_MAX_UNSENT_BYTES: '200000' } });
    const tokens = Array.from({ length: 60_000 }, (_, i) => `${i} ${'words '.repeat(16)}`);
    await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ tokens, match: 'at length' }) });
    const lazy = await Chat.open(server);
    await lazy.one('session_started');
    lazy.socket.pause();
    lazy.send('Tell me at length');
    await eventually('the reply to be on disk', async () =>
      (await journalEvents(server.dataDir, lazy.id)).some(({ event_type }) => event_type === 'ai_message'));
    await writesOn(lazy);
    lazy.socket.resume();
    assert.equal((await lazy.closes()).code, 1013);
    await server.stop();
    await fake.stop();
  });

  it('who may not come in reads why', async () => {
    const server = await startLoquat({ env: { ...settings(makeCertificate(temporaryFolder(), 'one')), LOQUAT_AUTH: 'token', LOQUAT_CLIENT_TOKENS: 'ana:a-token' } });
    const chat = await Chat.open(server);
    chat.send({ type: 'auth', token: 'another-token' });
    assert.equal((await chat.closes()).code, 1008);
    const { status, body } = await refusal(server, '/ws/session/s', { headers: { authorization: 'Bearer another-token' } });
    assert.equal(status, 401, body);
    const ana = await Chat.open(server, { protocols: ['loquat', 'bearer.a-token'] });
    assert.equal((await ana.ask('Hello')).done.finish, 'stop');
    await ana.leave();
    await server.stop();
  });
});

describe('SIGHUP', () => {
  it('takes the certificate from its file again, and leaves conversations alone', async () => {
    const folder = temporaryFolder();
    const files = makeCertificate(folder, 'served');
    const server = await startLoquat({ env: settings(files) });
    const chat = await Chat.open(server);
    assert.equal((await shown(server)).name, 'served');

    writeFileSync(files.key, 'no key any more');
    server.child.kill('SIGHUP');
    await eventually('a word in the log', () => /LOQUAT_TLS_KEY/.test(server.stderr));
    assert.equal((await shown(server)).name, 'served');

    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', files.key, '-out', files.cert, '-days', '2', '-subj', '/CN=renewed'], { stdio: 'ignore' });
    server.child.kill('SIGHUP');
    await eventually('the new certificate', async () => (await shown(server)).name === 'renewed');
    assert.equal((await chat.ask('Hello')).done.finish, 'stop');
    await chat.leave();
    await server.stop();
  });

  it('does not end a server without a certificate', async () => {
    const server = await startLoquat();
    server.child.kill('SIGHUP');
    const chat = await Chat.open(server);
    assert.equal((await chat.ask('Hello')).done.finish, 'stop');
    await chat.leave();
    assert.equal((await server.stop()).code, 0);
  });
});

describe('A certificate that cannot be used', () => {
  const folder = temporaryFolder();
  const one = makeCertificate(folder, 'one');
  const other = makeCertificate(folder, 'other');
  const rubbish = join(folder, 'rubbish');
  writeFileSync(rubbish, 'rubbish');
  const locked = join(folder, 'locked.key');
  execFileSync('openssl', ['ec', '-in', one.key, '-aes128', '-passout', 'pass:secret', '-out', locked], { stdio: 'ignore' });
  for (const [what, name, env] of [
    ['is not there', 'LOQUAT_TLS_CERT', { cert: join(folder, 'nothing'), key: one.key }],
    ['is rubbish', 'LOQUAT_TLS_CERT', { cert: rubbish, key: one.key }],
    ['has a key that is rubbish', 'LOQUAT_TLS_KEY', { cert: one.cert, key: rubbish }],
    ['has a key with a password', 'LOQUAT_TLS_KEY', { cert: one.cert, key: locked }],
    ['has the key of another', 'LOQUAT_TLS_KEY', { cert: one.cert, key: other.key }],
    ['is too short for clients', 'LOQUAT_TLS_KEY', makeCertificate(folder, 'short', ['-newkey', 'rsa:1024'])],
    ['is on a curve that TLS has not', 'LOQUAT_TLS_KEY', makeCertificate(folder, 'odd', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'])],
  ])
    it(`because it ${what}, ends with status 2 and one line`, async () => {
      const program = runLoquat(['--server', '--port', '0', '--data-dir', temporaryFolder()], settings(env));
      const { code } = await within(program.ended, () => 'it runs all the same');
      assert.equal(code, 2, program.stderr);
      const lines = program.stderr.trim().split('\n');
      assert.equal(lines.length, 1, program.stderr);
      assert.ok(lines[0].includes(name), lines[0]);
      assert.equal(program.stdout, '');
    });
});
