// SPDX-License-Identifier: GPL-3.0-or-later
// Takes Markdown apart: CommonMark as models write it, with tables, task lists and struck out text, and without HTML, which
// stays the text it is. Pure: text in, tokens out. `raw` is the text a block came from; together they are all of it.

const ruleLine = /^ {0,3}([-*_])(?: *\1){2,} *(?:\n|$)/;
const headingLine = /^ {0,3}(#{1,6})(?![^ \n])([^\n]*)(?:\n|$)/;
const fenceLine = /^( {0,3})(`{3,}|~{3,})([^\n`]*)(?:\n|$)/;
const quoteLine = /^ {0,3}> ?/;
const marker = /^( {0,3})([-*+]|(\d{1,9})([.)]))( +|(?=\n|$))/;
const delimiterLine = /^ {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?(?:\n|$)/;
const underline = /^ {0,3}(?:(=+)|-{2,}) *(?:\n|$)/;
const deepest = 16; // what is nested deeper stays text
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

const lineOf = (text) => { const end = text.indexOf('\n'); return end < 0 ? text : text.slice(0, end + 1); };
const isBlank = (line) => !line.trim();
// What ends a paragraph without an empty line before it. A number only begins a list there if it is 1.
function begins(line) {
  const item = marker.exec(line);
  return [ruleLine, headingLine, fenceLine, quoteLine].some((each) => each.test(line)) ||
    (item && item[5].length > 0 && (item[3] === undefined || Number(item[3]) === 1));
}

function space(text) {
  const [raw] = /^(?: *\n)+|^ +$/.exec(text) ?? [];
  return raw && { type: 'space', raw };
}

function code(text) {
  const open = fenceLine.exec(text);
  if (!open) {
    const [raw] = /^(?: {4}[^\n]*(?:\n|$))+/.exec(text) ?? [];
    return raw && { type: 'code', raw, text: raw.replace(/^ {4}/gm, '').replace(/\n$/, '') };
  }
  const [head, indent, fence] = open;
  const lines = [];
  let raw = head;
  for (let line = lineOf(text.slice(raw.length)); line; line = lineOf(text.slice(raw.length))) {
    raw += line;
    const bare = line.trim();
    if (bare.length >= fence.length && bare === fence[0].repeat(bare.length)) break;
    lines.push(line.startsWith(indent) ? line.slice(indent.length) : line);
  }
  return { type: 'code', raw, text: lines.join('').replace(/\n$/, '') };
}

function heading(text) {
  const found = headingLine.exec(text);
  return found && { type: 'heading', raw: found[0], depth: found[1].length, tokens: inline(found[2].trim().replace(/ #+$/, '').trimEnd()) };
}

function rule(text) {
  const [raw] = ruleLine.exec(text) ?? [];
  return raw && { type: 'hr', raw };
}

function quote(text, depth) {
  if (depth > deepest || !quoteLine.test(text)) return undefined;
  let raw = '';
  let inner = '';
  for (let line = lineOf(text); line; line = lineOf(text.slice(raw.length))) {
    if (!quoteLine.test(line) && (isBlank(line) || begins(line) || isBlank(lineOf(inner.slice(inner.lastIndexOf('\n', inner.length - 2) + 1))))) break;
    raw += line;
    inner += line.replace(quoteLine, '');
  }
  return { type: 'blockquote', raw, tokens: lexer(inner, depth + 1) };
}

function list(text, depth) {
  const first = marker.exec(text);
  if (depth > deepest || !first || ruleLine.test(text)) return undefined;
  const kind = (found) => found[4] ?? found[2];
  const contents = [];
  let raw = '';
  let pending = ''; // empty lines that may turn out to be between two items, or after the last
  let loose = false;
  let indent = 0;
  for (let line = lineOf(text); line; line = lineOf(text.slice(raw.length + pending.length))) {
    if (isBlank(line)) {
      pending += line;
      continue;
    }
    const next = marker.exec(line);
    const inside = contents.length > 0 && line.slice(0, indent).trim() === '' && line.length > indent;
    if (!inside && next && kind(next) === kind(first) && !ruleLine.test(line)) {
      loose ||= pending !== '';
      contents.push(line.slice(next[0].length));
      indent = next[5].length > 4 ? next[0].length - next[5].length + 1 : Math.max(next[0].length, next[1].length + next[2].length + 1);
    } else if (inside || (!pending && contents.length > 0 && !begins(line))) {
      // A blank line before it, and not as part of a list in the item, makes the item loose.
      if (pending && line.slice(indent).search(/\S/) === 0) loose = true;
      contents[contents.length - 1] += pending.replace(/[^\n]/g, '') + (inside ? line.slice(indent) : line.trimStart());
    } else {
      break;
    }
    raw += pending + line;
    pending = '';
  }
  const items = contents.map((content) => {
    const [box, mark] = /^\[([ xX])\] +/.exec(content) ?? [''];
    return { task: box !== '', checked: mark === 'x' || mark === 'X', tokens: lexer(content.slice(box.length), depth + 1) };
  });
  return { type: 'list', raw, ordered: first[3] !== undefined, start: Number(first[3] ?? 1), loose, items };
}

const cellsOf = (line) => line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));

function table(text) {
  const top = lineOf(text);
  const under = lineOf(text.slice(top.length));
  if (!top.includes('|') || !under.includes('-') || !delimiterLine.test(under)) return undefined;
  const header = cellsOf(top);
  const align = cellsOf(under).map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : cell.startsWith(':') ? 'left' : undefined));
  if (header.length !== align.length) return undefined;
  let raw = top + under;
  const rows = [];
  for (let line = lineOf(text.slice(raw.length)); line && !isBlank(line) && !begins(line); line = lineOf(text.slice(raw.length))) {
    raw += line;
    // Missing cells are not made up: a short text would make any number.
    rows.push(cellsOf(line).slice(0, header.length).map((cell) => ({ tokens: inline(cell) })));
  }
  return { type: 'table', raw, align, header: header.map((cell) => ({ tokens: inline(cell) })), rows };
}

function paragraph(text) {
  let raw = lineOf(text);
  for (let line = lineOf(text.slice(raw.length)); line && !isBlank(line); line = lineOf(text.slice(raw.length))) {
    const under = underline.exec(line);
    if (under) return { type: 'heading', raw: raw + line, depth: under[1] ? 1 : 2, tokens: inline(raw.trim()) };
    if (begins(line)) break;
    raw += line;
  }
  return { type: 'paragraph', raw, tokens: inline(raw.trim()) };
}

const kinds = [space, code, heading, rule, quote, list, table, paragraph];

// The blocks of a text.
export function lexer(text, depth = 0) {
  const blocks = [];
  for (let at = 0; at < text.length; at += blocks.at(-1).raw.length) {
    const rest = text.slice(at);
    for (const kind of kinds) {
      const block = kind(rest, depth);
      if (!block) continue;
      blocks.push(block);
      break;
    }
  }
  return blocks;
}

const decoded = (text) => text.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (whole, name, decimal, hex) => {
  if (name) return entities[name.toLowerCase()];
  const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
});

// In all of these there is one way to read a text: with two, a long one that does not match takes forever.
const reach = 4000; // how far a mark may be from the one that ends it
const special = /[\\`*_~[!<]|(?<! ) {2,}\n|\bhttps?:\/\//g;
const address = String.raw`(?:<([^<>\n]*)>|((?:[^\s()<>]|\([^\s()]*\))*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)`;
// A link in a link's text is only its text.
const unlinked = (tokens) => tokens.flatMap((each) => (
  each.type === 'link' ? each.tokens : each.tokens ? { ...each, tokens: unlinked(each.tokens) } : each));
const wrap = (type) => ([, text], depth) => ({ type, tokens: inline(text, depth) });
const inlines = [
  [/^\\([!-/:-@[-`{-~])/, ([, text]) => ({ type: 'text', text })],
  [/^(?: {2,}|\\)\n\s*/, () => ({ type: 'br' })],
  [/^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/, ([, , text]) => ({ type: 'codespan', text: text.replace(/\n/g, ' ').replace(/^ (.*\S.*) $/, '$1') })],
  [/^(?:<(https?:\/\/[^\s<>]+|mailto:[^\s<>]+)>|(https?:\/\/[^\s<]*[^\s<?!.,:;*_~'")\]]))/i, ([, inAngles, bare]) => ({ type: 'link', href: inAngles ?? bare, tokens: [{ type: 'text', text: inAngles ?? bare }] })],
  [new RegExp(String.raw`^!\[((?:\\.|[^[\]\\])*)\]\(\s*(?!\s)${address}`), ([, text, inAngles, bare]) => ({ type: 'image', text, href: inAngles ?? bare })],
  [new RegExp(String.raw`^\[((?:\\.|\[[^[\]]*\]|[^[\]\\])*)\]\(\s*(?!\s)${address}`), ([, text, inAngles, bare], depth) => ({ type: 'link', href: decoded(inAngles ?? bare), tokens: unlinked(inline(text, depth)) })],
  [/^\*\*\*(?=[^\s*])([^*]*[^\s*])\*\*\*(?!\*)/, ([, text], depth) => ({ type: 'strong', tokens: [{ type: 'em', tokens: inline(text, depth) }] })],
  [/^\*\*(?=\S)((?:\\.|[^\\])*?[^\s\\])\*\*(?!\*(?!\*))/, wrap('strong')],
  [/^__(?=\S)([\s\S]*?[^\s\\])__(?!\w)/, wrap('strong')],
  [/^\*(?=[^\s*])((?:\\.|\*\*(?:[^*]|\*(?!\*))+\*\*|[^*\\])*?[^\s\\*])\*(?!\*)/, wrap('em')],
  [/^_(?=[^\s_])((?:\\.|[^_\\]|_(?=\w))*?[^\s\\])_(?!\w)/, wrap('em')],
  [/^~~(?=\S)([\s\S]*?\S)~~/, wrap('del')],
];

// What stands in a line, or in the lines of a paragraph.
export function inline(text, depth = 0) {
  const tokens = [];
  let plain = '';
  const take = (token) => {
    if (plain) tokens.push({ type: 'text', text: decoded(plain) });
    plain = '';
    tokens.push(token);
  };
  for (let at = 0; at < text.length;) {
    special.lastIndex = at;
    const next = special.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    if (at === text.length) break;
    const rest = text.slice(at, at + reach);
    const inWord = text[at] === '_' && /\w/.test(text[at - 1] ?? '');
    const [how, make] = inWord || depth > deepest ? [] : inlines.find(([each]) => each.test(rest)) ?? [];
    if (how) {
      const found = how.exec(rest);
      take(make(found, depth + 1));
      at += found[0].length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) tokens.push({ type: 'text', text: decoded(plain) });
  return tokens;
}
