// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at random moments under load: what `start` and `done` promised is in Postgres afterwards, once and in order.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startFakeOpenAi, startLoquat, temporaryFolder } from '../integration/lib/processes.mjs';
import { sqlite } from '../integration/lib/rows.mjs';
import { Evidence, pause, randomFrom, talk } from './lib/load.mjs';
import { PgBouncer, Postgres } from './lib/servers.mjs';
import { atRest, checkPromises, drained, sameInBoth } from './lib/truth.mjs';

const long = Boolean(process.env.LOQUAT_FAULT_LONG);
const rounds = long ? 100 : 10;
const clients = 12;
const seed = Number(process.env.LOQUAT_FAULT_SEED ?? Date.now() % 1_000_000);

describe(`kill -9, ${rounds} times`, () => {
  let fake, database, pooler, server;
  before(async () => {
    fake = await startFakeOpenAi();
    database = await Postgres.create();
    pooler = await PgBouncer.create(database);
  });
  after(async () => {
    await server?.stop('SIGKILL');
    await pooler.stop();
    await database.stop();
    await fake.stop();
  });

  it('loses nothing that was promised', async () => {
    console.log(`LOQUAT_FAULT_SEED=${seed}`);
    const moments = randomFrom(seed);
    const dataDir = temporaryFolder();
    const how = { dataDir, env: { ...fake.settings, SUPABASE_DB_URL: pooler.url } };
    const world = { evidence: new Evidence(), servers: [], killing: false, over: false };
    const everybody = talk(world, clients, randomFrom(seed + 1));

    for (let round = 1; round <= rounds; ++round) {
      server = await startLoquat(how);
      Object.assign(world, { servers: [server], killing: false });
      // From the moment it listens, while it still mends what the last kill left, to the middle of many replies.
      await pause(moments() ** 2 * 1_500);
      world.killing = true;
      await server.stop('SIGKILL');
      world.servers = [];
      if (long && round % 10 === 0) console.log(`${round} kills, ${world.evidence.starts} starts and ${world.evidence.dones} dones were seen`);
    }

    server = await startLoquat(how);
    Object.assign(world, { servers: [server], killing: false });
    await pause(300);
    world.over = true;
    await everybody;
    await atRest([dataDir]);
    await drained([dataDir], database);
    await server.stop();
    const { evidence } = world;
    const [{ n: recovered }] = await sqlite(dataDir, `select count(*) as n from session_events
      where event_type = 'session_ended' and metadata like '%"recovered"%'`);
    console.log(`${rounds} kills: ${evidence.sessions.size} sessions, ${evidence.starts} starts and ${evidence.dones} dones seen, `
      + `${evidence.cutOff} turns cut off, ${recovered} sessions recovered`);
    assert.deepEqual(evidence.failures, []);
    assert.ok(evidence.cutOff > 0, 'no kill hit a running turn: that was no load');
    checkPromises(await sameInBoth([dataDir], database), evidence);
  });
});
