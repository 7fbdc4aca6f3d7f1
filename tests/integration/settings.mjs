// SPDX-License-Identifier: GPL-3.0-or-later
// The command line and the environment: a wrong setting ends the program at once, and says which one it was.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chat } from './lib/chat.mjs';
import { runLoquat, startLoquat, temporaryFolder, within } from './lib/processes.mjs';

describe('A wrong setting', () => {
  for (const [name, args, env] of [
    ['--port', ['--port', 'eighty']],
    ['--port', ['--port', '70000']],
    ['--dialect', ['--dialect', 'klingon']],
    ['--env-file', ['--env-file', '/nonexistent/.env']],
    ['--config', ['--config', '/nonexistent/loquat.json']],
    ['LOQUAT_CONFIG', [], { LOQUAT_CONFIG: '/nonexistent/loquat.json' }],
    ['--data-dir', ['--data-dir', '']],
    ['PORT', [], { PORT: 'eighty' }],
    ['SUPABASE_DB_URL', [], { SUPABASE_DB_URL: 'mysql://somewhere/else' }],
    ['SUPABASE_DB_URL', [], { SUPABASE_DB_URL: 'not a url at all' }],
    ['SUPABASE_URL', [], { SUPABASE_URL: 'your_supabase_url', SUPABASE_KEY: 'k' }],
    ['SUPABASE_URL', [], { SUPABASE_URL: 'http://project.example', SUPABASE_KEY: 'k' }],
    ['SUPABASE_KEY', [], { SUPABASE_URL: 'https://project.supabase.co', SUPABASE_KEY: 'a key of words' }],
    ['SUPABASE_SCHEMA', [], { SUPABASE_URL: 'https://project.supabase.co', SUPABASE_KEY: 'k', SUPABASE_SCHEMA: 'a,b' }],
    ['SUPABASE_SCHEMA', [], { SUPABASE_URL: 'https://project.supabase.co', SUPABASE_KEY: 'k', SUPABASE_SCHEMA: 'a;b' }],
    ['LOQUAT_PROVIDERS', [], { LOQUAT_PROVIDERS: 'openai,oracle-of-delphi' }],
    ['OPENAI_API_KEY', [], { LOQUAT_PROVIDERS: 'openai' }],
  ])
    it(`${name} "${args.at(-1) ?? env[name]}" ends with status 2 and one line`, async () => {
      // A good --port would hide a wrong PORT.
      const port = name.toUpperCase().endsWith('PORT') ? [] : ['--port', '0'];
      const program = runLoquat(['--server', '--data-dir', temporaryFolder(), ...port, ...args], env);
      const { code } = await within(program.ended, () => 'it runs all the same');
      assert.equal(code, 2, program.stderr);
      const lines = program.stderr.trim().split('\n');
      assert.equal(lines.length, 1, program.stderr);
      assert.ok(lines[0].includes(name), lines[0]);
      assert.ok(!lines[0].includes('a key of words'), 'the key is shown');
      assert.equal(program.stdout, '');
    });

  it('an option nobody knows ends with a status that is not 0', async () => {
    const { code } = await within(runLoquat(['--sevrer']).ended, () => 'it runs all the same');
    assert.notEqual(code, 0);
  });

  it('a port that is taken ends it with a sentence', async () => {
    const server = await startLoquat();
    const second = runLoquat(['--server', '--data-dir', temporaryFolder(), '--port', new URL(server.url).port]);
    const { code } = await within(second.ended, () => 'it runs all the same');
    assert.notEqual(code, 0);
    assert.match(second.stderr, /port|address|listen/i);
    await server.stop();
  });
});

describe('Settings', () => {
  it('--screenshot saves the console and ends, whatever is being said', async () => {
    const picture = join(temporaryFolder(), 'console.png');
    const program = runLoquat(['--demo', '--port', '0', '--screenshot', picture], { QT_QPA_PLATFORM: 'offscreen' });
    assert.deepEqual(await within(program.ended, () => 'it does not end'), { code: 0, signal: null }, program.stderr);
    assert.equal(readFileSync(picture).subarray(1, 4).toString(), 'PNG');
  });

  it('--screenshot of a backend elsewhere says nothing to anybody', async () => {
    const server = await startLoquat();
    const chat = await Chat.open(server);
    await chat.ask('hello');
    const picture = join(temporaryFolder(), 'console.png');
    const program = runLoquat(['--connect', server.url, '--screenshot', picture], { QT_QPA_PLATFORM: 'offscreen' });
    assert.deepEqual(await within(program.ended, () => 'it does not end'), { code: 0, signal: null }, program.stderr);
    const { events } = await (await fetch(`${server.url}/api/sessions/${chat.id}/events`)).json();
    assert.deepEqual(events.map((each) => each.event_type), ['session_started', 'user_message', 'ai_message']);
    await chat.leave();
    await server.stop();
  });

  it('--version and --help speak and end', async () => {
    const version = runLoquat(['--version']);
    assert.equal((await within(version.ended, () => '--version does not end')).code, 0);
    assert.match(version.stdout, /\d+\.\d+\.\d+/);
    const help = runLoquat(['--help']);
    assert.equal((await within(help.ended, () => '--help does not end')).code, 0);
    for (const [short, long] of [['-v', version], ['-h', help]]) {
      const same = runLoquat([short]);
      assert.equal((await within(same.ended, () => `${short} does not end`)).code, 0);
      assert.equal(same.stdout, long.stdout);
    }
    for (const command of ['export', 'import']) {
      const own = runLoquat([command, '--help']);
      assert.equal((await within(own.ended, () => `${command} --help does not end`)).code, 0);
      assert.match(own.stdout, new RegExp(`^Usage: \\S+ ${command} \\[options\\]`));
    }
    for (const option of ['--server', '--host', '--port', '--data-dir', '--env-file', '--dialect', '--log-level'])
      assert.ok(help.stdout.includes(option), `${option} is not in --help`);
  });

  it('come from an .env file', async () => {
    const file = join(temporaryFolder(), 'settings.env');
    writeFileSync(file, '# a comment\n\nPORT=1\nexport OPENAI_MODEL="from-the-file"\nOPENAI_API_KEY=sk-x\nOPENAI_BASE_URL=http://127.0.0.1:1/v1\n');
    const server = await startLoquat({ args: ['--env-file', file] });
    const chat = await Chat.open(server);
    assert.equal((await chat.one('session_started')).model, 'from-the-file');
    await chat.leave();
    await server.stop();
  });

  it('come from an .env file of other programs, whatever else is in it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, '.env');
    writeFileSync(file, 'export PORT=0\nsk-a-key-alone\nOPENAI_API_KEY sk-without-an-equals-sign\nLOQUAT_DIALECT=sentinel\n');
    const server = await startLoquat({ args: ['--env-file', file] });
    assert.match(server.stderr, /^loquat: '.*\.env': .*KEY=VALUE.* on lines 2, 3$/m);
    assert.ok(!server.stderr.includes('sk-'), server.stderr);
    await server.stop();
    const doctor = runLoquat(['doctor', '--json', '--data-dir', folder, '--port', '0', '--env-file', file]);
    assert.equal((await within(doctor.ended, () => 'doctor does not end')).code, 0, doctor.stdout);
    const { checks } = JSON.parse(doctor.stdout);
    assert.match(checks.find(({ name, state }) => name === 'settings' && state === 'note').what, / on lines 2, 3$/);
    assert.ok(!doctor.stdout.includes('sk-'), doctor.stdout);
  });

  it('that README, SECURITY.md and the program name are known, and a slip of the pen is told', async () => {
    const top = fileURLToPath(new URL('../..', import.meta.url));
    const sources = readdirSync(join(top, 'app')).filter((name) => name.endsWith('.cpp')).map((name) => join('app', name));
    const text = ['README.md', 'SECURITY.md', ...sources].map((name) => readFileSync(join(top, name), 'utf8')).join('\n');
    const names = new Set(text.match(/\b(LOQUAT|OPENAI|GROQ|GEMINI|ANTHROPIC|SUPABASE)(_[A-Z]+)+\b/g));
    names.delete('LOQUAT_VERSION'); // the build's
    assert.ok(names.size > 60, [...names].join(' '));
    const folder = temporaryFolder();
    const file = join(folder, '.env');
    writeFileSync(file, [...names, 'LOQUAT_OPERATER_TOKEN'].map((name) => `${name}=`).join('\n'));
    const doctor = runLoquat(['doctor', '--json', '--data-dir', folder, '--port', '0', '--env-file', file]);
    assert.equal((await within(doctor.ended, () => 'doctor does not end')).code, 0, doctor.stdout);
    const notes = JSON.parse(doctor.stdout).checks.filter(({ name, state }) => name === 'settings' && state === 'note');
    assert.deepEqual(notes.map(({ what }) => what), ['LOQUAT_OPERATER_TOKEN is no setting: is LOQUAT_OPERATOR_TOKEN meant?']);
  });

  it('of the environment win over the .env file', async () => {
    const file = join(temporaryFolder(), 'settings.env');
    writeFileSync(file, 'OPENAI_MODEL=from-the-file\n');
    const env = { OPENAI_MODEL: 'from-the-environment', OPENAI_API_KEY: 'sk-x', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    const server = await startLoquat({ args: ['--env-file', file], env });
    const chat = await Chat.open(server);
    assert.equal((await chat.one('session_started')).model, 'from-the-environment');
    await chat.leave();
    await server.stop();
  });
});
