// SPDX-License-Identifier: GPL-3.0-or-later
// Makes elements of parsed Markdown, one by one, and never from a string of HTML: what a model writes cannot become
// anything but the elements made here. HTML in it shows as the text it is; pictures, which would call on another host,
// show as their description.

const most = 30_000; // what a page can still lay out
let made = 0;

// One by one: a call takes only so many arguments.
function element(name, children = []) {
  if ((made += 1) > most) throw RangeError();
  const node = document.createElement(name);
  for (const child of children) node.append(child);
  return node;
}

function link({ href, tokens }) {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return element('span', all(tokens));
  return Object.assign(element('a', all(tokens)), { href, target: '_blank', rel: 'noopener noreferrer' });
}

// Without empty lines between its items, a list has no paragraphs.
function item({ task, checked, tokens }, loose) {
  const box = task ? [checked ? '☑ ' : '☐ '] : [];
  return element('li', [...box, ...tokens.flatMap((part) => (part.type === 'paragraph' && !loose ? all(part.tokens) : make(part)))]);
}

function list(token) {
  const node = element(token.ordered ? 'ol' : 'ul', token.items.map((each) => item(each, token.loose)));
  if (token.ordered && token.start > 1) node.start = token.start;
  return node;
}

function table(token) {
  const cells = (name, row) => row.map((cell, i) => {
    const node = element(name, all(cell.tokens));
    if (token.align[i]) node.align = token.align[i];
    return node;
  });
  return element('table', [
    element('thead', [element('tr', cells('th', token.header))]),
    element('tbody', token.rows.map((row) => element('tr', cells('td', row))))]);
}

const as = (name) => ({ tokens }) => element(name, all(tokens));
const makers = {
  paragraph: as('p'),
  // The page has its own headings; those of a message come below them.
  heading: (token) => element(`h${Math.min(token.depth + 2, 6)}`, all(token.tokens)),
  blockquote: as('blockquote'),
  code: (token) => element('pre', [element('code', [token.text])]),
  hr: () => element('hr'),
  list,
  table,
  text: (token) => token.text,
  strong: as('strong'),
  em: as('em'),
  del: as('del'),
  codespan: (token) => element('code', [token.text]),
  br: () => element('br'),
  link,
  image: (token) => token.text || token.href,
  space: () => [],
};

const make = (token) => [makers[token.type](token)].flat();
const all = (tokens = []) => tokens.flatMap(make);

// The elements of a row of blocks, one each. The first letter says from which side one is written, which its items, cells and
// paragraphs inherit: "auto" does not look into elements with a direction of their own. Code is written from the left.
export function elementsOf(blocks) {
  made = 0;
  const nodes = all(blocks);
  for (const node of nodes) if (node.localName !== 'pre') node.dir = 'auto';
  return nodes;
}
