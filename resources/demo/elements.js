// SPDX-License-Identifier: GPL-3.0-or-later
// Makes elements of parsed Markdown, one by one, and never from a string of HTML: what a model writes cannot become
// anything but the elements made here. HTML in it shows as the text it is; pictures, which would call on another host,
// show as their description.

function element(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}

// The parser hands texts over with &, < and > escaped. A textarea's content holds text only, so this makes no element.
function unescaped(text) {
  if (!text.includes('&')) return text;
  const decoder = document.createElement('textarea');
  decoder.innerHTML = text;
  return decoder.value;
}

function link(token) {
  const href = unescaped(token.href ?? '');
  const node = element('a', ...all(token.tokens));
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return element('span', ...node.childNodes);
  return Object.assign(node, { href, target: '_blank', rel: 'noopener noreferrer' });
}

function item(token, loose) {
  const box = token.task ? [token.checked ? '☑ ' : '☐ '] : [];
  return element('li', ...box, ...token.tokens.flatMap((part) => (part.type === 'text' && loose ? [element('p', ...make(part))] : make(part))));
}

function list(token) {
  const node = element(token.ordered ? 'ol' : 'ul', ...token.items.map((each) => item(each, token.loose)));
  if (token.ordered && token.start > 1) node.start = token.start;
  return node;
}

function table(token) {
  const cells = (name, row) => row.map((cell, i) => {
    const node = element(name, ...all(cell.tokens));
    if (token.align[i]) node.align = token.align[i];
    return node;
  });
  return element('table',
    element('thead', element('tr', ...cells('th', token.header))),
    element('tbody', ...token.rows.map((row) => element('tr', ...cells('td', row)))));
}

const makers = {
  paragraph: (token) => element('p', ...all(token.tokens)),
  // The page has its own headings; those of a message come below them.
  heading: (token) => element(`h${Math.min(token.depth + 2, 6)}`, ...all(token.tokens)),
  blockquote: (token) => element('blockquote', ...all(token.tokens)),
  code: (token) => element('pre', element('code', token.text)),
  hr: () => element('hr'),
  list,
  table,
  html: (token) => token.raw,
  text: (token) => (token.tokens ? all(token.tokens) : unescaped(token.text)),
  escape: (token) => unescaped(token.text),
  strong: (token) => element('strong', ...all(token.tokens)),
  em: (token) => element('em', ...all(token.tokens)),
  del: (token) => element('del', ...all(token.tokens)),
  codespan: (token) => element('code', unescaped(token.text)),
  br: () => element('br'),
  link,
  image: (token) => unescaped(token.text || token.href),
  space: () => [],
  def: () => [],
};

const make = (token) => [(makers[token.type] ?? (({ raw }) => raw))(token)].flat();
const all = (tokens = []) => tokens.flatMap(make);

// The nodes of a row of blocks. Text that stands between blocks gets a paragraph, so that every block is an element.
export function elementsOf(blocks) {
  return all(blocks).map((node) => (typeof node === 'string' ? element('p', node.trim()) : node));
}
