// SPDX-License-Identifier: GPL-3.0-or-later
// The replica over Supabase's REST API: the same rows as over the database's own address, whatever the API does. What
// answers is tests/fakes/fake_postgrest.mjs before a real PostgreSQL.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { FakePostgrest, tokenKey } from '../fakes/fake_postgrest.mjs';
import { Chat } from './lib/chat.mjs';
import { eventually, runLoquat, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { emptyDatabase, finalised, journalEvents, postgres, postgresEvents, postgresSession, sameInBoth, sqlite } from './lib/rows.mjs';

const files = new URL('../../sql/postgres/', import.meta.url);
const secret = 'sb_secret_never-to-be-seen';
const keys = { [secret]: 'service_role', [tokenKey('service_role')]: 'service_role', [tokenKey('anon')]: 'anon', 'sb_publishable_x': 'anon' };

const opened = [];
afterEach(async () => {
  for (const fake of opened.splice(0)) await fake.stop();
});

// The files of sql/postgres, as somebody runs them in the SQL editor.
async function runFiles(database, schema = 'public') {
  const names = readdirSync(files).filter((name) => name.endsWith('.sql')).sort();
  const args = names.flatMap((name) => ['-f', new URL(name, files).pathname]);
  await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', `set search_path = ${schema}`, ...args, database]);
  return names;
}

const command = (database, sql) => promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, database]);

async function supabase({ tables = true, schemas = ['public'], ...how } = {}) {
  const database = await emptyDatabase();
  for (const schema of schemas) await command(database, `create schema if not exists ${schema}`);
  const fake = await FakePostgrest.start(database, { keys, schemas, ...how });
  opened.push(fake);
  fake.database = database;
  if (tables) await runFiles(database, schemas[0]);
  return fake;
}

const loquatOn = (fake, env = {}) => startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_SERVICE_ROLE_KEY: secret, ...env } });

async function replica(server) {
  return (await (await fetch(`${server.url}/readyz`)).json()).dependencies.replica;
}

// Waits until the program says this about its replica.
function says(server, pattern, state) {
  return eventually(`the replica to say ${pattern}`, async () => {
    const now = await replica(server);
    assert.match(now.detail ?? '', pattern);
    assert.equal(now.state, state);
    return now;
  });
}

const inSync = (server) => eventually('the replica to be in sync', async () => {
  const now = await replica(server);
  assert.deepEqual(now, { name: 'Supabase', queued: 0, lag_seconds: 0, state: 'in_sync' });
  return now;
});

async function wholeConversation(server, ...extra) {
  const chat = await Chat.open(server, { user_id: "o'user" });
  await chat.ask("It's a \\ test: Ünïcödé 👩‍👩‍👧, 'quotes', \"more\", $1 ? :name");
  for (const text of extra) await chat.ask(text);
  await chat.ask('How much to ship 5kg to the US?');
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  return chat.id;
}

// Ends the program; nothing it wrote holds the key, and nothing was set aside unless that was meant.
async function ends(server, rejected = 0) {
  const { code } = await server.stop();
  assert.equal(code, 0, server.stderr);
  for (const key of Object.keys(keys)) assert.ok(!(server.stdout + server.stderr).includes(key), 'a key is in the log');
  assert.equal((await sqlite(server.dataDir, 'select * from replica_rejects')).length, rejected);
}

const eventsPosted = ({ method, path }) => method === 'POST' && path.endsWith('/session_events');
const posted = ({ method }) => method === 'POST';

describe('The replica over REST', () => {
  for (const [kind, key] of [['a secret key', secret], ['the older token', tokenKey('service_role')]])
    it(`holds what the journal holds, by ${kind}`, async () => {
      const fake = await supabase();
      const server = await loquatOn(fake, { SUPABASE_SERVICE_ROLE_KEY: key });
      await sameInBoth(server, fake.database, await wholeConversation(server));
      await inSync(server);
      assert.ok(fake.seen.every(({ headers }) => /^Loquat\//.test(headers['user-agent'])));
      assert.ok(fake.seen.every(({ headers }) => (headers.authorization !== undefined) === (key !== secret)));
      assert.equal(fake.seen.filter(({ status }) => status >= 400).length, 0);
      await ends(server);
    });

  it('goes on where the same journal left off over the database itself', async () => {
    const fake = await supabase({ tables: false });
    const first = await startLoquat({ env: { SUPABASE_DB_URL: fake.database } });
    const id = await wholeConversation(first);
    await sameInBoth(first, fake.database, id);
    await first.stop();
    const second = await startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_KEY: secret }, dataDir: first.dataDir });
    await sameInBoth(second, fake.database, await wholeConversation(second));
    await sameInBoth(second, fake.database, id);
    await ends(second);
  });

  it('loses nothing of a journal that began anew with a session that is there', async () => {
    const fake = await supabase();
    const session_id = 'began-anew';
    const told = async (dataDir, ...texts) => {
      const server = await startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_KEY: secret }, dataDir });
      const chat = await Chat.open(server, { id: session_id });
      for (const text of texts) await chat.ask(text);
      await chat.leave();
      await finalised(server.dataDir, chat.id);
      await inSync(server);
      await ends(server);
      return server.dataDir;
    };
    const said = async () => (await postgres(fake.database, "select content, seq, metadata->'late_seq' as late from session_events where event_type = 'user_message' order by id"));
    const contents = async () => (await said()).map(({ content }) => content).join();
    await told(temporaryFolder(), 'first', 'second');
    // More than an answer may hold, were it asked for.
    await command(fake.database, "update session_events set content = repeat('x ', 350000) where event_type = 'ai_message'");
    // Shipped twice, as after an answer that was lost: still once there.
    fake.fail(async ({ work, cut }) => { await work(); cut(); }, { when: eventsPosted, times: 2 });
    const anew = await told(temporaryFolder(), 'third');
    assert.equal(await contents(), 'first,second,third');
    await told(anew, 'fourth');
    assert.equal(await contents(), 'first,second,third,fourth');
    const rows = await postgres(fake.database, 'select seq from session_events order by seq');
    assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, at) => at + 1));
    const of = ({ ts, event_type, content }) => `${ts} ${event_type} ${content}`;
    const there = (await postgresEvents(fake.database, session_id)).map(of);
    for (const event of await journalEvents(anew, session_id)) assert.equal(there.filter((text) => text === of(event)).length, 1, of(event));
  });

  it('sends the journal again to a database that was made anew', async () => {
    const fake = await supabase();
    const first = await loquatOn(fake);
    const id = await wholeConversation(first);
    await sameInBoth(first, fake.database, id);
    await ends(first);
    await command(fake.database, 'truncate sessions cascade');
    const second = await startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_KEY: secret }, dataDir: first.dataDir });
    await sameInBoth(second, fake.database, id);
    await ends(second);
  });

  it('uses the schema that SUPABASE_SCHEMA names', async () => {
    const fake = await supabase({ schemas: ['chat'] });
    const server = await loquatOn(fake, { SUPABASE_SCHEMA: 'chat' });
    const id = await wholeConversation(server);
    await inSync(server);
    const [{ n }] = await postgres(fake.database, `select count(*) as n from chat.sessions where session_id = '${id}' and status = 'completed'`);
    assert.equal(n, 1);
    await ends(server);
  });
});

describe('loquat doctor', () => {
  it('asks with the key, and says that it works, or what to do', async () => {
    const fake = await supabase();
    const empty = await supabase({ tables: false });
    for (const [place, key, expected, remedy] of [[fake, secret, [0, 'ok'], /^$/], [fake, tokenKey('anon'), [1, 'bad'], /secret key/],
      [fake, 'sb_secret_of-another-project', [1, 'bad'], /key/], [empty, secret, [1, 'bad'], /sql\/postgres\/0001/]]) {
      const program = runLoquat(['doctor', '--json', '--data-dir', temporaryFolder(), '--port', '0'], { SUPABASE_URL: place.url, SUPABASE_KEY: key });
      const { code } = await program.ended;
      assert.ok(!(program.stdout + program.stderr).includes(key));
      const found = JSON.parse(program.stdout).checks.find(({ name }) => name === 'Supabase REST');
      assert.deepEqual([code, found.state], expected, found.what);
      assert.match(found.remedy, remedy);
    }
  });
});

describe('When the API fails, rows arrive once', () => {
  it('after it answered 503', async () => {
    const fake = await supabase();
    fake.fail(({ send }) => send(503, { code: 'PGRST002', message: 'Could not query the database for the schema cache. Retrying.' }), { when: posted, times: 3 });
    const server = await loquatOn(fake);
    await sameInBoth(server, fake.database, await wholeConversation(server));
    await inSync(server);
    await ends(server);
  });

  it('after the line broke with the rows written and the answer not yet', async () => {
    const fake = await supabase();
    const cuts = { sessions: 0, session_events: 0 };
    for (const table of Object.keys(cuts))
      fake.fail(async ({ work, cut }) => {
        assert.equal((await work()).status, 201);
        cuts[table] += 1;
        cut();
      }, { when: ({ method, path }) => method === 'POST' && path.endsWith(`/${table}`), times: 5 });
    const server = await loquatOn(fake);
    await sameInBoth(server, fake.database, await wholeConversation(server));
    await inSync(server);
    assert.deepEqual(cuts, { sessions: 5, session_events: 5 });
    await ends(server);
  });

  it('after it asked for a pause, and not before the pause is over', async () => {
    const fake = await supabase();
    fake.fail(({ send }) => send(429, { message: 'Too many requests' }, { 'Retry-After': '4' }), { when: posted });
    const server = await loquatOn(fake);
    const id = await wholeConversation(server);
    await sameInBoth(server, fake.database, id);
    const at = fake.seen.findIndex(({ status }) => status === 429);
    assert.ok(fake.seen[at + 1].at - fake.seen[at].at >= 3_500, 'it asked again during the pause');
    await ends(server);
  });

  it('in portions that the gateway takes', async () => {
    const fake = await supabase({ maxBytes: 2_500 });
    fake.fail(({ send }) => send(503), { times: 1e6 });
    const server = await loquatOn(fake);
    const id = await wholeConversation(server, 'one more', 'and one more', 'and another one');
    fake.mend();
    await sameInBoth(server, fake.database, id);
    assert.ok(fake.seen.some(({ status }) => status === 413), 'no request was too large');
    assert.ok(fake.seen.filter((asked) => eventsPosted(asked) && asked.status === 201).length > 1);
    await ends(server);
  });

  it('but for a row that the database refuses, which is set aside', async () => {
    const fake = await supabase();
    await command(fake.database, "alter table session_events add check (content not like '%poison%')");
    const server = await loquatOn(fake);
    const chat = await Chat.open(server);
    chat.send('This is poison, said once.');
    await chat.until('done');
    await chat.ask('How much to ship 5kg to the US?');
    await chat.leave();
    await finalised(server.dataDir, chat.id);
    await inSync(server);
    const all = await sqlite(server.dataDir, `select seq from session_events where session_id = '${chat.id}'`);
    const there = await postgres(fake.database, `select seq from session_events where session_id = '${chat.id}'`);
    assert.ok(there.length < all.length, 'nothing was refused');
    const rejects = await eventually('what is missing to be set aside', async () => {
      const rows = await sqlite(server.dataDir, 'select e.content, r.reason from replica_rejects r join session_events e on e.id = r.event_id');
      return rows.length === all.length - there.length && rows;
    });
    for (const { content, reason } of rejects) {
      assert.match(content, /poison/);
      assert.match(reason, /23514/);
      assert.doesNotMatch(reason, /poison/);
    }
    assert.ok(!server.stderr.includes('poison'), 'what was said is in the log');
    await ends(server, rejects.length);
  });

  it('and a request that comes late does not undo a newer one', async () => {
    const fake = await supabase();
    const server = await loquatOn(fake);
    const id = await wholeConversation(server);
    await sameInBoth(server, fake.database, id);
    const [first] = fake.seen.filter(({ path }) => path.endsWith('/sessions'));
    assert.match(first.body, /"status":"active"/);
    assert.equal((await fake.answer(first)).status, 201);
    assert.equal((await postgresSession(fake.database, id)).status, 'completed');
    await ends(server);
  });

  it('and nobody waits for an API that says nothing', async () => {
    const fake = await supabase();
    const server = await loquatOn(fake);
    await inSync(server);
    let silent = 0;
    fake.fail(() => { silent += 1; }, { times: 1e6 });
    await wholeConversation(server);
    await eventually('a request without an answer', () => silent > 0);
    await ends(server);
  });
});

describe('What is wrong is said, with what to do:', () => {
  it('tables that are missing, until they are there', async () => {
    const fake = await supabase({ tables: false });
    const server = await loquatOn(fake);
    const { detail } = await says(server, /PGRST205/, 'failing');
    const id = await wholeConversation(server);
    const names = await runFiles(fake.database);
    for (const name of names) assert.ok(detail.includes(`sql/postgres/${name}`), detail);
    await sameInBoth(server, fake.database, id);
    await inSync(server);
    await ends(server);
  });

  it('tables that are older than the program, or newer', async () => {
    const fake = await supabase();
    const names = await runFiles(fake.database); // again: it does no harm
    await command(fake.database, `delete from schema_migrations where version = ${names.length}`);
    const server = await loquatOn(fake);
    const { detail } = await says(server, new RegExp(`version ${names.length - 1}.*${names.at(-1)}`), 'failing');
    assert.ok(!detail.includes(names[0]), detail);
    await command(fake.database, "insert into schema_migrations (version, name) values (999, 'of-the-future')");
    await says(server, /version 999/, 'failing');
    await ends(server);
  });

  it('a schema that the API does not show', async () => {
    const fake = await supabase();
    const server = await loquatOn(fake, { SUPABASE_SCHEMA: 'hidden' });
    await says(server, /schema hidden.*PGRST106.*SUPABASE_SCHEMA/s, 'failing');
    await ends(server);
  });

  it('a key that is wrong', async () => {
    const fake = await supabase();
    const server = await startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_KEY: 'sb_secret_of-another-project' } });
    const { detail } = await says(server, /key in SUPABASE_KEY.*401/, 'failing');
    assert.ok(!(detail + server.stderr).includes('of-another-project'));
    await ends(server);
  });

  for (const [kind, key] of [['publishable', 'sb_publishable_x'], ['anon', tokenKey('anon')]])
    it(`a key that is ${kind}`, async () => {
      const fake = await supabase();
      const server = await startLoquat({ env: { SUPABASE_URL: fake.url, SUPABASE_KEY: key } });
      await says(server, /role anon.*secret key/, 'failing');
      await ends(server);
    });

  it('an address that leads elsewhere, where the key is not sent', async () => {
    let visits = 0;
    const elsewhere = createServer((request, response) => { visits += 1; response.end('[]'); });
    await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const fake = await supabase();
    const location = `http://localhost:${elsewhere.address().port}/rest/v1/schema_migrations`;
    fake.fail(({ send }) => send(308, '', { Location: location }), { times: 1e6 });
    const server = await loquatOn(fake);
    await says(server, /another address, localhost/, 'failing');
    assert.equal(visits, 0);
    await ends(server);
    elsewhere.close();
  });
});
