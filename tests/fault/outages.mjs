// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever happens to Postgres while two nodes serve their clients through PgBouncer: they notice nothing, what
// waits is shipped afterwards, nothing is there twice, and neither node takes the other for dead.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startNode } from '../integration/lib/fleet.mjs';
import { eventually, startFakeOpenAi } from '../integration/lib/processes.mjs';
import { Evidence, pause, randomFrom, talk } from './lib/load.mjs';
import { PgBouncer, Postgres } from './lib/servers.mjs';
import { atRest, checkPromises, drained, sameInBoth } from './lib/truth.mjs';

const long = Boolean(process.env.LOQUAT_FAULT_LONG);
const outage = long ? 60_000 : 2_500; // how long something is away
const deadAfter = 4_000; // a node that was silent for so long
const silence = Math.max(outage, 1.5 * deadAfter); // of the database: then every node was
const patience = long ? 180_000 : 60_000;
const clients = 6;
const seed = Number(process.env.LOQUAT_FAULT_SEED ?? Date.now() % 1_000_000);

const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1];

// Each ends with a database that could take everything again.
const disturbances = {
  'stopped for a while': async ({ database }) => {
    await database.stop();
    await pause(silence);
    await database.start();
  },
  restarted: async ({ database }) => {
    await database.stop();
    await database.start();
  },
  'killed in the middle of a batch': async ({ database }) => {
    database.hold('lock table session_events in exclusive mode');
    await eventually('a batch that waits for the table', () => waitsFor(database, 'Lock'));
    await database.kill();
    await database.start();
  },
  'switched off in the middle of a COMMIT': async ({ database }) => {
    // Written by the server, and the answer waits for a standby that never comes.
    await database.tell("alter system set synchronous_standby_names = 'nobody'", 'select pg_reload_conf()');
    await eventually('a commit without an answer', () => waitsFor(database, 'SyncRep', 'wait_event'));
    await database.kill();
    await database.start(['-c', 'synchronous_standby_names=']);
  },
  frozen: async ({ database }) => {
    database.freeze();
    await pause(silence);
    database.thaw();
  },
  'out of reach: the pooler refuses connections': async ({ pooler }) => {
    await pooler.stop();
    await pause(outage);
    await pooler.start();
  },
  'closed to our role, and our connection ended': async ({ database }) => {
    await database.tell('alter role loquat_test nologin',
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'loquat_test'");
    await pause(outage);
    await database.tell('alter role loquat_test login');
  },
  slow: async ({ database }) => {
    await database.tell(
      'create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.4); return null; end $$',
      'create trigger dawdle after insert on session_events for each statement execute function dawdle()');
    await pause(outage);
    await database.tell('drop function dawdle() cascade');
  },
};

async function waitsFor(database, what, column = 'wait_event_type') {
  const [{ n }] = await database.ask(`select count(*) as n from pg_stat_activity
    where ${column} = '${what}' and query like 'insert into sessions%'`);
  return n > 0;
}

// Events that wait to be shipped; a node that cannot be asked right now counts as having none.
async function queued(nodes) {
  const ask = async ({ url }) => (await (await fetch(`${url}/readyz`)).json()).dependencies.replica.queued;
  return (await Promise.all(nodes.map((node) => ask(node).catch(() => 0)))).reduce((sum, n) => sum + n, 0);
}

function print(phases) {
  const undisturbed = percentile(phases.filter(({ name }) => name === 'undisturbed').flatMap(({ times }) => times), 0.99);
  console.table(phases.map(({ name, behind, times, drainedMs }) => ({
    '': name,
    turns: times.length,
    'first token p50 ms': Number(percentile(times, 0.5).toFixed(1)),
    'p99 ms': Number(percentile(times, 0.99).toFixed(1)),
    'p99 ratio': Number((percentile(times, 0.99) / undisturbed).toFixed(2)),
    'most events behind': behind,
    'drained in s': Number((drainedMs / 1000).toFixed(1)),
  })));
}

describe('Postgres through PgBouncer in transaction mode', () => {
  const nodes = [];
  let fake, database, pooler;
  before(async () => {
    fake = await startFakeOpenAi();
    database = await Postgres.create();
    pooler = await PgBouncer.create(database);
    for (const name of ['a', 'b']) nodes.push(await startNode(name, pooler.url, { env: { ...fake.settings, LOQUAT_NODE_DEAD_AFTER_MS: String(deadAfter) } }));
  });
  after(async () => {
    for (const node of nodes) await node.stop('SIGKILL');
    database.thaw();
    await pooler.stop();
    await database.stop();
    await fake.stop();
  });

  it('is disturbed in every way, and no client notices', async () => {
    console.log(`LOQUAT_FAULT_SEED=${seed}`);
    const dataDirs = nodes.map(({ dataDir }) => dataDir);
    const world = { evidence: new Evidence(), servers: nodes, killing: false, over: false };
    const { evidence } = world;
    const everybody = talk(world, clients, randomFrom(seed));
    await drained(dataDirs, database);

    const phases = [];
    const phase = async (name, disturbance) => {
      const from = evidence.firstTokens.length;
      let behind = 0;
      const watch = setInterval(async () => { behind = Math.max(behind, await queued(nodes)); }, 100);
      await disturbance({ database, pooler });
      const begun = performance.now();
      await drained(dataDirs, database, patience);
      clearInterval(watch);
      phases.push({ name, behind, times: evidence.firstTokens.slice(from), drainedMs: performance.now() - begun });
      assert.ok(phases.at(-1).times.length > 0, `${name}: nobody got a reply`);
      assert.deepEqual(evidence.failures, [], name);
      for (const { stderr } of nodes) assert.doesNotMatch(stderr, /took over/, name);
    };
    // Before and after: others work on this machine, too.
    await phase('undisturbed', () => pause(outage));
    for (const [name, disturbance] of Object.entries(disturbances)) await phase(name, disturbance);
    await phase('undisturbed', () => pause(outage));
    print(phases);

    world.over = true;
    await everybody;
    await atRest(dataDirs);
    await drained(dataDirs, database, patience);
    for (const node of nodes) assert.equal((await node.stop()).code, 0, node.stderr);
    assert.deepEqual(evidence.failures, []);
    assert.equal(evidence.cutOff, 0, 'a reply did not end');
    checkPromises(await sameInBoth(dataDirs, database), evidence);
  });
});
