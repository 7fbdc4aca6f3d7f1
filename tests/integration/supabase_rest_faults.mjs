// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a project on Supabase, its tables or its key is said, with what to do: by `doctor` and by /readyz.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { tokenKey } from '../fakes/fake_postgrest.mjs';
import { runLoquat, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { sameInBoth } from './lib/rows.mjs';
import { command, ends, inSync, loquatOn, runFiles, says, secret, supabase, wholeConversation } from './lib/supabase.mjs';

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

  it('tables that are those of another program, and how to have both', async () => {
    const fake = await supabase({ tables: false, schemas: ['public', 'chat'] });
    await command(fake.database, 'create table sessions (session_id uuid primary key, user_id text, summary text); grant all on sessions to service_role');
    const server = await loquatOn(fake);
    const { detail } = await says(server, /schema public .*not Loquat's.*SUPABASE_SCHEMA/, 'failing');
    assert.ok(!detail.includes('sql/postgres'), detail); // the files would fail
    await ends(server);
    await command(fake.database, "drop table sessions; create table schema_migrations (version text, name text); insert into schema_migrations values ('20240101', 'init'); grant all on schema_migrations to service_role");
    for (const theirs of ['select 1', 'alter table schema_migrations alter version type integer using 3']) {
      await command(fake.database, theirs);
      const counted = await loquatOn(fake);
      await says(counted, /schema public .*not Loquat's.*SUPABASE_SCHEMA/, 'failing');
      await ends(counted);
    }

    await command(fake.database, 'revoke usage on schema chat from anon, authenticated, service_role'); // as a new one is
    const other = await loquatOn(fake, { SUPABASE_SCHEMA: 'chat' });
    const missing = await says(other, /sql\/postgres/, 'failing');
    const [, first] = /after "([^"]+)"/.exec(missing.detail);
    await command(fake.database, first);
    await runFiles(fake.database, 'chat');
    await inSync(other);
    await ends(other);
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
