// SPDX-License-Identifier: GPL-3.0-or-later
// The page: what a person does goes to the conversation, and its frames to the transcript.
import { Connection } from './connection.js';
import { Transcript, el, keepFocus } from './transcript.js';
import { Turn, tokenRate } from './turn.js';

const $ = (id) => document.getElementById(id);
const examples = [
  'What is my balance? user_id=user-1',
  'Check order status for order_id=ORD-1001',
  'How much to ship 5kg to the US?',
  'Hello, explain WebSockets simply',
  'What does co2 say?',
  "How's the weather in Delhi?",
];
const stateWords = {
  disconnected: 'Not connected', connecting: 'Connecting…', connected: 'Connected', reconnecting: 'Reconnecting…', failed: 'Closed',
};
const modeSentences = {
  paused: 'The assistant is paused. Your messages are kept.',
  human: 'A person has taken over and reads along. They answer here.',
};

// With another error, a message may have been taken.
const refusals = /^(too_many_messages|empty_message|rate_limited|token_expired|session_ended)$/;

const modeWaits = { paused: 'paused', human: 'a person will answer' };

const narrow = matchMedia('(max-width: 800px)');
const transcript = new Transcript(Object.fromEntries(['log', 'scroll', 'jump', 'empty', 'heard', 'message'].map((id) => [id, $(id)])));
// Not confirmed with `start`, oldest first. Only the first is sent: the server does not say which one it refuses.
let waiting = [];
let unconfirmed = []; // those that a lost connection left in doubt
let unsent; // what to say once the connection stands
let turn;
let left; // the turn that ran when this page went
let mode = 'ai';
let shownState = 'disconnected';

// randomUUID exists only on https and localhost, not in a local network.
function newId() {
  const digit = (from) => (from ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (from / 4)))).toString(16);
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit);
}

const me = () => $('user').value || 'you';

const connection = new Connection({
  onState(state, sentence) {
    const live = state === 'connected';
    const open = !closed(state);
    $('state').dataset.state = state;
    $('state-word').textContent = stateWords[state];
    keepFocus(document.activeElement === $('disconnect') && !open ? $('connect') : $('message'), () => {
      for (const id of ['connect', 'session', 'user', 'token', 'new-session']) $(id).disabled = open;
      $('disconnect').disabled = !open;
      $('send').disabled = open && !live;
      $('stop').disabled = !live;
      if (live && narrow.matches) $('setup').open = false;
    });
    if (sentence && state !== shownState) transcript.note(sentence);
    shownState = state;
    if (!live) lost();
    if (live || !open) takeUnsent(live);
    if (!open) {
      left = turn ?? left;
      endTurn({ finish: 'left' });
      showMode('ai');
    }
  },
  onFrame(frame) { frames[frame.type]?.(frame); },
});

function closed(state = connection.state) { return state === 'disconnected' || state === 'failed'; }

function lost() {
  for (const one of waiting) one.view.unconfirmed(() => again(one));
  unconfirmed.push(...waiting);
  waiting = [];
}

function again(one) {
  if (!ask(one.text)) return false;
  unconfirmed = unconfirmed.filter((each) => each !== one);
  if (waiting[0] === one) next();
  return true;
}

// What was said without a connection: said now, or given back to whoever wrote it.
function takeUnsent(live) {
  const one = unsent;
  if (!one) return;
  unsent = undefined;
  if (!live && $('message').value) { // there is something else already
    waiting.push(one);
    return lost();
  }
  one.view.remove();
  if (live) return send(one.text);
  $('message').value = one.text;
  fit();
}

function endTurn(frame = { finish: 'cancelled' }) {
  turn?.done(frame);
  turn = undefined;
  keepFocus($('message'), () => { $('stop').hidden = true; });
}

function showMode(now) {
  mode = now;
  $('mode').hidden = !(mode in modeSentences);
  $('mode').dataset.mode = mode;
  $('mode').textContent = modeSentences[mode] ?? '';
}

// The reply that tokens and tools belong to.
function running() {
  turn ??= new Turn(transcript);
  $('stop').hidden = false;
  return turn;
}

const frames = {
  session_started(frame) {
    $('simulated').hidden = frame.simulated !== true;
    if (frame.mode) showMode(frame.mode);
    if (frame.snapshot) rebuild(frame);
    else if (frame.after !== undefined) (turn ??= left)?.restart();
    left = undefined;
    $('stop').hidden = !turn || mode !== 'ai';
  },
  start({ turn: number }) {
    const one = next() ?? unconfirmed.shift();
    one?.view.stored();
    if (turn) endTurn({ finish: 'stop', text: '' });
    turn = new Turn(transcript, number, modeWaits[mode]);
    turn.asked = one?.text;
    $('stop').hidden = mode !== 'ai';
  },
  token({ token }) { running().token(token); },
  tool_start(frame) { running().toolStart(frame); },
  tool_waiting(frame) { turn?.toolWaits(frame); },
  tool_end(frame) { turn?.toolEnd(frame); },
  done(frame) {
    // Messages that waited for a person end together; the page shows the last of them.
    if (turn?.number !== undefined && frame.turn !== undefined && frame.turn !== turn.number) return;
    turn ??= new Turn(transcript, frame.turn);
    endTurn(frame);
    facts(frame);
    if (frame.simulated) $('simulated').hidden = false; // it stood in for another
  },
  operator_message({ content }) { transcript.person(content); },
  state(frame) {
    showMode(frame.mode);
    turn?.waits(modeWaits[mode] ?? 'thinking');
    transcript.note({ ai: 'The assistant answers again.', paused: 'The assistant was paused.', human: 'A person has taken over.' }[mode] ?? mode);
  },
  error({ message, code, retryable, seq }) {
    const text = seq && turn?.asked;
    transcript.error(message ?? 'The server reported an error.', code, retryable && text ? () => ask(text) : undefined);
    const [one] = waiting;
    if (seq || !one) return;
    if (!refusals.test(code)) return one.view.unconfirmed(() => again(one));
    one.view.refused(retryable && (() => again(one)));
    next();
  },
};

// Shows what the server knows of the conversation, in place of what the page had of it.
function rebuild({ snapshot, seq: greeting, seenBefore }) {
  const messages = snapshot.messages.filter(({ seq }) => seq < greeting); // what came after it is told anew
  turn = undefined;
  transcript.clear();
  if (!seenBefore ? messages.length || !snapshot.complete : messages.some(({ seq }) => seq > seenBefore))
    transcript.note(seenBefore ? 'Some of this conversation came while you were away.' : 'This conversation goes on from before.');
  if (!snapshot.complete) transcript.note('Its beginning is not shown here.');
  transcript.past = true;
  for (const { role, content } of messages) {
    if (role === 'user') transcript.user(me(), content).stored();
    else if (role === 'assistant') transcript.assistant().end(content);
    else transcript.person(content);
  }
  transcript.past = false;
  const stored = messages.filter(({ role, seq }) => role === 'user' && seq > (seenBefore || Infinity)).map(({ content }) => content);
  unconfirmed = unconfirmed.filter(({ text }) => {
    const at = stored.indexOf(text);
    if (at >= 0) stored.splice(at, 1);
    return at < 0;
  });
  for (const { view } of [...unconfirmed, ...waiting]) transcript.add(view.row);
  const { running: now } = snapshot;
  if (now && (now.text || !waiting.length)) turn = new Turn(transcript, now.turn, modeWaits[mode], true);
  else if (mode in modeWaits && !waiting.length && messages.at(-1)?.role === 'user') turn = new Turn(transcript, undefined, modeWaits[mode], true);
  if (turn) turn.asked = messages.findLast(({ role }) => role === 'user')?.content;
  if (now?.text) turn.token(now.text);
  transcript.toEnd();
}

function facts(frame) {
  const number = (value, unit) => (Number.isFinite(value) ? `${Math.round(value).toLocaleString('en')}${unit}` : '–');
  const { usage = {} } = frame;
  if (!Number.isFinite(frame.ttft_ms)) return; // it never began: the last one that did stays
  $('fact-first').textContent = number(frame.ttft_ms, ' ms');
  $('fact-whole').textContent = number(frame.duration_ms, ' ms');
  $('fact-rate').textContent = number(tokenRate(frame), ' tok/s');
  $('fact-tokens').textContent = `${number(usage.input_tokens, '')} / ${number(usage.output_tokens, '')}`;
}

function connect() {
  if (!$('connection').reportValidity()) return false;
  keepSession();
  if ($('session').value !== connection.sessionId) { transcript.clear(); unconfirmed = []; left = undefined; }
  connection.connect($('session').value, $('user').value.trim(), $('token').value.trim());
  return true;
}

const sent = (content) => connection.send({ type: 'message', content });

function send(text) {
  if (!waiting.length && !sent(text)) return false;
  const view = transcript.user(me(), text);
  if (turn || waiting.length) view.queued();
  waiting.push({ text, view });
  return true;
}

// Takes the first that waits away, and sends the next.
function next() {
  const one = waiting.shift();
  if (waiting.length) sent(waiting[0].text);
  return one;
}

// Connects first where nothing is connected. Says whether it is on its way.
function ask(text) {
  if (send(text)) return true;
  if (!closed() || !connect()) return false;
  unsent = { text, view: transcript.user(me(), text) };
  unsent.view.unsent();
  return true;
}

function stop() {
  if (turn) connection.send({ type: 'cancel' });
}

function fit() {
  const field = $('message');
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}

// A reload goes on with the same conversation, where the browser keeps anything.
function keepSession() {
  try { sessionStorage.setItem('session', $('session').value); } catch { /* then it is a new one */ }
}

function keptSession() {
  try { return sessionStorage.getItem('session'); } catch { return null; }
}

const composing = (event) => event.isComposing || event.keyCode === 229; // Safari's last key of a word is only the latter

$('session').value = keptSession() || newId();
$('new-session').onclick = () => { $('session').value = newId(); keepSession(); };
$('connection').onsubmit = (event) => { event.preventDefault(); connect(); $('message').focus(); };
$('disconnect').onclick = () => connection.disconnect();
$('composer').onsubmit = (event) => {
  event.preventDefault();
  const text = $('message').value;
  if (!text.trim() || $('send').disabled) return;
  $('message').value = ''; // before it may be given back
  if (ask(text)) $('message').focus();
  else $('message').value = text;
  fit();
};
$('message').oninput = fit;
$('message').onkeydown = (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !composing(event)) { event.preventDefault(); $('composer').requestSubmit(); }
};
$('stop').onclick = stop;
addEventListener('keydown', (event) => { if (event.key === 'Escape' && !composing(event)) stop(); });
narrow.onchange = () => { if (!narrow.matches) $('setup').open = true; };
$('examples').append(...examples.map((text) => el('li', {}, el('button', { type: 'button', textContent: text, onclick: () => ask(text) }))));
