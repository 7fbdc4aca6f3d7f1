// SPDX-License-Identifier: GPL-3.0-or-later
// The tools of the benchmark still fit together: a little load on the relay and on Loquat, counts compared, not times.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { promisify } from 'node:util';
import { servers, upstream } from './servers.mjs';

let model;
before(async () => { model = await upstream(); });
after(() => model.stop());

for (const [name, how] of [['ceiling', {}], ['loquat, no store', {}], ['loquat, journal only', {}]])
  for (const script of ['bench-7', 'bench-7@1000'])
    it(`${name} is told every token of ${script}`, async () => {
      const server = await servers[name]({ model: script, upstreamPort: model.port, ...how });
      const { stdout } = await promisify(execFile)(join(process.env.LOQUAT_BUILD, 'tests/bench/gateway/bench_load'),
        [`port=${server.port}`, `pid=${server.pid}`, 'idle=3', 'sessions=1', 'turns=2', 'warmup=0', 'end=4']);
      await server.stop();
      const seen = JSON.parse(stdout);
      assert.equal(seen.errors, 0, seen.firstError);
      assert.equal(seen.turns, 4);
      assert.equal(seen.tokens, 4 * 7);
    });
