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
  const ends = { cancelled: 'stopped', failed: 'failed', length: 'cut off: too long', missed: 'not all of it arrived' };
  if (ends[finish]) list.push(ends[finish]);
  return list;
}

export function tokenRate({ usage, duration_ms: whole, ttft_ms: first }) {
  const writing = whole - (first ?? 0);
  return usage?.output_tokens > 0 && writing > 0 ? Math.round((usage.output_tokens * 1000) / writing) : undefined;
}

export class Turn {
  constructor(transcript, number, waitsFor = 'thinking') {
    this.transcript = transcript;
    this.number = number;
    this.tools = new Map();
    this.texts = [];
    this.current = this.transcript.assistant();
    this.current.waits(waitsFor);
  }

  waits(what) {
    if (!this.texts.includes(this.current)) this.current.waits(what);
  }

  token(text) {
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

  // After a lost connection the server tells the running reply again from its beginning.
  restart() {
    for (const text of this.texts) if (text !== this.current) text.remove();
    this.texts = [];
    this.current.view.clear();
  }

  done(frame) {
    for (const tool of this.tools.values()) tool.interrupted();
    const { text } = frame; // none where the server did not say how the reply ended
    const shown = this.texts.map((part) => part.view.text);
    // Either all of it is here, in parts, or its last part is the reply; else the server's word counts.
    const complete = text === undefined || [shown.join(''), shown.at(-1) ?? ''].some((part) => squeezed(part) === squeezed(text));
    // What a person answered stands there already, as theirs.
    if (!shown.length && (!text || frame.finish === 'human')) {
      if (frame.finish === 'failed') this.current.end('The reply broke off.', ...words(frame));
      else if (['cancelled', 'missed'].includes(frame.finish)) this.current.end('', ...words(frame));
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
