// SPDX-License-Identifier: GPL-3.0-or-later
// One conversation's WebSocket: comes back after a loss where it left off, and says in words how it is.

// Closed for a reason that coming back would not change.
const final = new Map([
  [1000, 'The conversation has ended.'],
  [1008, 'The server closed the connection: not allowed. Does it ask for a token?'],
  [1009, 'The server closed the connection: the message was too large.'],
  [4409, 'This conversation was opened somewhere else, and that connection took over.'],
]);
const firstDelay = 500;
const longestDelay = 15000;
const longestProbe = 5000;

export class Connection {
  // onState(state, sentence): disconnected | connecting | connected | reconnecting | failed.  onFrame(frame).
  constructor({ onState, onFrame }) {
    this.onState = onState;
    this.onFrame = onFrame;
    this.state = 'disconnected';
    this.lastSeq = 0;
    addEventListener('online', () => { if (this.state === 'reconnecting') this.open(); });
  }

  connect(sessionId, userId, token = '') {
    if (sessionId !== this.sessionId) { this.lastSeq = 0; this.elsewhere = false; }
    this.sessionId = sessionId;
    this.userId = userId;
    this.token = token;
    this.attempts = 0;
    this.say('connecting');
    this.open();
  }

  disconnect() {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.close(1000);
    this.say('disconnected');
  }

  // False before the greeting and without a connection.
  send(frame) {
    if (this.state !== 'connected' || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  say(state, sentence = '') {
    this.state = state;
    this.onState(state, sentence);
  }

  open() {
    clearTimeout(this.timer);
    const url = new URL(`/ws/session/${encodeURIComponent(this.sessionId)}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    if (this.userId) url.searchParams.set('user_id', this.userId);
    url.searchParams.set('dialect', 'frames');
    this.seenBefore = this.lastSeq;
    this.snapshot = undefined;
    // A page that knows nothing yet asks for what was never said: it is told what there is instead. So does one that was
    // taken over: what somebody asked elsewhere is not told again, its answer alone is.
    url.searchParams.set('after', (!this.elsewhere && this.lastSeq) || Number.MAX_SAFE_INTEGER);
    const socket = new WebSocket(url);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      if (this.token) socket.send(JSON.stringify({ type: 'auth', token: this.token }));
    };
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.receive(data); };
    socket.onclose = ({ code, reason }) => { if (socket === this.socket) this.lost(socket, code, reason, opened); };
  }

  receive(data) {
    let frame;
    try { frame = JSON.parse(data); } catch { return; }
    // What it has beyond the greeting is told again.
    if (frame.type === 'resync') { this.snapshot = frame.snapshot; return; }
    const greeting = frame.type === 'session_started';
    if (greeting && this.snapshot) {
      Object.assign(frame, { snapshot: this.snapshot, seenBefore: this.seenBefore });
      this.snapshot = undefined;
      this.elsewhere = false;
      this.seenBefore = 0;
      this.lastSeq = 0;
    }
    if (typeof frame.seq === 'number') {
      // A replay of what was seen before the loss; the greeting is news every time.
      if (frame.seq <= this.seenBefore && !greeting) return;
      this.lastSeq = Math.max(this.lastSeq, frame.seq);
    }
    this.onFrame(frame);
    if (!greeting) return;
    this.attempts = 0;
    this.say('connected');
  }

  async lost(socket, code, reason, opened) {
    // A browser does not tell a refusal from an absent server: one that answers elsewhere has refused.
    const refused = !opened && !final.has(code) && this.attempts === 0 && (await serverAnswers());
    if (socket !== this.socket) return; // given up meanwhile, or there is another
    this.socket = undefined;
    if (code === 4409) this.elsewhere = true;
    if (final.has(code)) return this.say(code === 1000 ? 'disconnected' : 'failed', final.get(code));
    const attempt = this.attempts++;
    if (refused)
      return this.say('failed', `The server refused this conversation${reason ? `: ${reason}` : ''}. Is it allowed, and not too busy?`);
    const delay = Math.min(longestDelay, firstDelay * 2 ** attempt) * (0.75 + Math.random() / 2);
    this.say('reconnecting', opened ? 'The connection was lost.' : 'The server cannot be reached.');
    this.timer = setTimeout(() => this.open(), delay);
  }
}

async function serverAnswers() {
  try { return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(longestProbe) })).ok; } catch { return false; }
}
