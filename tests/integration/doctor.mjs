// SPDX-License-Identifier: GPL-3.0-or-later
// loquat doctor: a table of what works, and what to do about what does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { checks, doctor, listening } from './lib/doctor.mjs';
import { startNode } from './lib/fleet.mjs';
import { eventually, runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { emptyDatabase, finalised, journalOf } from './lib/rows.mjs';

describe('loquat doctor', () => {
  it('ends with 0 where all works, and names every check', async () => {
    const { code, stdout } = await doctor();
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^NAME +STATE +WHAT/);
    for (const name of ['settings', 'loquat.json', 'data folder', 'disk space', 'port', 'journal', 'database', 'prices', 'TLS', 'traces', 'model simulated'])
      assert.match(stdout, new RegExp(`^${name} +(ok|off|note) `, 'm'));
  });

  it('looks at the models that would be asked, and at the keys they need', async () => {
    const alone = await checks([], { LOQUAT_PROVIDERS: 'openai' });
    assert.equal(alone.of('models')?.state, 'bad');
    assert.match(alone.of('models').what, /OPENAI_API_KEY/);
    const fake = await startFakeOpenAi();
    const config = join(temporaryFolder(), 'loquat.json');
    writeFileSync(config, JSON.stringify({ providers: [{ name: 'my-box', baseUrl: fake.settings.OPENAI_BASE_URL, versionPath: '', model: 'm' }] }));
    const listed = await checks(['--config', config], { MY_BOX_API_KEY: fake.settings.OPENAI_API_KEY });
    assert.equal(listed.of('model my-box')?.state, 'ok', JSON.stringify(listed.of('model my-box')));
    assert.equal(listed.of('model simulated'), undefined);
    await fake.stop();
  });

  it('tries a configured model, with its key', async () => {
    const fake = await startFakeOpenAi();
    const up = await checks([], fake.settings);
    assert.notEqual(up.of('model openai').state, 'bad', JSON.stringify(up.of('model openai')));
    await fake.stop();
    const down = await checks([], fake.settings);
    assert.equal(down.of('model openai').state, 'bad');
    assert.match(down.of('model openai').remedy, /OPENAI_BASE_URL/);

    let seen;
    const strict = createHttpServer((request, response) => {
      seen = request;
      response.writeHead(request.headers.authorization === 'Bearer sk-right' ? 200 : 401).end('{}');
    });
    const OPENAI_BASE_URL = `http://127.0.0.1:${await listening(strict)}/v1`;
    assert.equal((await checks([], { OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-right' })).of('model openai').state, 'ok');
    assert.equal(seen.url, '/v1/models');
    // The version is asked for once, whether or not the base URL has it, as by the conversations.
    for (const [name, given, asked] of [
      ['ANTHROPIC', '', '/v1/models'], ['ANTHROPIC', '/v1', '/v1/models'], ['GEMINI', '/v1beta/', '/v1beta/models']]) {
      const base = OPENAI_BASE_URL.replace('/v1', given);
      await checks([], { [`${name}_BASE_URL`]: base, [`${name}_API_KEY`]: 'k' });
      assert.equal(seen.url, asked);
    }
    const refused = await checks([], { OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-wrong' });
    assert.equal(refused.of('model openai').state, 'bad');
    assert.match(refused.of('model openai').remedy, /OPENAI_API_KEY/);
    strict.close();
  });

  it('leaves hosts alone that nobody configured', async () => {
    const report = await checks([], { OPENAI_API_KEY: 'sk-x', ANTHROPIC_API_KEY: 'sk-y' });
    for (const name of ['model openai', 'model anthropic']) {
      assert.equal(report.of(name).state, 'off');
      assert.match(report.of(name).remedy, /--online/);
    }
    assert.ok(report.ok);
  });

  it('finds the program of an MCP server, or says that there is none', async () => {
    const file = join(temporaryFolder(), 'loquat.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { good: { command: 'sh' }, gone: { command: 'no-such-program-here' } } }));
    const report = await checks(['--config', file]);
    assert.equal(report.of('MCP server good').state, 'ok');
    assert.equal(report.of('MCP server gone').state, 'bad');
    assert.equal(report.ok, false);
  });

  it('asks an MCP server where the environment says it is', async () => {
    const there = createHttpServer((request, response) => response.writeHead(405).end());
    const file = join(temporaryFolder(), 'loquat.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { far: { url: 'http://127.0.0.1:${FAR_PORT}/mcp' } } }));
    const report = await checks(['--config', file], { FAR_PORT: String(await listening(there)) });
    assert.equal(report.of('MCP server far').state, 'ok');
    const unset = (await checks(['--config', file])).of('loquat.json');
    assert.equal(unset.state, 'bad');
    assert.match(unset.remedy, /^Set FAR_PORT/);
    there.close();
  });

  it('says what is wrong with settings, with loquat.json, with the port and with the journal', async () => {
    assert.match((await checks(['--log-level', 'loud'])).of('settings').what, /--log-level/);
    const file = join(temporaryFolder(), 'loquat.json');
    writeFileSync(file, '{"systemPromt": "typo"}');
    assert.equal((await checks(['--config', file])).of('loquat.json').state, 'bad');

    const taken = createServer();
    const report = await checks(['--port', String(await listening(taken))]);
    assert.equal(report.of('port').state, 'bad');
    assert.match(report.of('port').remedy, /--port/);
    taken.close();

    const server = await startLoquat();
    await server.stop();
    writeFileSync(journalOf(server.dataDir), 'this is no journal, whatever it was before');
    const damaged = await checks(['--data-dir', server.dataDir]);
    assert.equal(damaged.of('journal').state, 'bad');
    assert.match(damaged.of('journal').remedy, /backup/);
  });

  it('says of prices, certificates and the place of traces what the start would say', async () => {
    const folder = temporaryFolder();
    const file = (name, text) => { writeFileSync(join(folder, name), text); return join(folder, name); };
    const pem = file('no.pem', 'this is no PEM');
    const [cert, key] = ['good.crt', 'good.key'].map((name) => join(folder, name));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '30', '-subj', '/CN=one'], { stdio: 'ignore' });
    const priced = (prices) => ['--config', file(`for-${prices}`, JSON.stringify({ prices }))];
    file('wrong.json', '{"models":{"m":{"input":"cheap","output":1}}}');
    file('right.json', '{"models":{"m":{"input":1,"output":1}}}');
    for (const [name, args, env] of [
      ['prices', priced('wrong.json'), {}],
      ['prices', priced('missing.json'), {}],
      ['TLS', [], { LOQUAT_TLS_CERT: pem, LOQUAT_TLS_KEY: key }],
      ['TLS', [], { LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: pem }],
      ['TLS', [], { LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: join(folder, 'none') }],
      ['traces', [], { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
      ['traces', [], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318', OTEL_EXPORTER_OTLP_HEADERS: 'secret-word' }],
    ]) {
      const check = (await checks(args, env)).of(name);
      assert.equal(check?.state, 'bad', JSON.stringify([name, args, env, check]));
      const server = runLoquat(['--server', '--port', '0', '--data-dir', temporaryFolder(), ...args], env);
      assert.equal((await within(server.ended, () => 'it serves')).code, 2);
      assert.equal(server.stderr.trim(), `loquat: ${check.what} (${check.remedy})`);
    }
    const right = { LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://u:secret-word@127.0.0.1:4318' };
    const report = await checks(priced('right.json'), right);
    for (const name of ['prices', 'TLS', 'traces']) assert.equal(report.of(name).state, 'ok');
    assert.equal(report.of('traces').what, 'go to 127.0.0.1:4318');
  });

  it('tells of a certificate that clients refuse, or soon will', async () => {
    const folder = temporaryFolder();
    const [key, request, cert] = ['k.key', 'k.csr', 'k.crt'].map((name) => join(folder, name));
    const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', request, '-subj', '/CN=one');
    for (const [days, state, said] of [['30', 'ok', /can be used until \d{4}-/], ['5', 'note', /runs out on/], ['-1', 'bad', /ran out on .* clients refuse/]]) {
      openssl('x509', '-req', '-in', request, '-signkey', key, '-days', days, '-out', cert);
      const check = (await checks([], { LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key })).of('TLS');
      assert.equal(check.state, state, days);
      assert.match(check.what, said);
      if (state !== 'ok') assert.match(check.remedy, /SIGHUP/);
    }
    // An old root at the end of a chain, as issuers ship them for years: clients that trust it do not look.
    const [rootKey, root] = ['root.key', 'root.crt'].map((name) => join(folder, name));
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', rootKey, '-out', `${root}.csr`, '-subj', '/CN=root');
    openssl('x509', '-req', '-in', `${root}.csr`, '-signkey', rootKey, '-days', '-1', '-out', root);
    const sign = (what, out, days, ...options) => openssl('x509', '-req', '-in', what, '-CA', root, '-CAkey', rootKey, '-days', days, '-out', out, ...options);
    const chained = async (...above) => {
      appendFileSync(cert, Buffer.concat(above.map((file) => readFileSync(file))));
      return (await checks([], { LOQUAT_TLS_CERT: cert, LOQUAT_TLS_KEY: key })).of('TLS');
    };
    sign(request, cert, '30', '-set_serial', '1');
    const old = await chained(root);
    assert.equal(old.state, 'note');
    assert.match(old.what, /above its own that ran out/);
    // What signed it is looked at by everybody, unless it is such a root.
    sign(request, join(folder, 'between.crt'), '-1', '-set_serial', '2');
    sign(request, cert, '30', '-set_serial', '3');
    const broken = await chained(join(folder, 'between.crt'), root);
    assert.equal(broken.state, 'bad');
    assert.match(broken.what, /signed Loquat's ran out on .* clients refuse/);
  });

  it('finds a page of the journal that the disk did not keep', async () => {
    const server = await startLoquat();
    for (let i = 0; i < 3; ++i) {
      const chat = await Chat.open(server);
      await chat.ask('a page of text '.repeat(500));
      await chat.leave();
      await finalised(server.dataDir, chat.id);
    }
    await server.stop();
    const file = journalOf(server.dataDir);
    const size = 4096;
    const pages = statSync(file).size / size;
    const bytes = openSync(file, 'r+');
    for (let page = 2; page < pages; ++page) writeSync(bytes, Buffer.alloc(size, 0x5a), 0, size, page * size);
    closeSync(bytes);
    const damaged = await checks(['--data-dir', server.dataDir]);
    assert.equal(damaged.of('journal').state, 'bad');
    assert.match(damaged.of('journal').what, /damaged/);
    assert.match(damaged.of('journal').remedy, /backup/);
    // Nor is it served from, or written to.
    const program = runLoquat(['--server', '--port', '0', '--data-dir', server.dataDir]);
    const { code } = await within(program.ended, () => 'it serves from a damaged journal');
    assert.equal(code, 2, program.stderr);
    assert.match(program.stderr, /damaged/);
    assert.equal(statSync(file).size, pages * size);
  });

  it('finds the other nodes, and whether they can be reached', async () => {
    const url = await emptyDatabase();
    const alone = (await checks([], { SUPABASE_DB_URL: url })).of('nodes');
    assert.equal(alone.state, 'off');
    const own = { SUPABASE_DB_URL: url, LOQUAT_NODE_URL: 'http://127.0.0.1:9', LOQUAT_NODE_ID: 'me', LOQUAT_NODE_DEAD_AFTER_MS: '30000' };
    assert.match((await checks([], own)).of('nodes').what, /me; no other/); // nor any table
    const b = await startNode('b', url, { env: { LOQUAT_NODE_DEAD_AFTER_MS: '30000' } });
    await eventually('the other to be found', async () => (await checks([], own)).of('node b')?.state === 'ok');
    b.child.kill('SIGKILL');
    await b.ended;
    assert.equal((await checks([], own)).of('node b').state, 'bad');
    await eventually('it to be missed', async () =>
      (await checks([], { ...own, LOQUAT_NODE_DEAD_AFTER_MS: '500' })).of('node b').state === 'note');
    const wrong = (await checks([], { LOQUAT_NODE_URL: 'http://127.0.0.1:9' })).of('nodes');
    assert.equal(wrong.state, 'bad');
    assert.match(wrong.remedy, /SUPABASE_DB_URL/);
  });

  it('changes nothing in the folder', async () => {
    const folder = temporaryFolder();
    assert.equal((await doctor(['--data-dir', join(folder, 'a', 'b')])).code, 0);
    assert.deepEqual(readdirSync(folder), []);
    if (process.getuid() !== 0) { // root may write anywhere
      chmodSync(folder, 0o500);
      assert.equal((await checks(['--data-dir', folder])).of('data folder').state, 'bad');
    }
    writeFileSync(join(folder, 'file'), '');
    assert.equal((await checks(['--data-dir', join(folder, 'file')])).of('data folder').state, 'bad');
    const server = runLoquat(['--server', '--port', '0', '--data-dir', join(folder, 'file')]);
    assert.equal((await within(server.ended, () => 'it serves from a file')).code, 2);
    assert.match(server.stderr, /--data-dir: The data folder .* cannot be written: .*\(Make it writable/);
  });
});
