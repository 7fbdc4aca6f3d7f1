// SPDX-License-Identifier: GPL-3.0-or-later
// One reply as it arrives: stretches of text with the tools between them, in the order they came.

const squeezed = (text) => text.replace(/\s+/g, '');

function words(frame) {
  const list = [];
  const { finish, ttft_ms: first, usage } = frame;
  if (Number.isFinite(first)) list.push(`first token ${Math.round(first)} ms`);
  const rate = tokenRate(frame);
  if (rate) list.push(`${rate} tok/s`);
  if (usage?.source === 'estimated') list.push('tokens estimated');
  return [list, { cancelled: 'stopped', left: 'not read to its end', failed: 'failed', length: 'cut off: too long' }[finish]];
}

export function tokenRate({ usage, duration_ms: whole, ttft_ms: first }) {
  const writing = whole - (first ?? 0);
  return usage?.output_tokens > 0 && writing > 0 ? Math.round((usage.output_tokens * 1000) / writing) : undefined;
}

export class Turn {
  // `seeded`: taken up in the middle, what it said before its tools stands above.
  constructor(transcript, number, waitsFor = 'thinking', seeded = false) {
    this.transcript = transcript;
    this.number = number;
    this.seeded = seeded;
    this.tools = new Map();
    this.texts = [];
    this.current = this.transcript.assistant();
    this.current.waits(waitsFor);
  }

  waits(what) {
    if (!this.texts.includes(this.current)) this.current.waits(what);
  }

  token(text) {
    if (this.stale) {
      this.read = this.current.view.text;
      this.current.view.clear();
    }
    this.stale = false;
    if (!this.texts.includes(this.current)) this.texts.push(this.current);
    this.current.token(text);
  }

  toolStart({ tool, args, call_id: id = tool }) {
    if (this.texts.includes(this.current)) {
      this.current.end(undefined);
      this.current = this.transcript.assistant();
    }
    this.tools.set(id, this.transcript.tool(tool, args, this.current.row));
  }

  // An operator has to allow the call before it runs; what they decide shows by how it ends.
  toolWaits(frame) {
    this.tools.get(frame.call_id ?? frame.tool)?.waits();
  }

  toolEnd(frame) {
    const id = frame.call_id ?? frame.tool;
    this.tools.get(id)?.end(frame);
    this.tools.delete(id); // it has one end
  }

  // After a lost connection the server tells again what it said since its last tool. Until it does, or if it died
  // meanwhile and never does, what was read stays.
  restart() {
    this.stale = true;
    this.current.row.classList.add('caret');
  }

  // The server has lost what it said before it died, and says that it failed in its place.
  withWhatWasRead(frame) {
    const lost = frame.finish === 'failed' && this.read && !squeezed(frame.text ?? '').startsWith(squeezed(this.read));
    return lost ? { ...frame, text: `${this.read}\n\n${frame.text}` } : frame;
  }

  done(frame) {
    for (const tool of this.tools.values()) tool.interrupted();
    const { text } = this.withWhatWasRead(frame); // none where the server did not say how the reply ended
    const shown = this.texts.map((part) => part.view.text);
    const [here, last, told] = [shown.join(''), shown.at(-1) ?? '', text ?? ''].map(squeezed);
    // Either all of it is here, in parts, or its last part is the reply; else the server's word counts, unless it knows less.
    const complete = text === undefined || [here, last].includes(told) ||
      (this.stale && here.startsWith(told)) || (this.seeded && here && told.endsWith(here));
    // What a person answered stands there already, as theirs, and what was said before this was taken up.
    if (!shown.length && (!text || frame.finish === 'human' || this.seeded)) {
      if (frame.finish === 'failed') this.current.end('The reply broke off.', ...words(frame));
      else if (['cancelled', 'left'].includes(frame.finish)) this.current.end('', ...words(frame));
      else this.current.remove();
      return;
    }
    if (!complete) for (const part of this.texts) if (part !== this.current) part.remove();
    if (complete && !this.texts.includes(this.current)) {
      this.current.remove();
      this.current = this.texts.at(-1);
    }
    this.current.end(complete ? undefined : text, ...words(frame));
  }
}
