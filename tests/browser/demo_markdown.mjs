// SPDX-License-Identifier: GPL-3.0-or-later
// How the browser client takes Markdown apart, without a browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { patience } from '../integration/lib/processes.mjs';

const source = readFileSync(new URL('../../resources/demo/lexer.js', import.meta.url), 'utf8');
const { inline, lexer } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

// In a process of its own, which can be ended where it does not end by itself.
const elsewhere = (text) => JSON.parse(execFileSync(process.execPath, ['--input-type=module'], {
  input: `${source}\nconsole.log(JSON.stringify(lexer(${JSON.stringify(text)}).map(({ type, raw }) => [type, raw.length])));`,
  timeout: patience, maxBuffer: 1 << 24,
}));

describe('The Markdown of the browser client', () => {
  const long = 600_000;
  const times = (text) => text.repeat(Math.ceil(long / text.length));
  for (const [name, text, type] of [
    ['many links in brackets', `[Sources: ${Array.from({ length: 40 }, (_, i) => `[${i}](https://example.com/${i})`).join(', ')}]`, 'paragraph'],
    ['a heading with many spaces', `# one${times(' ')}two`, 'heading'],
    ['a line with many spaces', `one${times(' ')}two`, 'paragraph'],
    ['a line below a table that is none', `| one\n|-${times(' ')}two`, 'paragraph'],
    ['an address that never comes', `[one](${times(' ')}`, 'paragraph'],
  ])
    it(`comes to an end with ${name}`, () => { assert.deepEqual(elsewhere(text), [[type, text.length]]); });

  it('makes no more cells of a table than are written', () => {
    const [{ type, rows }] = lexer(`|${'a|'.repeat(500)}\n|${'-|'.repeat(500)}\n${'x\n'.repeat(1000)}`);
    assert.equal(type, 'table');
    assert.equal(rows.length, 1000);
    assert.equal(rows.flat().length, 1000);
    assert.deepEqual(lexer('|a|\n|-|\n|b|c|')[0].rows, [[{ tokens: [{ type: 'text', text: 'b' }] }]]);
  });

  it('knows a link whatever its text is', () => {
    for (const [text, href, tokens] of [
      ['[a](b)', 'b', [{ type: 'text', text: 'a' }]],
      ['[a](b "title")', 'b', [{ type: 'text', text: 'a' }]],
      ['[a]( b )', 'b', [{ type: 'text', text: 'a' }]],
      ['[a]()', '', [{ type: 'text', text: 'a' }]],
      ['[a [b] c](d)', 'd', [{ type: 'text', text: 'a [b] c' }]],
      ['[a\\]b](c)', 'c', [{ type: 'text', text: 'a' }, { type: 'text', text: ']' }, { type: 'text', text: 'b' }]],
      ['[![a](b)](c)', 'c', [{ type: 'image', text: 'a', href: 'b' }]],
      ['[[a](b)](c)', 'c', [{ type: 'text', text: 'a' }]],
      ['[a **[b](c)** <http://d>](e)', 'e', [{ type: 'text', text: 'a ' }, { type: 'strong', tokens: [{ type: 'text', text: 'b' }] }, { type: 'text', text: ' ' }, { type: 'text', text: 'http://d' }]],
      ['[http://a](http://b)', 'http://b', [{ type: 'text', text: 'http://a' }]],
    ])
      assert.deepEqual(inline(text), [{ type: 'link', href, tokens }], text);
  });

  it('knows a heading with and without signs at its end', () => {
    for (const [text, depth, said] of [['# one', 1, 'one'], ['### one ##', 3, 'one'], ['## one# ', 2, 'one#'], ['#  one  #  ', 1, 'one']])
      assert.deepEqual(lexer(text), [{ type: 'heading', raw: text, depth, tokens: [{ type: 'text', text: said }] }], text);
    assert.deepEqual(lexer('##'), [{ type: 'heading', raw: '##', depth: 2, tokens: [] }]);
    assert.equal(lexer('#one')[0].type, 'paragraph');
  });
});
