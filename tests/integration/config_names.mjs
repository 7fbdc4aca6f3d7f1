// SPDX-License-Identifier: GPL-3.0-or-later
// Names in loquat.json that mean nothing, or two things: told at the start and by doctor, since a rule about a tool that
// nobody has protects nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chat } from './lib/chat.mjs';
import { eventually, runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';

function configFile(config) {
  const path = join(temporaryFolder(), 'loquat.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function notes(config) {
  const program = runLoquat(['doctor', '--json', '--data-dir', temporaryFolder(), '--port', '0', '--config', config]);
  assert.equal((await within(program.ended, () => 'loquat doctor does not end')).code, 0, program.stdout);
  const { checks } = JSON.parse(program.stdout);
  return checks.filter(({ name, state }) => name === 'loquat.json' && state === 'note').map(({ what }) => what);
}

// The lines that warn of loquat.json, without when and where.
const warnings = (server) => server.stderr.split('\n').filter((line) => / warning /.test(line)).map((line) => line.replace(/^.*? warning \S+ /, ''));

describe('Rules of loquat.json', () => {
  it('about tools that nobody has are named once, and those about others are not', async () => {
    const config = configFile({
      toolPolicies: { get_wether: 'ask', get_weather: 'ask', stock: 'ask', '*': 'allow' },
      router: [{ keywords: ['co2'], tool: 'knowledge_base_lookup' }, { keywords: ['stocks'], tool: 'get_wether' }, 'model'],
      profiles: { shop: { toolPolicies: { refnud: 'deny', get_wether: 'deny' } } },
      tools: [{ name: 'stock', description: 'd', url: 'http://127.0.0.1:9/' }],
    });
    const expected = ['toolPolicies and router: no tool here is named "get_wether"', 'toolPolicies: no tool here is named "refnud"'];
    const server = await startLoquat({ args: ['--config', config], env: { LOQUAT_THREADS: '2' } });
    await server.stop();
    assert.deepEqual(warnings(server), expected);
    assert.deepEqual(await notes(config), expected);
  });

  it('about tools of MCP servers are judged when these are up', async () => {
    const everything = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url));
    const taken = (name) => ({ name, description: 'd', url: 'http://127.0.0.1:9/' });
    const config = configFile({
      tools: [taken('get-env'), taken('every__get-env')], // so the server's own of that name is left out, which is told
      toolPolicies: { echo: 'ask', every__echo: 'ask', get_weather: 'ask', ecoh: 'ask' },
      mcpServers: { every: { command: process.execPath, args: [everything, 'stdio'], policies: { 'get-sum': 'ask', 'get-smu': 'deny', 'get-env': 'deny' } } },
    });
    assert.deepEqual(await notes(config), []); // it starts none
    const server = await startLoquat({ args: ['--config', config], env: { LOQUAT_THREADS: '2' } });
    await eventually('the server of each thread', () => server.stderr.match(/MCP server is up/g)?.length === 2);
    await server.stop();
    const leftOut = warnings(server).filter((line) => /"get-env" which is left out/.test(line));
    assert.equal(leftOut.length, 2); // once a thread
    assert.deepEqual(warnings(server).filter((line) => !leftOut.includes(line)), ['toolPolicies: no tool here is named "ecoh"', 'mcpServers.every.policies: no tool there is named "get-smu"']);
  });

  it('two tools of one name: the first holds, and that is told', async () => {
    const web = createServer((request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url))).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const tool = (path) => ({ name: 'stock', description: 'd', url: `http://127.0.0.1:${web.address().port}/${path}` });
    const config = configFile({ tools: [tool('first'), tool('second')] });
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ args: ['--config', config], env: { ...fake.settings, LOQUAT_THREADS: '2' } });
    const chat = await Chat.open(server);
    const { results } = await chat.ask('fake:tool stock {}');
    assert.equal(results[0].result, '/first');
    await chat.leave();
    await Promise.all([server.stop(), fake.stop(), web.close()]);
    const expected = ['tools: "stock" is there again, and the first holds'];
    assert.deepEqual(warnings(server), expected);
    assert.deepEqual(await notes(config), expected);
  });

  it('a tool that is wrong is told from the others', async () => {
    const tool = (name, url) => ({ name, description: 'd', url });
    const config = configFile({ tools: [tool('stock', 'http://127.0.0.1:9/'), tool('price', 'http://127.0.0.1:9/{item}')] });
    const program = runLoquat(['--server', '--port', '0', '--data-dir', temporaryFolder(), '--config', config]);
    assert.equal((await within(program.ended, () => 'it runs all the same')).code, 2, program.stderr);
    assert.match(program.stderr, /^loquat: --config: \$\.tools\[1\]: "url" .*\{item\}/);
  });
});
