// SPDX-License-Identifier: GPL-3.0-or-later
// The example questions call the tools they are meant for, with the simulated model.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { examples } from './lib/examples.mjs';
import { startLoquat } from './lib/processes.mjs';

describe('Tools', () => {
  let server;
  before(async () => { server = await startLoquat(); });
  after(() => server.stop());

  for (const { question, tool, args } of examples)
    it(`"${question}" uses ${tool}`, async () => {
      const chat = await Chat.open(server, { user_id: 'user-1' });
      const { types, tools, results, done } = await chat.ask(question);
      assert.equal(tools.length, 1, JSON.stringify(tools));
      assert.match(tools[0].tool, tool);
      assert.match(JSON.stringify(tools[0].args), args);
      assert.equal(results.length, 1);
      const [result] = results;
      assert.equal(result.call_id, tools[0].call_id);
      assert.equal(result.tool, tools[0].tool);
      assert.equal(result.ok, true, JSON.stringify(result));
      assert.ok(result.ms >= 0);
      assert.ok(result.result !== undefined && result.result !== null);
      assert.deepEqual([types[0], types.at(-1)], ['start', 'done']);
      assert.ok(types.indexOf('tool_start') < types.indexOf('tool_end'));
      assert.ok(types.lastIndexOf('token') > types.indexOf('tool_end'), 'nothing was said after the tool');
      assert.equal(done.finish, 'stop');
      assert.ok(done.text.length > 0);
      const numbers = chat.frames.map(({ seq }) => seq).filter((seq) => seq !== undefined);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
      await chat.leave();
    });

  it('answers without a tool where none is needed', async () => {
    const chat = await Chat.open(server);
    const { tools, done } = await chat.ask('Hello, explain WebSockets simply');
    assert.deepEqual(tools, []);
    assert.ok(done.text.length > 0);
    await chat.leave();
  });
});
