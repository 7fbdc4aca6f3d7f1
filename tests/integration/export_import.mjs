// SPDX-License-Identifier: GPL-3.0-or-later
// loquat export and loquat import: what was said leaves the journal in forms that others read, and comes back whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { finalised, journalEvents, journalSession, sqlite } from './lib/rows.mjs';

const awkward = 'It\'s a \\ "test", with\nlines, `code`, # no heading, Ünïcödé 👩‍👩‍👧 and 9007199254740993';

async function loquat(...args) {
  const program = runLoquat(args);
  const { code } = await within(program.ended, () => `loquat ${args.join(' ')} does not end`);
  return { code, stdout: program.stdout, stderr: program.stderr };
}

async function exported(dataDir, ...args) {
  const { code, stdout, stderr } = await loquat('export', '--data-dir', dataDir, ...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

// RFC 4180, as strictly as a reader can be.
function parseCsv(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    assert.ok(match, 'not RFC 4180');
    rows.at(-1).push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') rows.push([]);
  }
  assert.deepEqual(rows.pop(), []);
  return rows;
}

describe('A journal', () => {
  let dataDir, first, second;
  before(async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: fake.settings });
    dataDir = server.dataDir;
    for (const said of [awkward, '=cmd|\' /C calc\'!A0']) {
      const chat = await Chat.open(server, { user_id: '@zoë' });
      await chat.ask(said);
      await chat.ask('fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}');
      await chat.leave();
      await finalised(dataDir, chat.id);
      if (!first) first = chat.id; else second = chat.id;
    }
    // Beside a Loquat that runs.
    assert.equal((await exported(dataDir, '--format', 'jsonl')).split('\n')[0].includes(`"session_id":"${first}"`), true);
    await server.stop();
    await fake.stop();
  });

  it('is the same after export, import into an empty folder, and export', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'all.jsonl');
    const { code, stderr } = await loquat('export', '--data-dir', dataDir, '--output', file);
    assert.equal(code, 0, stderr);
    assert.equal(statSync(file).mode & 0o077, 0, 'others may read it');
    const other = join(folder, 'new', 'journal');
    const imported = await loquat('import', file, '--data-dir', other);
    assert.equal(imported.code, 0, imported.stderr);
    assert.equal(await exported(other), readFileSync(file, 'utf8'));
    for (const format of ['json', 'markdown', 'csv'])
      assert.equal(await exported(other, '--format', format), await exported(dataDir, '--format', format));
    assert.deepEqual(await journalEvents(other, first), await journalEvents(dataDir, first));
    assert.deepEqual(await journalSession(other, second), await journalSession(dataDir, second));
    const again = await loquat('import', file, '--data-dir', other);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /imported 0 events of 0 sessions/);
    assert.equal(await exported(other), readFileSync(file, 'utf8'));
    // What was imported goes on like any other session.
    const server = await startLoquat({ dataDir: other });
    const chat = await Chat.open(server, { id: first });
    assert.equal((await chat.one('session_started')).resumed, true);
    await chat.leave();
    await server.stop();
  });

  it('gives one document of JSON, and JSON Lines with an event each', async () => {
    const { sessions } = JSON.parse(await exported(dataDir, '--format', 'json'));
    assert.deepEqual(sessions.map(({ session_id: id }) => id), [first, second]);
    assert.equal(sessions[0].user_id, '@zoë');
    assert.equal(sessions[0].events[1].content, awkward);
    const lines = (await exported(dataDir)).trimEnd().split('\n').map(JSON.parse);
    assert.deepEqual(lines.filter(({ kind }) => kind === 'session').length, 2);
    const events = lines.filter(({ kind, session_id: id }) => kind === 'event' && id === first);
    assert.deepEqual(events.map(({ seq }) => seq), sessions[0].events.map(({ seq }) => seq));
  });

  it('gives CSV that no spreadsheet takes for formulas', async () => {
    const [head, ...rows] = parseCsv(await exported(dataDir, '--format', 'csv'));
    assert.deepEqual(head, ['session_id', 'user_id', 'seq', 'ts', 'event_type', 'role', 'content', 'metadata']);
    assert.equal(rows.find(([id, , seq]) => id === first && seq === '2')[6], awkward);
    const formula = rows.find(([id, , seq]) => id === second && seq === '2');
    assert.equal(formula[6], "'=cmd|' /C calc'!A0");
    assert.equal(formula[1], "'@zoë");
    for (const row of rows) for (const value of row) assert.doesNotMatch(value, /^[=+\-@\t\r]/);
  });

  it('gives Markdown to read, in which what was said stays a quotation', async () => {
    const text = await exported(dataDir, '--format', 'markdown', '--session', first);
    assert.match(text, new RegExp(`^# Session \`${first}\`$`, 'm'));
    assert.ok(text.includes('> It\'s a \\ "test", with\n> lines, `code`, # no heading'), text);
    assert.ok(!text.includes(second));
    assert.ok(text.includes('`calculate_shipping`'));
  });

  it('gives only what was asked for', async () => {
    assert.equal((await exported(dataDir, '--since', '2999-01-01')).length, 0);
    assert.equal(await exported(dataDir, '--until', '2999-01-01', '--since', '2001-01-01T00:00:00Z'), await exported(dataDir));
    const [{ start_time: time }] = await sqlite(dataDir, `select start_time from sessions where session_id = '${second}'`);
    const newer = (await exported(dataDir, '--since', time)).split('\n')[0];
    assert.equal(JSON.parse(newer).session_id, second);
    const unknown = await loquat('export', '--data-dir', dataDir, '--session', 'nobody');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /nobody/);
  });

  it('takes nothing of a file with a wrong line, and names the line', async () => {
    const lines = (await exported(dataDir)).trimEnd().split('\n');
    for (const [line, why] of [
      ['{"kind":', /JSON/], ['{"kind":"other"}', /kind/], ['[]', /kind/],
      [lines[2].replace(/"seq":\d+/, '"seq":0'), /seq/],
      [lines[2].replace('"event_type":"', '"event_type":"x'), /event type/],
      [lines[2].replace(first, second), /session/],
      [lines[0].replace('"status":"completed"', '"status":"odd"').replace(first, 'odd'), /refuses/],
      [lines[0].replace(/"start_time":"[^"]*"/, '"start_time":"yesterday"'), /start_time/],
      [lines[0].replace(first, '../odd'), /session_id/],
    ]) {
      const folder = temporaryFolder();
      const file = join(folder, 'wrong.jsonl');
      writeFileSync(file, [...lines.slice(0, 2), line, ...lines.slice(2)].join('\n'));
      const { code, stderr } = await loquat('import', file, '--data-dir', folder);
      assert.equal(code, 1, `${line} was taken`);
      assert.match(stderr, /Line 3:/);
      assert.match(stderr, why);
      assert.deepEqual(await sqlite(folder, 'select * from sessions'), []);
    }
  });

  it('is taken whole or not at all: a wrong last line, and a kill in the middle', async () => {
    const lines = (await exported(dataDir)).trimEnd().split('\n');
    const folder = temporaryFolder();
    const file = join(folder, 'all.jsonl');
    writeFileSync(file, lines.filter((line) => line.includes(first)).join('\n'));
    assert.equal((await loquat('import', file, '--data-dir', folder)).code, 0);
    const before = await exported(folder);
    assert.ok(before.includes(first) && !before.includes(second));
    writeFileSync(file, [...lines, '{"kind":"other"}'].join('\n'));
    assert.equal((await loquat('import', file, '--data-dir', folder)).code, 1);
    assert.equal(await exported(folder), before);

    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const program = runLoquat(['import', pipe, '--data-dir', folder]);
    const end = await open(pipe, 'w');
    // More than the pipe holds: once it is written, most of it was read.
    await end.writeFile(`${lines.join('\n')}\n`.repeat(50));
    assert.ok(existsSync(join(folder, 'loquat.db-wal')), 'the import has not begun');
    await program.stop('SIGKILL');
    await end.close();
    assert.equal(await exported(folder), before);
    writeFileSync(file, lines.join('\n'));
    assert.equal((await loquat('import', file, '--data-dir', folder)).code, 0);
    assert.equal((await exported(folder)).length, (await exported(dataDir)).length);
  });

  it('is not imported into while a Loquat runs on it', async () => {
    const file = join(temporaryFolder(), 'all.jsonl');
    writeFileSync(file, await exported(dataDir));
    const server = await startLoquat();
    const { code, stderr } = await loquat('import', file, '--data-dir', server.dataDir);
    assert.equal(code, 1);
    assert.match(stderr, /Another Loquat/);
    await server.stop();
  });
});

describe('Wrong usage', () => {
  for (const args of [['export', '--format', 'xml'], ['export', '--since', 'yesterday'], ['export', 'file'],
    ['export', '--session', 'a', '--since', '2020-01-01'], ['import'], ['import', '/nowhere/at/all'], ['import', 'a', 'b']])
    it(`is told in a line with status 2: ${args.join(' ')}`, async () => {
      const { code, stderr, stdout } = await loquat(...args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });

  it('leaves no journal behind where there is none', async () => {
    const folder = temporaryFolder();
    assert.equal((await loquat('export', '--data-dir', folder)).code, 1);
    assert.ok(!existsSync(join(folder, 'loquat.db')));
  });
});
