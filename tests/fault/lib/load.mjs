// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that talk without a pause, and remember what they were promised.
import { Chat } from '../../integration/lib/chat.mjs';

// Numbers that look random and are the same for the same seed (mulberry32).
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const ofType = (frames, type) => frames.filter((frame) => frame.type === type);

// What all clients said and saw: by session, its connections as {sent: [text], frames}.
export class Evidence {
  sessions = new Map();
  starts = 0;
  dones = 0;
  cutOff = 0; // turns that had begun and did not end before the connection did
  firstTokens = []; // ms from sending to the first token of turns that did not have to wait behind another
  failures = []; // what clients that should have noticed nothing noticed

  add(id, sent, frames) {
    if (!this.sessions.has(id)) this.sessions.set(id, []);
    this.sessions.get(id).push({ sent, frames });
    const [starts, dones] = [ofType(frames, 'start').length, ofType(frames, 'done').length];
    this.starts += starts;
    this.dones += dones;
    this.cutOff += starts > dones ? 1 : 0;
  }
}

const words = (count) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');
// The stand-in for the model does what follows "fake:", else it echoes.
const sayings = [
  'a short one',
  `a long one: ${words(200)}`,
  `fake:slow 4 ${words(40)}`,
  'fake:tool calculate_shipping {"weight_kg":5,"destination_country":"US"}',
];

// Opens every session: the stand-in obeys the first word of the kind in a transcript, so its summaries are quick.
const quick = 'fake:slow 0 hello';

class Talker {
  constructor(world, name, random) {
    Object.assign(this, { world, name, random, conversations: 0, said: 0 });
  }

  pick(list) { return list[Math.floor(this.random() * list.length)]; }

  say(chat, sent, what) {
    const text = `#${++this.said} ${what}`;
    sent.push(text);
    chat.send({ type: 'message', content: text });
  }

  async turn(chat, sent) {
    const { evidence } = this.world;
    const begun = performance.now();
    this.say(chat, sent, chat.fresh ? quick : this.pick(sayings));
    chat.fresh = false;
    if (this.random() < 0.15) this.say(chat, sent, 'another one that waits behind it');
    if (this.random() < 0.1) chat.send({ type: 'cancel' });
    await chat.until(({ type }) => type === 'token' || type === 'done');
    evidence.firstTokens.push(performance.now() - begun);
    // Not for longer than anything may take: each message must have its done.
    while (ofType(chat.frames, 'done').length < sent.length) await chat.until('done');
    const problem = chat.frames.find(({ type }) => type === 'error');
    if (problem) evidence.failures.push(`${chat.id}: ${JSON.stringify(problem)}`);
  }

  async conversation(id, server) {
    const sent = [];
    const chat = await Chat.open(server, { id });
    try {
      chat.fresh = (await chat.one('session_started')).resumed === false;
      for (let turns = 1 + Math.floor(this.random() * 8); turns > 0 && !this.world.over; --turns)
        await this.turn(chat, sent);
      await chat.leave();
    } finally {
      chat.drop();
      this.world.evidence.add(id, sent, chat.frames);
    }
  }

  async run() {
    for (let id; !this.world.over;) {
      id ??= `${this.name}-${++this.conversations}`;
      const server = this.pick(this.world.servers);
      if (!server) { await pause(5); continue; }
      try {
        await this.conversation(id, server);
        id = undefined;
      } catch (error) {
        // While the server stays, nothing may go wrong. When it was killed, the session is taken up again, or not.
        if (this.world.servers.includes(server) && !this.world.killing) {
          this.world.evidence.failures.push(`${id}: ${error.message}`);
          id = undefined;
        } else if (this.random() < 0.3) id = undefined;
        await pause(5);
      }
    }
  }
}

// Starts `count` clients. `world` is {servers (none while there is none), killing, over, evidence}; the promise
// resolves when all have left, some time after `world.over` became true.
export function talk(world, count, random) {
  return Promise.all(Array.from({ length: count }, (_, i) => new Talker(world, `client-${i + 1}`, random).run()));
}
