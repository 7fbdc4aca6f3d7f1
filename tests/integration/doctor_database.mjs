// SPDX-License-Identifier: GPL-3.0-or-later
// What `loquat doctor` says of the database: whether it is there, whose its tables are, and how far the copy is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { checks, doctor, listening } from './lib/doctor.mjs';
import { eventually, fromEnvironment, startLoquat } from './lib/processes.mjs';
import { emptyDatabase, eventuallyCopied, finalised, gateTo } from './lib/rows.mjs';

describe('loquat doctor, of the database,', () => {
  it('says what to do about a Postgres that is stopped, and never the password', async () => {
    const port = await (async () => { const server = createServer(); const free = await listening(server); await new Promise((done) => server.close(done)); return free; })();
    const { code, stdout, stderr } = await doctor([], { SUPABASE_DB_URL: `postgresql://u:secret-word@127.0.0.1:${port}/x` });
    assert.equal(code, 1);
    assert.match(stdout, /^database +bad +Postgres cannot be reached/m);
    assert.match(stdout, /→ Check that the database runs/);
    assert.ok(!(stdout + stderr).includes('secret-word'));
  });

  it('does not wait for ever for a Postgres that says nothing', async () => {
    const sockets = [];
    const silent = createServer((socket) => { sockets.push(socket); socket.on('error', () => {}); });
    const port = await listening(silent);
    const report = await checks([], { SUPABASE_DB_URL: `postgresql://u:p@127.0.0.1:${port}/x` });
    assert.equal(report.of('database').state, 'bad');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('knows a database before its tables, with them, and how far behind it is', async () => {
    const url = await emptyDatabase();
    const empty = await checks([], { SUPABASE_DB_URL: url });
    assert.equal(empty.of('database').state, 'ok');
    assert.equal(empty.of("database's schema").state, 'note');
    assert.equal(empty.of("database's rights").state, 'ok');
    const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    const chat = await Chat.open(server);
    await chat.ask('hello');
    await chat.leave();
    await finalised(server.dataDir, chat.id);
    await eventuallyCopied(server, url);
    const beside = await eventually('the whole journal to be there', async () => {
      const report = await checks(['--data-dir', server.dataDir], { SUPABASE_DB_URL: url });
      return report.of("database's copy").state === 'ok' && report;
    });
    assert.equal(beside.of("database's schema").state, 'ok');
    assert.match(beside.of('journal').what, /in use by a Loquat/);
    await server.stop();
    // Another place: nothing of the journal is known to be there.
    const gate = await gateTo(url);
    gate.open();
    const elsewhere = await checks(['--data-dir', server.dataDir], { SUPABASE_DB_URL: gate.url });
    assert.match(elsewhere.of("database's copy").what, /events behind/);
    gate.shut();
  });

  it('says that a user may not write', async () => {
    const url = await emptyDatabase();
    const reader = new URL(url);
    reader.searchParams.set('options', '-c default_transaction_read_only=on');
    const report = await checks([], { SUPABASE_DB_URL: reader.href.replaceAll('+', '%20') });
    assert.equal(report.of("database's rights").state, 'bad');
    assert.match(report.of("database's rights").what, /read-only/);
  });

  it('says that a user may not bring older tables up to date', async () => {
    const url = await emptyDatabase();
    const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    await eventually('the tables', async () => (await checks([], { SUPABASE_DB_URL: url })).of("database's schema").state === 'ok');
    await server.stop();
    const writer = new URL(url);
    writer.username = `writer_${writer.pathname.slice(1)}`;
    const run = (...sql) => execFileSync('psql', ['-q', ...sql.flatMap((each) => ['-c', each]), url]);
    run(`create role ${writer.username} login password '${decodeURIComponent(writer.password)}'`,
      `grant select, insert, update on all tables in schema public to ${writer.username}`,
      `grant usage on all sequences in schema public to ${writer.username}`);
    try {
      const rights = async () => (await checks([], { SUPABASE_DB_URL: writer.href })).of("database's rights");
      assert.match((await rights()).what, /may not write/); // the rows' security lets nobody else
      run(`alter role ${writer.username} bypassrls`);
      assert.equal((await rights()).state, 'ok');
      run('delete from schema_migrations where version = (select max(version) from schema_migrations)');
      const { what, remedy, state } = await rights();
      assert.equal(state, 'bad');
      assert.match(what, /may not change them/);
      assert.match(remedy, /sql\/postgres from 0007 on/);
    } finally {
      run(`drop owned by ${writer.username}`, `drop role ${writer.username}`);
    }
  });

  it('says that the tables are those of another program, and how both have theirs', async () => {
    const kinds = ['table sessions (session_id uuid primary key, user_id text, summary text)', 'table events (event_id int)',
      'view events as select 1 as event_id', 'table schema_migrations (version varchar primary key)'];
    for (const kind of kinds) {
      const url = await emptyDatabase();
      execFileSync('psql', ['-q', '-c', `create ${kind}`, url]);
      const { ok, of } = await checks([], { SUPABASE_DB_URL: url });
      assert.ok(!ok, `a ${kind} is no trouble`);
      assert.match(of('database').what, /not Loquat's/);
      const [option] = /\?options=\S+NAME/.exec(of('database').remedy);
      const missing = await checks([], { SUPABASE_DB_URL: url + option.replace('NAME', 'loquat') });
      assert.match(missing.of('database').what, /schema for the tables is not there/);
      execFileSync('psql', ['-q', '-c', 'create schema loquat', url]);
      const beside = await checks([], { SUPABASE_DB_URL: url + option.replace('NAME', 'loquat') });
      assert.ok(beside.ok, JSON.stringify(beside.of('database')));
    }
  });

  it('does not mind what another program has in a schema before that of the tables', async () => {
    const url = await emptyDatabase();
    const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
    await eventually('the tables', async () => (await checks([], { SUPABASE_DB_URL: url })).of("database's schema").state === 'ok');
    await server.stop();
    execFileSync('psql', ['-q', '-c', 'create schema app', '-c', 'create table app.events (event_id int)', url]);
    const { ok, of } = await checks([], { SUPABASE_DB_URL: `${url}?options=-csearch_path%3Dapp,public` });
    assert.ok(ok, JSON.stringify(of('database')));
    execFileSync('psql', ['-q', '-c', 'create table app.sessions (id int)', url]); // which would be written to
    assert.match((await checks([], { SUPABASE_DB_URL: `${url}?options=-csearch_path%3Dapp,public` })).of('database').what, /not Loquat's/);
  });

  it('says what to do where a pooler refuses to set the schema', async () => {
    const pooled = new URL(fromEnvironment('LOQUAT_TEST_PGBOUNCER_URL', 'Run this under tests/with-servers.'));
    pooled.search = '?options=-csearch_path%3Dloquat';
    const { of } = await checks([], { SUPABASE_DB_URL: pooled.href });
    assert.match(of('database').what, /pooler refuses/);
    assert.match(of('database').remedy, /alter role NAME set search_path/);
  });
});
