// SPDX-License-Identifier: GPL-3.0-or-later
// --retention-days: old sessions leave the journal, but not before the replica has them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, runLoquat, startLoquat, within } from './lib/processes.mjs';
import { emptyDatabase, finalised, gateTo, journalEvents, postgresEvents, sqlite } from './lib/rows.mjs';

async function conversation(server, options = {}) {
  const chat = await Chat.open(server, options);
  await chat.ask('hello');
  await chat.leave();
  await finalised(server.dataDir, chat.id);
  return chat.id;
}

// As if the session had ended three days ago.
const age = (dataDir, id) => sqlite(dataDir,
  `update sessions set end_time = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-3 days') where session_id = '${id}'`);

describe('An old session', () => {
  it('stays while the database is down, and goes once it has it', async () => {
    const url = await emptyDatabase();
    const gate = await gateTo(url);
    const env = { SUPABASE_DB_URL: gate.url };
    const args = ['--retention-days', '2'];
    const first = await startLoquat({ args, env });
    const old = await conversation(first, { user_id: 'zoë' });
    const recent = await conversation(first);
    await first.stop();
    await age(first.dataDir, old);

    const server = await startLoquat({ args, env, dataDir: first.dataDir });
    await conversation(server); // the writer has had its turns
    const kept = await journalEvents(server.dataDir, old);
    assert.ok(kept.length > 3, 'events that are nowhere else were pruned');
    gate.open();
    await eventually('the old session to go', async () => (await journalEvents(server.dataDir, old)).length === 0);
    assert.deepEqual(await sqlite(server.dataDir, `select * from sessions where session_id = '${old}'`), []);
    assert.deepEqual(await postgresEvents(url, old), kept);
    assert.ok((await journalEvents(server.dataDir, recent)).length > 3, 'a recent session was pruned');

    // Who comes back counts on, so that the database does not take what is new for what it has.
    const chat = await Chat.open(server, { id: old, user_id: 'zoë' });
    await chat.one('session_started');
    const { done } = await chat.ask('it is me again');
    assert.ok(done.seq > kept.at(-1).seq);
    await eventually('the new events in the database', async () =>
      (await postgresEvents(url, old)).some(({ seq, content }) => seq > kept.at(-1).seq && content === 'it is me again'));
    await chat.leave();
    await finalised(server.dataDir, old);
    await server.stop();
    gate.shut();
  });

  it('stays where there is no database, and without the setting', async () => {
    const server = await startLoquat({ args: ['--retention-days', '1'] });
    const id = await conversation(server);
    await server.stop();
    await age(server.dataDir, id);
    const again = await startLoquat({ args: ['--retention-days', '1'], dataDir: server.dataDir });
    await conversation(again);
    await again.stop();
    assert.ok((await journalEvents(server.dataDir, id)).length > 3);
  });

  it('stays when the database refused one of its events', async () => {
    const url = await emptyDatabase();
    const env = { SUPABASE_DB_URL: url, LOQUAT_RETENTION_DAYS: '1' };
    const first = await startLoquat({ env });
    const refused = await conversation(first);
    const whole = await conversation(first);
    const last = (await sqlite(first.dataDir, 'select max(id) as id from session_events'))[0].id;
    await eventually('the mark', async () => (await sqlite(first.dataDir, 'select event_id from replica_marks'))[0]?.event_id === last);
    await first.stop();
    for (const id of [refused, whole]) await age(first.dataDir, id);
    await sqlite(first.dataDir, `insert into replica_rejects select 'there', max(id), 'no', 'now' from session_events where session_id = '${refused}'`);
    const second = await startLoquat({ env, dataDir: first.dataDir });
    await eventually('the whole one to go', async () => (await journalEvents(second.dataDir, whole)).length === 0);
    assert.ok((await journalEvents(second.dataDir, refused)).length > 3);
    await second.stop();
  });
});

describe('A setting', () => {
  for (const wrong of ['0', '-1', 'a week', '99999'])
    it(`of '${wrong}' days is refused`, async () => {
      const program = runLoquat(['--server', `--retention-days=${wrong}`]);
      assert.equal((await within(program.ended, () => 'it does not end')).code, 2);
      assert.match(program.stderr, /retention-days/);
    });
});
