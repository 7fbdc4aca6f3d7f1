// SPDX-License-Identifier: GPL-3.0-or-later
// Shows Markdown that is still being written. Blocks that are finished keep their nodes, so nothing flickers and a
// selection survives; the block at the end is patched in place.
import { elementsOf } from './elements.js';
import { lexer } from './lexer.js';

const normal = (text) => text.replace(/\r/g, '').replace(/\t/g, '    ');

// Emphasis or a link that is opened but not closed yet shows as what it is about to be, not as signs that vanish.
function closed(text) {
  let tail = text.replace(/!?\[([^[\]\n]*)\]\([^()\n]*$/, '$1').replace(/(\*{1,2}|_{1,2}|`)$/, '');
  for (const mark of ['`', '**']) {
    const parts = tail.split(mark);
    if (parts.length % 2 === 0 && /^\S/.test(parts.at(-1))) tail = tail.trimEnd() + mark;
  }
  return tail;
}

// From one to the next: found by its number, each is counted from the first.
function patchChildren(parent, start, wanted) {
  let next = parent.childNodes[start];
  for (const fresh of wanted) {
    const old = next;
    next = old?.nextSibling;
    if (!old) parent.append(fresh);
    else if (old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
    else if (old.nodeType === Node.TEXT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; }
    else {
      for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      patchChildren(old, 0, [...fresh.childNodes]);
    }
  }
  while (next) [next] = [next.nextSibling, next.remove()];
}

// Only what is being written: in code, or in a block before the last, a sign is what it is.
function withClosedTail(blocks) {
  const last = blocks.at(-1);
  const inner = last?.type === 'list' ? last.items.at(-1) : last?.type === 'blockquote' ? last : undefined;
  if (inner) inner.tokens = withClosedTail(inner.tokens);
  if (inner || !last || last.type === 'code') return blocks;
  const fixed = closed(last.raw);
  return fixed === last.raw ? blocks : [...blocks.slice(0, -1), ...lexer(fixed)];
}

export class MarkdownView {
  constructor(element) {
    this.element = element;
    this.clear();
  }

  clear() {
    this.text = '';
    this.bare = false;
    this.settledText = 0; // up to here the text is shown by nodes that will not change any more
    this.settledNodes = 0;
    this.element.replaceChildren();
  }

  append(piece) {
    this.text += normal(piece);
    this.frame ??= requestAnimationFrame(() => this.render(false));
  }

  // The whole text, from the server's last word on it.
  finish(text = this.text) {
    text = normal(text);
    if (!text.startsWith(this.text.slice(0, this.settledText))) this.clear();
    this.text = text;
    this.render(true);
  }

  render(whole) {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    try { this.show(whole); } catch { // as it is then: a reply ends, whatever it says
      const { text } = this;
      this.clear();
      Object.assign(this, { text, bare: true });
      this.show(whole);
    }
  }

  show(whole) {
    const text = this.text.slice(this.settledText);
    const blocks = this.bare ? [{ type: 'code', raw: text, text }] : lexer(text);
    // What follows may still join the last two blocks, such as the next number of a list: they are not settled.
    const content = blocks.flatMap((block, i) => (block.type === 'space' ? [] : [i]));
    const firstOpen = whole ? blocks.length : content.at(-2) ?? 0;
    const settled = blocks.slice(0, firstOpen);
    const done = elementsOf(settled);
    patchChildren(this.element, this.settledNodes, [...done, ...elementsOf(withClosedTail(blocks.slice(firstOpen)))]);
    this.settledText += settled.reduce((sum, block) => sum + block.raw.length, 0);
    this.settledNodes += done.length;
  }
}
