// SPDX-License-Identifier: GPL-3.0-or-later
// The messages on the page: builds their elements and keeps the view at the bottom while they grow.
import { MarkdownView } from './markdown.js';

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

export class Transcript {
  constructor({ log, scroll, jump, empty }) {
    Object.assign(this, { log, scroll, jump, empty });
    this.sticky = true;
    scroll.addEventListener('scroll', () => this.look());
    jump.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => { if (this.sticky) this.toEnd(); }).observe(log);
    new ResizeObserver(() => { if (this.sticky) this.toEnd(); }).observe(scroll);
  }

  look() {
    this.sticky = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 32;
    this.jump.hidden = this.sticky;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.look();
  }

  clear() {
    this.log.replaceChildren();
    this.empty.hidden = false;
  }

  add(row, before = null) {
    this.empty.hidden = true;
    this.log.insertBefore(row, before);
    return row;
  }

  row(kind, letter, name, said) {
    const detail = el('span', { textContent: clock() });
    const row = el('article', { className: `row ${kind}` },
      el('span', { className: 'tile', textContent: letter, ariaHidden: 'true' }),
      el('div', {}, el('div', { className: 'who' }, el('b', { textContent: name }), detail), said));
    return { row, detail, body: row.lastChild };
  }

  user(name, text) {
    const { row, detail, body } = this.row('user waiting', (name[0] ?? 'U').toUpperCase(), name,
      el('div', { className: 'said', textContent: text }));
    this.add(row);
    this.toEnd();
    const time = detail.textContent;
    const say = (word) => { detail.textContent = [time, word].filter(Boolean).join(' · '); };
    say('sending');
    return {
      stored() { row.classList.remove('waiting'); say(''); row.querySelector('button')?.remove(); },
      queued() { say('waiting its turn'); },
      unconfirmed(again) {
        say('not confirmed by the server');
        body.querySelector('button')?.remove();
        body.append(el('button', { type: 'button', textContent: 'Send again', onclick: () => { row.remove(); again(); } }));
      },
    };
  }

  assistant(before) {
    const said = el('div', { className: 'said' });
    const { row, detail } = this.row('assistant caret', 'A', 'assistant', said);
    row.ariaBusy = 'true'; // read out once it is whole, not token by token
    this.add(row, before);
    const time = clock();
    const view = new MarkdownView(said);
    return {
      row, view,
      waits(what) { detail.textContent = what; },
      token(text) { detail.textContent = time; view.append(text); },
      end(text, ...words) {
        view.finish(text);
        row.classList.remove('caret');
        row.ariaBusy = 'false';
        detail.textContent = [time, ...words].filter(Boolean).join(' · ');
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
    return {
      waits() {
        waiting = true;
        card.classList.add('waiting');
        outcome.textContent = 'waits for an operator to allow it';
      },
      end(frame) {
        const ok = frame.ok !== false;
        card.classList.remove('waiting');
        card.classList.add(ok ? 'ok' : 'failed');
        const word = ok ? 'ok' : 'failed';
        outcome.textContent = !waiting ? word : ok ? 'allowed, ok' : (refusals.get(frame.result?.error) ?? word);
        ms.textContent = Number.isFinite(frame.ms) ? `${Math.round(frame.ms)} ms` : '';
        result.append(el('span', { className: 'arrow', textContent: '→' }), plain(frame.result));
      },
      interrupted() {
        card.classList.remove('waiting');
        outcome.textContent = 'interrupted';
      },
    };
  }

  person(text) {
    const said = el('div', { className: 'said' });
    const { row } = this.row('human', 'P', 'a person', said);
    new MarkdownView(said).finish(text);
    this.add(row);
  }

  error(sentence, code, again) {
    const { row, detail, body } = this.row('error', '!', 'Something went wrong', el('div', { className: 'said', textContent: sentence }));
    if (code) detail.append(' · ', el('code', { className: 'mono', textContent: code }));
    if (again) {
      const button = el('button', { type: 'button', textContent: 'Try again' });
      button.onclick = () => { button.remove(); again(); };
      body.append(button);
    }
    this.add(row);
  }

  note(text) {
    this.add(el('p', { className: 'note', textContent: text }));
  }
}
