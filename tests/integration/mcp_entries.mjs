// SPDX-License-Identifier: GPL-3.0-or-later
// `mcpServers` as it stands in the files of other programs: taken over as it is, keys of theirs included.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chat } from './lib/chat.mjs';
import { eventually, runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';

const everything = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/server-everything', import.meta.url));

function configFile(mcpServers) {
  const path = join(temporaryFolder(), 'loquat.json');
  writeFileSync(path, JSON.stringify({ mcpServers }));
  return path;
}

async function doctor(config) {
  const program = runLoquat(['doctor', '--json', '--data-dir', temporaryFolder(), '--port', '0', '--config', config]);
  await within(program.ended, () => 'loquat doctor does not end');
  return JSON.parse(program.stdout).checks;
}

describe('MCP servers as other programs describe them', () => {
  it('are started in their folder, left alone where disabled, and keys of others are named', async () => {
    const trace = join(temporaryFolder(), 'it-ran');
    const config = configFile({
      here: { type: 'stdio', command: process.execPath, args: ['dist/index.js', 'stdio'], cwd: everything, autoApprove: ['echo'], timeout: 60 },
      off: { command: 'touch', args: [trace], env: { KEY: '${NOT_SET}' }, disabled: true },
    });
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ args: ['--config', config], env: fake.settings });
    await eventually('the tool of the server in its folder', async () => {
      const chat = await Chat.open(server);
      const { results } = await chat.ask('fake:tool echo {"message":"over MCP"}');
      await chat.leave();
      return results[0].ok;
    });
    assert.ok(!existsSync(trace), 'a server that is disabled was started');
    const warnings = server.stderr.split('\n').filter((line) => line.includes('autoApprove'));
    assert.equal(warnings.length, 1, server.stderr);
    assert.match(warnings[0], /"here".*autoApprove, timeout/);
    await Promise.all([server.stop(), fake.stop()]);

    const checks = await doctor(config);
    const of = (name) => checks.find((check) => check.name === name);
    assert.equal(of('loquat.json').state, 'ok');
    assert.match(checks.find(({ name, state }) => name === 'loquat.json' && state === 'note').what, /autoApprove, timeout/);
    assert.equal(of('MCP server here').state, 'ok');
    assert.equal(of('MCP server off').state, 'off');
  });

  it('are looked for by doctor from their folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'server'), '#!/bin/sh\n', { mode: 0o755 });
    const checks = await doctor(configFile({
      near: { command: './server', cwd: folder },
      gone: { command: './no-server', cwd: folder },
      nowhere: { command: 'sh', cwd: join(folder, 'none') },
      far: { url: 'http://127.0.0.1:9/mcp', disabled: true },
      off: { command: 'sh', enabled: false },
    }));
    const state = (name) => checks.find((check) => check.name === `MCP server ${name}`)?.state;
    assert.deepEqual(['near', 'gone', 'nowhere', 'far', 'off'].map(state), ['ok', 'bad', 'bad', 'off', 'off']);
  });

  it('that cannot be started are told with the program and the reason', async () => {
    const server = await startLoquat({ args: ['--config', configFile({ files: { command: 'no-such-mcp-server' } })], env: { LOQUAT_THREADS: '1' } });
    const line = await eventually('a line about it', () => /MCP server is down: .*/.exec(server.stderr)?.[0]);
    assert.match(line, /files .*no-such-mcp-server.*No such file or directory.*Check its command/);
    await server.stop();
  });
});
