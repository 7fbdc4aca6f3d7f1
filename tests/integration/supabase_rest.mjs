// SPDX-License-Identifier: GPL-3.0-or-later
// The replica over Supabase's REST API: the same rows as over the database's own address, whatever the API does. What
// answers is tests/fakes/fake_postgrest.mjs before a real PostgreSQL.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tokenKey } from '../fakes/fake_postgrest.mjs';
import { Chat } from './lib/chat.mjs';
import { eventually, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { finalised, journalEvents, postgres, postgresEvents, postgresSession, sameInBoth, sqlite } from './lib/rows.mjs';
import { command, ends, inSync, loquatOn, replica, says, secret, supabase, wholeConversation } from './lib/supabase.mjs';

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
