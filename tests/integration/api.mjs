// SPDX-License-Identifier: GPL-3.0-or-later
// The operators' HTTP API, and that /openapi.json says what it does: every documented path and answer is provoked once
// and held against its schema. One test says so for all the others, at the end.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { Contract } from './lib/contract.mjs';
import { ask, bearer, command, Live } from './lib/operators.mjs';
import { eventually, startLoquat, within } from './lib/processes.mjs';
import { finalised } from './lib/rows.mjs';

const token = 'operators-öwn-token';
const encoded = { token: Buffer.from(token).toString('latin1') }; // as a header carries it

describe('The API', () => {
  let server, api, contract, chat, done;

  before(async () => {
    server = await startLoquat({ env: { LOQUAT_OPERATOR_TOKEN: token } });
    api = (await ask(server, '/openapi.json')).body;
    contract = new Contract(api);
    chat = await Chat.open(server, { user_id: 'Åsa K' });
    done = (await chat.ask('What is 10 + 2?')).done;
  });
  after(async () => { await chat.leave(); await server.stop(); });

  const get = async (path, target = path, options = encoded) => contract.documented('get', path, await ask(server, target, options));
  const post = async (body, id = chat.id, options = encoded) =>
    contract.documented('post', '/api/sessions/{session_id}/commands', await command(server, id, body, options));
  const events = '/api/sessions/{session_id}/events';
  const exporting = '/api/sessions/{session_id}/export';
  const one = '/api/sessions/{session_id}';

  it('is an OpenAPI 3.1 document of this version', async () => {
    assert.match(api.openapi, /^3\.1\.\d$/);
    assert.equal(api.info.version, (await ask(server, '/healthz')).body.version);
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, { operationId, responses, parameters = [] }] of Object.entries(methods)) {
        assert.ok(operationId && Object.keys(responses).length, `${method} ${path}`);
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const declared = parameters.map((part) => contract.resolve(part)).filter(({ in: where }) => where === 'path').map(({ name }) => name);
        assert.deepEqual(declared, named, `${method} ${path}`);
      }
  });

  it('lists sessions with what they do right now', async () => {
    const { body } = await get('/api/sessions', '/api/sessions?user_id=%C3%85sa+K&status=active');
    const [session] = body.sessions;
    assert.equal(body.sessions.length, 1);
    assert.equal(session.session_id, chat.id);
    assert.equal(session.live.mode, 'ai');
    assert.equal(session.live.connected, true);
    assert.equal(session.live.start_time, session.start_time);
    assert.deepEqual((await get('/api/sessions', '/api/sessions?user_id=nobody')).body.sessions, []);
  });

  it('pages through sessions without losing or repeating one', async () => {
    const others = await Promise.all(['a', 'b', 'c', 'd'].map((user) => Chat.open(server, { user_id: `page-${user}` })));
    await Promise.all(others.map((other) => other.ask('hello')));
    const ids = [];
    for (let cursor = ''; cursor !== null;) {
      const { body } = await get('/api/sessions', `/api/sessions?limit=2&cursor=${cursor}`);
      assert.ok(body.sessions.length <= 2);
      ids.push(...body.sessions.map(({ session_id: id }) => id));
      cursor = body.next_cursor;
    }
    assert.deepEqual([...ids].sort(), [chat.id, ...others.map(({ id }) => id)].sort());
    await Promise.all(others.map((other) => other.leave()));
  });

  it('finds what was said', async () => {
    const other = await Chat.open(server);
    await other.ask('Do you sell rhubarb marmalade?');
    const [found] = await eventually('the search', async () => {
      const { body } = await get('/api/sessions', '/api/sessions?q=marmalade%20rhubarb');
      return body.sessions.length > 0 && body.sessions;
    });
    assert.equal(found.session_id, other.id);
    const [match] = found.snippet.matches;
    assert.match(found.snippet.text.slice(match.start, match.start + match.length), /^(rhubarb|marmalade)$/);
    await other.leave();
  });

  it('shows one session, live and after its end', async () => {
    const other = await Chat.open(server, { user_id: 'one' });
    await other.ask('hello');
    assert.equal((await get(one, `/api/sessions/${other.id}`)).body.live.status, 'active');
    await other.leave();
    await finalised(server.dataDir, other.id);
    const { body } = await get(one, `/api/sessions/${other.id}`);
    assert.equal(body.status, 'completed');
    assert.equal(body.live, null);
    assert.ok(body.summary);
  });

  it('gives events in pages', async () => {
    const all = (await get(events, `/api/sessions/${chat.id}/events`)).body;
    assert.equal(all.more, false);
    assert.equal(all.events.find(({ event_type: type }) => type === 'ai_message').content, done.text);
    const paged = [];
    for (let more = true; more;) {
      const { body } = await get(events, `/api/sessions/${chat.id}/events?limit=1&after=${paged.at(-1)?.seq ?? 0}`);
      assert.equal(body.events.length, 1);
      paged.push(...body.events);
      more = body.more;
    }
    assert.deepEqual(paged, all.events);
  });

  it('exports a session in every format', async () => {
    const types = { json: 'application/json', jsonl: 'application/x-ndjson', markdown: 'text/markdown', csv: 'text/csv' };
    for (const [format, type] of Object.entries(types)) {
      const answer = await get(exporting, `/api/sessions/${chat.id}/export?format=${format}`);
      assert.equal(answer.type, type);
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      assert.match(text, /What is 10 \+ 2\?/, format);
    }
    assert.equal((await get(exporting, `/api/sessions/${chat.id}/export`)).type, 'application/json');
  });

  it('takes over, replies and releases', async () => {
    const other = await Chat.open(server);
    await other.ask('hello');
    assert.equal((await post({ command: 'take_over', by: 'Kim' }, other.id)).status, 200);
    assert.equal((await other.one('state')).mode, 'human');
    assert.equal((await post({ command: 'reply', text: 'I am Kim.', by: 'Kim' }, other.id)).status, 200);
    assert.equal((await other.one('operator_message')).content, 'I am Kim.');
    assert.equal((await post({ command: 'release' }, other.id)).status, 200);
    assert.equal((await other.one('state')).mode, 'ai');
    const { body } = await get(events, `/api/sessions/${other.id}/events`);
    assert.equal(body.events.find(({ event_type: type }) => type === 'operator_message').metadata.by, 'Kim');
    await other.leave();
    await finalised(server.dataDir, other.id);
    const late = await post({ command: 'pause' }, other.id);
    assert.equal(late.status, 409);
  });

  for (const [what, body, status, code] of [
    ['an unknown command, and names those there are', { command: 'dance' }, 400, 'unknown_command'],
    ['no command', { text: 'x' }, 400, 'bad_command'],
    ['a text that is none', { command: 'whisper', text: 7 }, 400, 'bad_command'],
    ['a whisper without a text', { command: 'whisper' }, 400, 'empty_text'],
    ['a decision about nothing', { command: 'approve' }, 400, 'bad_command'],
    ['a decision about a call that waits for none', { command: 'approve', call_id: 'x' }, 409, 'nothing_to_approve'],
    ['cancelling nothing', { command: 'cancel' }, 409, 'nothing_to_cancel'],
    ['half an object', '{"command":', 400, 'bad_json'],
    ['a list', '["pause"]', 400, 'bad_json'],
    ['a body beyond the limit', JSON.stringify({ command: 'note', text: 'x'.repeat(70_000) }), 413, 'body_too_large'],
  ])
    it(`refuses ${what}`, async () => {
      const answer = await post(body);
      assert.equal(answer.status, status);
      assert.equal(answer.body.code, code);
      if (code === 'unknown_command') assert.match(answer.body.remedy, /take_over.*note/);
    });

  it('wants to know the length of a body', async () => {
    const body = new ReadableStream({ start(stream) { stream.enqueue(new TextEncoder().encode('{"command":"pause"}')); stream.close(); } });
    const answer = await command(server, chat.id, '', { ...encoded, body, duplex: 'half' });
    assert.equal(contract.documented('post', '/api/sessions/{session_id}/commands', answer).status, 411);
  });

  for (const [path, target] of [
    ['/api/sessions', '/api/sessions?status=asleep'], ['/api/sessions', '/api/sessions?limit=201'],
    ['/api/sessions', '/api/sessions?limit=ten'], ['/api/sessions', '/api/sessions?cursor=made-up'],
    [one, '/api/sessions/a%20b'], [one, `/api/sessions/${'x'.repeat(129)}`],
    [events, '/api/sessions/x/events?after=-1'], [events, '/api/sessions/x/events?limit=0'],
    [exporting, '/api/sessions/x/export?format=pdf'],
  ])
    it(`does not understand ${target.slice(0, 50)}`, async () => assert.equal((await get(path, target)).status, 400));

  it('does not know a session that is not there', async () => {
    for (const [path, rest] of [[one, ''], [events, '/events'], [exporting, '/export']])
      assert.equal((await get(path, `/api/sessions/not-there${rest}`)).status, 404);
    assert.equal((await post({ command: 'pause' }, 'not-there')).status, 404);
  });

  it('lets nobody in without the token, nor with it in the URL', async () => {
    const bodies = { '/api/sessions/{session_id}/commands': { method: 'POST', body: '{"command":"pause"}' } };
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, { security }] of Object.entries(methods)) {
        if (!security) continue;
        const target = path.replace('{session_id}', chat.id);
        for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic eDp5' }, bearer(`${encoded.token}x`)]) {
          const answer = contract.documented(method, path, await ask(server, target, { ...bodies[path], headers }));
          assert.equal(answer.status, 401, `${path} ${JSON.stringify(headers)}`);
          assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
        }
        const sneaky = await ask(server, `${target}?token=${encodeURIComponent(token)}&access_token=${encodeURIComponent(token)}`, bodies[path]);
        assert.equal(sneaky.status, 401, path);
      }
  });

  it('streams what happens', async () => {
    const live = await Live.open(server, encoded);
    await chat.ask('hello');
    const ai = await live.until(({ data }) => data.event_type === 'ai_message');
    contract.validate({ $ref: '#/components/schemas/LiveEvent' }, ai.data, 'an event of /api/live');
    contract.validate({ $ref: '#/components/schemas/Token' }, (await live.until(({ event }) => event === 'token')).data, 'a token');
    contract.documented('get', '/api/live', { status: live.answer.status, type: live.answer.headers.get('content-type'), body: '' });
    await live.close();
    await get('/api/live', '/api/live', { ...encoded, headers: { 'last-event-id': 'soon' } });
  });

  it('describes itself to people, from itself alone', async () => {
    const page = await get('/docs', '/docs', {});
    const urls = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    assert.ok(urls.length >= 3);
    for (const url of urls) {
      assert.equal(new URL(url, server.url).origin, server.url);
      assert.equal((await ask(server, url)).status, 200, url);
    }
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/demo', '/']) await get(path, path, {});
    await get('/metrics', '/metrics');
    await get('/', '/', { headers: { accept: 'text/html' } });
  });

  it('answers a client that writes slowly', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => { answer += text; });
    const body = '{"command":"note","text":"slowly"}';
    socket.write(`POST /api/sessions/${chat.id}/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer `);
    socket.write(Buffer.from(token));
    socket.write(`\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (const character of body) {
      socket.write(character);
      await new Promise(setImmediate);
    }
    await within(new Promise((done) => socket.on('end', done)), () => `no answer: ${answer}`);
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  it('lists no nodes where there is one', async () => {
    assert.deepEqual((await get('/api/nodes')).body, { nodes: [], trouble: '' });
  });

  // Every path that only operators may use, as {method, path, target, options}.
  const guarded = () => Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).filter(([, { security }]) => security)
    .map(([method]) => ({ method, path, target: path.replace('{session_id}', chat.id), options: method === 'post' ? { method: 'POST', body: '{"command":"pause"}' } : {} })));

  it('refuses whoever may come from elsewhere where no token is set', async () => {
    const open = await startLoquat({ args: ['--host', '0.0.0.0', '--allow-anonymous'] });
    open.url = open.url.replace('0.0.0.0', '127.0.0.1');
    for (const { method, path, target, options } of guarded()) {
      const answer = contract.documented(method, path, await ask(open, target, options));
      assert.equal(answer.status, 403, path);
      assert.match(answer.body.remedy, /LOQUAT_OPERATOR_TOKEN/);
    }
    await open.stop();
  });

  it('exports no more than it may at once', async () => {
    const small = await startLoquat({ env: { LOQUAT_MAX_EXPORT_EVENTS: '2' } });
    const long = await Chat.open(small);
    await long.ask('hello');
    const answer = contract.documented('get', exporting, await ask(small, `/api/sessions/${long.id}/export`));
    assert.equal(answer.status, 413);
    assert.equal(answer.body.code, 'export_too_large');
    assert.match((await ask(small, '/metrics')).body, /loquat_refused_total\{reason="page_too_large"\} 1\n/);
    await long.leave();
    await small.stop();
  });

  it('says so when too much is asked at once, and answers again when it is less', async () => {
    const { hostname, port } = new URL(server.url);
    // Each announces a body and does not send it.
    const head = `POST /api/sessions/${chat.id}/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const waiting = await Promise.all(Array.from({ length: 200 }, () => new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(head, () => resolve(socket)));
      socket.on('error', reject);
    })));
    const readers = await Promise.all(Array.from({ length: 64 }, () => Live.open(server, encoded)));
    const busy = guarded().filter(({ path }) => path !== '/metrics');
    for (const { method, path, target, options } of busy) {
      const answer = await eventually(`503 of ${path}`, async () => {
        const got = await ask(server, target, { ...encoded, ...options });
        return got.status === 503 && got;
      });
      contract.documented(method, path, answer);
      assert.equal(answer.body.code, 'overloaded');
      assert.match(answer.headers.get('retry-after'), /^\d+$/);
    }
    assert.equal((await chat.ask('hello')).done.finish, 'stop');
    for (const socket of waiting) socket.destroy();
    await Promise.all(readers.map((live) => live.close()));
    await eventually('room', async () => (await ask(server, '/api/sessions', encoded)).status === 200);
  });

  it('was seen to do all that it documents', () => {
    // A journal that cannot be written is for tests/fault.
    assert.deepEqual(contract.unseen().filter((each) => !/^get \/readyz 503/.test(each)), []);
  });
});
