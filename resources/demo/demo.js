// SPDX-License-Identifier: GPL-3.0-or-later
// The page: connects what a person does to the conversation, and the conversation's frames to the transcript.
import { Connection } from './connection.js';
import { Transcript, el } from './transcript.js';
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

const modeWaits = { paused: 'paused', human: 'a person will answer' };

const transcript = new Transcript({ log: $('log'), scroll: $('scroll'), jump: $('jump'), empty: $('empty') });
let waiting = []; // messages the server has not confirmed with `start`, oldest first
let unconfirmed = []; // those that a lost connection left in doubt
let toSend = ''; // what to say once the connection stands
let turn;
let mode = 'ai';
let lastMessage = '';
let shownState = 'disconnected';

// randomUUID exists only on https and localhost, and this page is also opened by a plain address in a local network.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((b, i) => ([4, 6, 8, 10].includes(i) ? '-' : '') + b.toString(16).padStart(2, '0')).join('');
}

const connection = new Connection({
  onState(state, sentence) {
    const live = state === 'connected';
    const open = ['connecting', 'connected', 'reconnecting'].includes(state);
    $('state').dataset.state = state;
    $('state-word').textContent = stateWords[state];
    $('connect').disabled = open;
    const left = document.activeElement === $('disconnect') && !open;
    $('disconnect').disabled = !open;
    if (left) $('connect').focus();
    for (const id of ['session', 'user', 'token', 'new-session']) $(id).disabled = open;
    $('send').disabled = open && !live;
    $('stop').disabled = !live;
    if (sentence && state !== shownState) transcript.note(sentence);
    shownState = state;
    if (!live) lost();
    if (live && toSend) send(toSend);
    if (state !== 'connecting') toSend = '';
    if (state === 'disconnected' || state === 'failed') { endTurn(); showMode('ai'); }
    if (live && matchMedia('(max-width: 800px)').matches) $('setup').open = false;
  },
  onFrame(frame) { (frames[frame.type] ?? (() => {}))(frame); },
});

function lost() {
  const left = waiting;
  waiting = [];
  for (const { text, view } of left) view.unconfirmed(() => send(text));
  unconfirmed.push(...left);
}

function endTurn(frame = { finish: 'cancelled' }) {
  turn?.done(frame);
  turn = undefined;
  if (document.activeElement === $('stop')) $('message').focus(); // it would be lost with the button
  $('stop').hidden = true;
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
    if (frame.missed) {
      endTurn({ finish: 'missed' });
      transcript.note('Something was said while the connection was lost, and is not shown here.');
    }
    turn?.restart();
    if (frame.resumed && !$('log').querySelector('.row')) transcript.note('This conversation goes on from before.');
  },
  start({ turn: number }) {
    (waiting.shift() ?? unconfirmed.shift())?.view.stored();
    for (const { view } of waiting) view.queued();
    if (turn) endTurn({ finish: 'stop', text: '' });
    turn = new Turn(transcript, number, modeWaits[mode]);
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
  error({ message, code, retryable }) {
    const text = lastMessage;
    transcript.error(message ?? 'The server reported an error.', code, retryable && text ? () => send(text) : undefined);
  },
  resync({ snapshot }) {
    transcript.clear();
    turn = undefined;
    unconfirmed = [];
    transcript.note('Some of this conversation came while you were away.');
    for (const event of snapshot?.events ?? []) replay(event);
    if (snapshot?.mode) showMode(snapshot.mode);
  },
};

function replay({ event_type: type, content, metadata = {} }) {
  if (type === 'user_message') transcript.user($('user').value || 'you', content).stored();
  else if (type === 'ai_message') transcript.assistant().end(content);
  else if (type === 'operator_message') transcript.person(content);
  else if (type === 'error') transcript.error(content, metadata.code);
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
  if ($('session').value !== connection.sessionId) { transcript.clear(); unconfirmed = []; }
  connection.connect($('session').value, $('user').value.trim(), $('token').value.trim());
  return true;
}

function send(text) {
  if (!connection.send({ type: 'message', content: text })) return false;
  lastMessage = text;
  const view = transcript.user($('user').value || 'you', text);
  if (turn || waiting.length) view.queued();
  waiting.push({ text, view });
  return true;
}

// A question while there is no connection makes one first.
function ask(text) {
  if (!text.trim() || send(text)) return;
  if (connection.state === 'disconnected' || connection.state === 'failed') {
    toSend = text;
    if (!connect()) toSend = '';
  }
}

function stop() {
  if (turn) connection.send({ type: 'cancel' });
}

function fit() {
  const field = $('message');
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}

$('session').value = newId();
$('new-session').onclick = () => { $('session').value = newId(); };
$('connection').onsubmit = (event) => { event.preventDefault(); connect(); $('message').focus(); };
$('disconnect').onclick = () => connection.disconnect();
$('composer').onsubmit = (event) => {
  event.preventDefault();
  const text = $('message').value;
  if (!text.trim() || $('send').disabled) return;
  ask(text);
  $('message').value = '';
  fit();
};
$('message').oninput = fit;
$('message').onkeydown = (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); $('composer').requestSubmit(); }
};
$('stop').onclick = stop;
addEventListener('keydown', (event) => { if (event.key === 'Escape') stop(); });
$('examples').append(...examples.map((text) => el('li', {}, el('button', { type: 'button', textContent: text, onclick: () => ask(text) }))));
