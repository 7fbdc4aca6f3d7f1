// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 6455 frame by frame, in the groups of the Autobahn testsuite, over a bare socket. A row is what a client sends and
// what the RFC wants of a server. Where Loquat does something else the row says what, and the README says so as well.
// After every row other clients are served as before.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { close, frame, key, op, piece, ping, Raw, RawWebSocket, say, text } from './lib/raw.mjs';

let fake, server, bystander;
before(async () => {
  fake = await startFakeOpenAi();
  server = await startLoquat({ env: { ...fake.settings, LOQUAT_PING_INTERVAL_MS: '3600000' } });
  bystander = await Chat.open(server);
});

const bytes = (...values) => Buffer.from(values);
const alive = text('{"type":"ping"}');

// What a row must lead to. Each gets a client whose greeting has been read.
async function goesOn(client) {
  client.write(alive);
  assert.ok(await client.until(({ json }) => json?.type === 'pong'), 'the connection is closed');
  client.write(close(1000));
  assert.equal(await client.closeCode(), 1000);
}
const says = (content) => Object.assign(async (client) => {
  const done = await client.until(({ json }) => json?.type === 'done');
  assert.equal(done?.json.text, `You said: ${content}`);
  await goesOn(client);
}, { title: `says ${content.length} characters` });
const pongs = (...payloads) => Object.assign(async (client) => {
  for (const payload of payloads) {
    const got = await client.until(({ opcode }) => opcode !== op.text);
    assert.deepEqual([got?.opcode, got?.payload.toString()], [op.pong, payload]);
  }
  await goesOn(client);
}, { title: `${payloads.length} pongs` });
const tells = (...types) => Object.assign(async (client) => {
  for (const type of types) {
    const got = await client.frame();
    assert.equal(got?.json?.code ?? got?.json?.type ?? `opcode ${got?.opcode} ${got?.payload}`, type);
  }
  await goesOn(client);
}, { title: types.join(', ') });
const closes = (...codes) => Object.assign(async (client) => {
  const code = await client.closeCode();
  assert.ok(codes.includes(code), `closed with ${code}, not ${codes}`);
}, { title: `closed with ${codes.join(' or ')}` });

// Not as the RFC wants it: the README names it by these words.
const leftOpen = (words, does) => Object.assign((client) => does(client), { title: `${does.title}, and the README says so`, words });

const greek = Buffer.from('κόσμε');
const groups = {
  'Sizes of frames': [
    ['0 bytes', [text('')], tells('empty_message')],
    ...[1, 125, 126, 127, 128, 65_535, 65_536, 262_144].map((n) => [`${n} bytes`, [text('x'.repeat(n))], says('x'.repeat(n))]),
    ['more than the limit', [text('x'.repeat(262_145))], closes(1009)],
    ['more than the limit, in pieces', [text('x'.repeat(200_000), { fin: false }), piece('x'.repeat(62_145))], closes(1009)],
    ['2 GiB announced', [text('x', { announced: 2n ** 31n })], closes(1009)],
    ['5 bytes with a length of 16 bits', [text('hello', { form: 16 })], closes(1002)],
    ['5 bytes with a length of 64 bits', [text('hello', { form: 64 })], closes(1002)],
    ['300 bytes with a length of 64 bits', [text('x'.repeat(300), { form: 64 })], closes(1002)],
    ['a length with the highest bit set', [text('x', { announced: 2n ** 63n })], closes(1002)],
    ['binary', [frame(op.binary, bytes(0, 255))], tells('binary_not_supported')],
    ['binary in pieces', [frame(op.binary, 'a', { fin: false }), piece('b')], tells('binary_not_supported')],
    ['a byte at a time', [...say('slowly')].map((each) => bytes(each)), says('slowly')],
    ['fifty messages in one go', [Buffer.concat(Array(50).fill(alive))], tells(...Array(50).fill('pong'))],
  ],
  Masks: [
    ['of zeros', [text('hello', { mask: Buffer.alloc(4) })], says('hello')],
    ['none, on a message', [text('hello', { mask: null })], closes(1002)],
    ['none, on a ping', [ping('', { mask: null })], closes(1002)],
    ['none, on a close', [frame(op.close, bytes(3, 232), { mask: null })], closes(1002)],
    ['none, on the second frame', [alive, text('hello', { mask: null })], closes(1002)],
    ['none, on a piece after a long frame', [text('x'.repeat(70_000), { fin: false }), piece('x', { mask: null })], closes(1002)],
  ],
  'Pings and pongs': [
    ['without a payload', [ping()], pongs('')],
    ['with one', [ping('hello')], pongs('hello')],
    ['with 125 bytes', [ping('x'.repeat(125))], pongs('x'.repeat(125))],
    ['with 125 bytes that are no text', [ping(Buffer.alloc(125, 0xfe))], pongs(Buffer.alloc(125, 0xfe).toString())],
    ['with 126 bytes', [ping('x'.repeat(126))], closes(1002)],
    ['with a long length', [ping('abc', { form: 16 })], closes(1002)],
    ['ten in a row', Array.from({ length: 10 }, (_, i) => ping(`${i}`)), pongs(...Array.from({ length: 10 }, (_, i) => `${i}`))],
    ['a pong nobody asked for', [frame(op.pong, 'x')], tells()],
    ['in pieces', [ping('a', { fin: false }), piece('b')], closes(1002)],
  ],
  'Reserved bits': [1, 2, 3, 4, 5, 6, 7].map((rsv) => [`${rsv}`, [text('x', { rsv })], closes(1002)])
    .concat([['4 on a ping', [ping('', { rsv: 4 })], closes(1002)], ['4 on a close', [frame(op.close, bytes(3, 232), { rsv: 4 })], closes(1002)]]),
  'Reserved opcodes': [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`${opcode}`, [frame(opcode, 'x')], closes(1002)]),
  Fragments: [
    ['two', [text('{"type":', { fin: false }), piece('"ping"}')], tells('pong')],
    ['empty ones among them', [text('', { fin: false }), piece('', { fin: false }), piece('{"type":"ping"}', { fin: false }), piece('')], tells('pong')],
    ['a byte each', [text('{', { fin: false }), ...[...'"type":"ping"'].map((each) => piece(each, { fin: false })), piece('}')], tells('pong')],
    ['a ping between two', [text('{"type":', { fin: false }), ping('between'), piece('"ping"}')], pongs('between')],
    ['pings and pongs between many', [text('a', { fin: false }), ping('1'), piece('b', { fin: false }), frame(op.pong), ping('2'), piece('c')], pongs('1', '2')],
    ['all empty', [text('', { fin: false }), piece('')], tells('empty_message')],
    ['a continuation of nothing', [piece('x')], closes(1002)],
    ['a continuation of nothing that goes on', [piece('x', { fin: false })], closes(1002)],
    ['a continuation after a whole message', [alive, piece('x')], closes(1002)],
    ['a new message inside one', [text('a', { fin: false }), text('b')], closes(1002)],
    ['a binary message inside one', [text('a', { fin: false }), frame(op.binary, 'b')], closes(1002)],
    ['a close between two', [text('a', { fin: false }), close(1000)], closes(1000)],
  ],
  'UTF-8': [
    ['of two, three and four bytes', [text('κόσμε 漢字 😀 \u{10ffff}')], says('κόσμε 漢字 😀 \u{10ffff}')],
    ['beside the surrogates, and one that is no character', [text('\ud7ff\ue000\ufffe')], says('\ud7ff\ue000\ufffe')],
    ['cut between two characters', [text('κ', { fin: false }), piece('όσμε')], says('κόσμε')],
    ['cut inside a character', [text(greek.subarray(0, 3), { fin: false }), piece(greek.subarray(3))],
      leftOpen('in the middle of a UTF-8 character', closes(1007))],
    ['that is none', [text(bytes(0xce, 0xba, 0xff))], closes(1007)],
    ['that is none in the last piece', [text('fine', { fin: false }), piece(bytes(0xfe))], closes(1007)],
    ['that is none in the first piece, without the rest', [text(bytes(0xff), { fin: false })], closes(1007)],
    ['cut off at the end', [text(bytes(0xf0, 0x9f, 0x98))], closes(1007)],
    ['half of a surrogate pair', [text(bytes(0xed, 0xa0, 0x80))], closes(1007)],
    ['a surrogate pair', [text(bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80))], closes(1007)],
    ['longer than it must be', [text(bytes(0xc0, 0xaf))], closes(1007)],
    ['beyond U+10FFFF', [text(bytes(0xf4, 0x90, 0x80, 0x80))], closes(1007)],
    ['five bytes', [text(bytes(0xf8, 0x88, 0x80, 0x80, 0x80))], closes(1007)],
    ['a lone continuation byte', [text(bytes(0x80))], closes(1007)],
  ],
  'Close frames': [
    ['without a code', [close()], closes(1000, 'empty')],
    ['of one byte', [frame(op.close, 'x')], closes(1002)],
    ['with the longest reason', [close(1000, 'r'.repeat(123))], closes(1000)],
    ['with a reason too long', [close(1000, 'r'.repeat(124))], closes(1002)],
    ['with a reason that is no UTF-8', [close(1000, bytes(0xce, 0xff))], closes(1007)],
    ['in pieces', [frame(op.close, bytes(3, 232), { fin: false })], closes(1002)],
    ['twice', [close(1000), close(1000)], closes(1000)],
    ['and a message after it', [close(1000), text('never to be answered')], closes(1000)],
    ['and a ping after it', [close(1000), ping('late')], closes(1000)],
    ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map((code) => [`with ${code}`, [close(code)], closes(code)]),
    ...[1012, 1013, 1014].map((code) => [`with ${code}`, [close(code)], leftOpen('1012, 1013 and 1014', closes(1002))]),
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => [`with ${code}`, [close(code)], closes(1002)]),
  ],
};

for (const [group, rows] of Object.entries(groups))
  describe(group, () => {
    for (const [what, frames, outcome] of rows)
      it(`${what}: ${outcome.title}`, async () => {
        const client = await RawWebSocket.open(server);
        assert.ok(await client.until(({ json }) => json?.type === 'session_started'));
        for (const each of frames) {
          client.write(each);
          if (frames.length > 3) await new Promise(setImmediate); // in packets of their own
        }
        await outcome(client);
        for (const { fin, rsv, masked } of client.frames) assert.deepEqual({ fin, rsv, masked }, { fin: true, rsv: 0, masked: false });
        client.drop();
        assert.equal((await bystander.ask('still there?')).done.finish, 'stop');
      });
  });

// Lines of a head that replace or, with undefined, take out those of a good one.
function head(changes = {}, { line = 'GET /ws/session/shake HTTP/1.1', more = [], eol = '\r\n' } = {}) {
  const lines = { Host: 'localhost', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13', ...changes };
  const kept = Object.entries(lines).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
  return [line, ...kept, ...more, '', ''].join(eol);
}

describe('Handshakes', () => {
  const good = (headers = {}) => ({ status: 101, headers });
  const bad = (status = 400, headers = {}) => ({ status, headers });
  const upgradeFirst = bad(426, { upgrade: 'websocket', 'sec-websocket-version': '13' });
  const rows = [
    ['as it should be', head(), good({ 'sec-websocket-accept': createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64') })],
    ['with Connection in two lines, its own first', head({}, { more: ['Connection: keep-alive'] }), good()],
    ['with Connection in two lines, another first', head({ Connection: undefined }, { more: ['Connection: keep-alive', 'Connection: Upgrade'] }), bad()],
    ['with a target of more than 8,000 bytes', head({}, { line: `GET /ws/session/long?x=${'q'.repeat(8_000)} HTTP/1.1` }), bad(431)],
    ['in other cases, and with more in Connection', head({ Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' }), good()],
    ['of HTTP/1.2, to be read as 1.1', head({}, { line: 'GET /ws/session/shake HTTP/1.2' }), good()],
    ['with an absolute address', head({}, { line: 'GET http://localhost/ws/session/shake HTTP/1.1' }), good()],
    ['with a subprotocol that nobody knows', head({ 'Sec-WebSocket-Protocol': 'klingon' }), good({ 'sec-websocket-protocol': undefined })],
    ['with one that is known, among others', head({ 'Sec-WebSocket-Protocol': 'klingon, loquat' }), good({ 'sec-websocket-protocol': 'loquat' })],
    ['with compression offered', head({ 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }), good({ 'sec-websocket-extensions': undefined })],
    ['with extensions that are none', head({ 'Sec-WebSocket-Extensions': ';=,;' }), good({ 'sec-websocket-extensions': undefined })],
    ['without a key', head({ 'Sec-WebSocket-Key': undefined }), bad()],
    ['with an empty key', head({ 'Sec-WebSocket-Key': '' }), bad()],
    ['with a short key', head({ 'Sec-WebSocket-Key': 'YWJj' }), bad()],
    ['with a long key', head({ 'Sec-WebSocket-Key': Buffer.alloc(17).toString('base64') }), bad()],
    ['with a key without padding', head({ 'Sec-WebSocket-Key': key.slice(0, -2) }), bad()],
    ['with a key that is no base64', head({ 'Sec-WebSocket-Key': key.replace('G', '*') }), bad()],
    ['with two keys', head({}, { more: [`Sec-WebSocket-Key: ${key}`] }), bad()],
    ['without a version', head({ 'Sec-WebSocket-Version': undefined }), bad(426, { 'sec-websocket-version': '13' })],
    ['of version 8', head({ 'Sec-WebSocket-Version': '8' }), bad(426, { 'sec-websocket-version': '13' })],
    ['of two versions', head({}, { more: ['Sec-WebSocket-Version: 8'] }), bad(426, { 'sec-websocket-version': '13' })],
    ['without Upgrade', head({ Upgrade: undefined }), upgradeFirst],
    ['without Connection', head({ Connection: undefined }), upgradeFirst],
    ['to something else', head({ Upgrade: 'h2c' }), upgradeFirst],
    ['to something else as well', head({ Upgrade: 'h2c, websocket' }), bad()],
    ['by POST', head({}, { line: 'POST /ws/session/shake HTTP/1.1' }), bad()],
    ['with a body', `${head({ 'Content-Length': '5' })}hello`, bad()],
    ['with a body in chunks', `${head({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`, bad()],
    ['with a frame right behind it', Buffer.concat([Buffer.from(head()), alive]), bad()],
    ['of HTTP/1.0', head({}, { line: 'GET /ws/session/shake HTTP/1.0' }), bad()],
    ['of HTTP/2.0', head({}, { line: 'GET /ws/session/shake HTTP/2.0' }), bad()],
    ['of HTTP/0.9', 'GET /ws/session/shake\r\n\r\n', bad()],
    ['of HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', bad()],
    ['without Host', head({ Host: undefined }), bad()],
    ['with an empty Host', head({ Host: '' }), bad()],
    ['with two Hosts', head({}, { more: ['Host: localhost'] }), bad()],
    ['with a line without a colon', head({}, { more: ['Garbage'] }), bad()],
    ['with a space before a colon', head({}, { more: ['X-A : b'] }), bad()],
    ['with a line that goes on in the next', head({}, { more: ['X-A: b', ' c'] }), bad()],
    ['with a name that is none', head({}, { more: ['X(A): b'] }), bad()],
    ['with a NUL', head({}, { more: ['X-A: \0'] }), bad()],
    ['with a bare CR', head({}, { more: ['X-A: b\rX-B: c'] }), bad()],
    ['with a bare LF', head({}, { more: ['X-A: b\nX-B: c'] }), bad()],
    ['with bare LFs only', head({}, { eol: '\n' }), bad()],
    ['with a space in the target', head({}, { line: 'GET /ws/session/sh ake HTTP/1.1' }), bad()],
    ['with an empty line first', `\r\n${head()}`, bad()],
    ['with a head beyond the limit', head({ 'X-A': 'x'.repeat(20_000) }), bad(431)],
    ['with a line beyond Qt\'s limit', head({ 'X-A': 'x'.repeat(9_000) }), bad(431)],
    ['with more lines than Qt reads', head({}, { more: Array.from({ length: 120 }, (_, i) => `X-${i}: y`) }), bad(431)],
  ];
  for (const [what, sent, wanted] of rows)
    it(`${what}: ${wanted.status}`, async () => {
      const raw = await Raw.open(server);
      raw.write(sent);
      const answer = await raw.answer();
      assert.equal(answer?.status, wanted.status, answer?.body);
      for (const [name, value] of Object.entries(wanted.headers)) assert.equal(answer.headers[name], value, name);
      if (wanted.status !== 101) {
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        const problem = JSON.parse(answer.body);
        assert.equal(problem.status, wanted.status);
        assert.match(problem.detail, /\w+ \w+.*\.$/);
        await raw.ended;
      }
      raw.drop();
      assert.equal((await bystander.ask('still there?')).done.finish, 'stop');
    });
});

it('The README names what is left open', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  const [, section] = /What Qt's own server leaves open(.*?)## /.exec(readme) ?? [];
  assert.ok(section, 'there is no such section');
  const words = new Set(Object.values(groups).flat().map(([, , { words: each }]) => each).filter(Boolean));
  for (const each of [...words, 'compression']) assert.ok(section.includes(each), `it says nothing of "${each}"`);
});

it('After all of that the server ends as it should', async () => {
  await bystander.leave();
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await fake.stop();
});
