// SPDX-License-Identifier: GPL-3.0-or-later
// The messages on the page: builds their elements, keeps the view at the bottom while they grow, and has them read out.
import { MarkdownView } from './markdown.js';

const longestHeard = 8; // what is read out, until there is more of it
const clock = () => new Date().toLocaleTimeString([], { hour12: false });
// On one line, with spaces where it may wrap.
const plain = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 1)?.replace(/\n */g, ' ') ?? '');

// A call that an operator had to allow fails with one of these when it was not.
const refusals = new Map([
  ['An operator denied this call.', 'denied'],
  ['No operator approved this call in time.', 'not allowed in time'],
  ['interrupted', 'interrupted'],
]);

export function el(tag, props = {}, ...children) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

// Makes a change that may take away, hide or disable what has the focus: then `next` gets it, instead of nothing.
export function keepFocus(next, change) {
  const had = document.activeElement;
  change();
  if (had && (had.disabled || had.hidden || !had.isConnected || had.checkVisibility?.() === false)) next.focus();
}

export class Transcript {
  constructor({ log, scroll, jump, empty, heard, message }) {
    Object.assign(this, { log, scroll, jump, empty, heard, message });
    this.sticky = true;
    this.past = false; // what is added was said before: nobody knows when, and it is not read out
    scroll.addEventListener('scroll', () => this.look());
    jump.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => { if (this.sticky) this.toEnd(); }).observe(log);
    new ResizeObserver(() => { if (this.sticky) this.toEnd(); }).observe(scroll);
  }

  look() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    if (scrollHeight - scrollTop - clientHeight < 2) this.sticky = true;
    else if (scrollTop < this.top) this.sticky = false;
    this.top = scrollTop;
    keepFocus(this.scroll, () => { this.jump.hidden = this.sticky; });
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.sticky = true;
    this.look();
  }

  clear() {
    keepFocus(this.message, () => this.log.replaceChildren());
    this.empty.hidden = false;
  }

  // For a screen reader, once and whole: the log itself would be read out token by token.
  hear(...parts) {
    const textContent = parts.filter(Boolean).join(', ');
    if (this.past || !textContent) return;
    this.heard.append(el('p', { textContent }));
    if (this.heard.childElementCount > longestHeard) this.heard.firstChild.remove();
  }

  add(row, before = null) {
    this.empty.hidden = true;
    this.log.insertBefore(row, before);
    return row;
  }

  row(kind, letter, name, said) {
    const detail = el('span', { textContent: this.past ? '' : clock() });
    const row = el('article', { className: `row ${kind}` },
      el('span', { className: 'tile', textContent: letter, ariaHidden: 'true' }),
      el('div', {}, el('div', { className: 'who' }, el('b', { textContent: name }), detail), said));
    return { row, detail, body: row.lastChild };
  }

  user(name, text) {
    const { row, detail, body } = this.row('user waiting', (name[0] ?? 'U').toUpperCase(), name,
      el('div', { className: 'said', textContent: text, dir: 'auto' }));
    this.add(row);
    if (!this.past) this.toEnd();
    const time = detail.textContent;
    const say = (word) => { detail.textContent = [time, word].filter(Boolean).join(' · '); };
    say('sending');
    const drop = (element) => keepFocus(this.message, () => element?.remove());
    // again() says whether it could be sent.
    const offer = (word, textContent, again) => {
      say(word);
      if (again && !body.querySelector('button'))
        body.append(el('button', { type: 'button', textContent, onclick: () => { if (again()) drop(row); } }));
    };
    return {
      row,
      stored() { row.classList.remove('waiting'); say(''); drop(body.querySelector('button')); },
      queued() { say('waiting its turn'); },
      unsent() { say('waiting for the connection'); },
      remove() { drop(row); },
      unconfirmed(again) { offer('not confirmed by the server', 'Send again', again); },
      refused(again) { offer('not taken', 'Try again', again); },
    };
  }

  assistant(before) {
    const said = el('div', { className: 'said' });
    const { row, detail } = this.row('assistant caret', 'A', 'assistant', said);
    this.add(row, before);
    const time = detail.textContent;
    const view = new MarkdownView(said);
    return {
      row, view,
      waits(what) { detail.textContent = what; },
      token(text) { detail.textContent = time; view.append(text); },
      end: (text, words = [], ending = '') => {
        view.finish(text);
        detail.textContent = [time, ...words, ending].filter(Boolean).join(' · ');
        if (!this.past) this.hear(row.classList.contains('caret') && said.innerText, ending);
        row.classList.remove('caret');
      },
      remove() { row.remove(); },
    };
  }

  tool(name, args, before) {
    const outcome = el('span', { className: 'outcome', textContent: 'running' });
    const ms = el('span', { className: 'ms' });
    const result = el('pre', { textContent: plain(args) });
    const card = el('div', { className: 'card' }, el('header', {}, el('b', { textContent: name }), outcome, ms), result);
    this.add(el('article', { className: 'row tool', ariaLabel: `Tool ${name}` },
      el('span', { className: 'tile', textContent: '⚙', ariaHidden: 'true' }), card), before);
    let waiting = false;
    const say = (word) => { outcome.textContent = word; this.hear(name, word); };
    return {
      waits: () => {
        waiting = true;
        card.classList.add('waiting');
        say('waits for an operator to allow it');
      },
      end: (frame) => {
        const ok = frame.ok !== false;
        card.classList.remove('waiting');
        card.classList.add(ok ? 'ok' : 'failed');
        const word = ok ? 'ok' : 'failed';
        say(!waiting ? word : ok ? 'allowed, ok' : (refusals.get(frame.result?.error) ?? word));
        ms.textContent = Number.isFinite(frame.ms) ? `${Math.round(frame.ms)} ms` : '';
        result.append(el('span', { className: 'arrow', textContent: '→' }), plain(frame.result));
      },
      interrupted() {
        card.classList.remove('waiting');
        say('interrupted');
      },
    };
  }

  person(text) {
    const said = el('div', { className: 'said' });
    const { row } = this.row('human', 'P', 'a person', said);
    new MarkdownView(said).finish(text);
    this.add(row);
    this.hear('a person', said.innerText);
  }

  error(sentence, code, again) {
    const { row, detail, body } = this.row('error', '!', 'Something went wrong', el('div', { className: 'said', textContent: sentence }));
    if (code) detail.append(' · ', el('code', { className: 'mono', textContent: code }));
    if (again) {
      const button = el('button', { type: 'button', textContent: 'Try again' });
      button.onclick = () => { if (again()) keepFocus(this.message, () => button.remove()); };
      body.append(button);
    }
    this.add(row);
    this.hear('Something went wrong', sentence);
  }

  note(text) {
    this.add(el('p', { className: 'note', textContent: text }));
    this.hear(text);
  }
}
