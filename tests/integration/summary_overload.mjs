// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions that end while the model sums nothing up: what is said of them meanwhile, and that each gets its summary.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { ask, Operator } from './lib/operators.mjs';
import { eventually, startLoquat, temporaryFolder } from './lib/processes.mjs';
import { finalised, journalEvents } from './lib/rows.mjs';

// Answers at once, but for summaries, which it keeps until release().
async function modelWithoutSummaries() {
  const kept = [];
  let released = false;
  const model = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; }).on('end', () => {
      const answer = () => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`);
      };
      JSON.parse(body).response_format && !released ? kept.push(answer) : answer();
    });
  });
  await new Promise((resolve) => model.listen(0, '127.0.0.1', resolve));
  return {
    settings: { OPENAI_BASE_URL: `http://127.0.0.1:${model.address().port}`, OPENAI_MODEL: 'slow-to-sum-up' },
    release() { released = true; for (const answer of kept) answer(); },
    stop() { model.closeAllConnections(); model.close(); },
  };
}

describe('Sessions that end faster than they are summed up', () => {
  const many = 12;
  const inMemory = 5; // four that the model is asked about, one that waits
  let model, server, operator, ids;
  const waiting = async () => Number(/^loquat_summaries_waiting (\d+)$/m.exec((await ask(server, '/metrics')).body)?.[1]);
  before(async () => {
    model = await modelWithoutSummaries();
    const config = join(temporaryFolder(), 'loquat.json');
    writeFileSync(config, JSON.stringify({ limits: { maxWaitingSummaries: 1, maxPutOffSummaries: 2, summaryLimitMs: 600_000 } }));
    server = await startLoquat({ args: ['--config', config], env: { ...model.settings, LOQUAT_THREADS: '1' } });
    operator = await Operator.open(server);
  });
  after(async () => {
    await operator?.leave();
    await server?.stop();
    model?.stop();
  });

  it('are counted, and leave the live list', async () => {
    ids = [];
    for (let i = 0; i < many; ++i) {
      const chat = await Chat.open(server);
      await chat.ask('hello');
      await chat.leave();
      ids.push(chat.id);
    }
    await eventually('those that do not fit to leave', async () => ids.filter((id) => operator.session(id)?.left).length === many - inMemory);
    // Those that nobody remembers are not counted.
    await eventually('them to be counted', async () => await waiting() === inMemory + 2);
    const newcomer = await Operator.open(server);
    const { sessions } = await newcomer.until('snapshot');
    assert.equal(sessions.length, inMemory);
    assert.ok(sessions.every(({ status }) => status === 'ending'));
    await newcomer.leave();
    const { body } = await ask(server, `/api/sessions/${ids.at(-1)}`);
    assert.equal(body.status, 'ending');
    assert.equal(body.live, null);
  });

  it('get a summary each once there is room, also those that nobody remembers', async () => {
    model.release();
    for (const id of ids) {
      await finalised(server.dataDir, id);
      assert.equal((await journalEvents(server.dataDir, id)).filter(({ event_type: type }) => type === 'summary').length, 1);
      await eventually(`${id} to be told as ended`, async () => operator.session(id).status === 'completed');
    }
    assert.equal(await waiting(), 0);
  });
});
