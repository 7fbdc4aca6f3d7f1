// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a model does wrong costs one turn, never the conversation, and tells nobody a secret.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

describe('A model that fails', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    const limits = { LOQUAT_FIRST_TOKEN_TIMEOUT_MS: '2000', LOQUAT_TOKEN_TIMEOUT_MS: '2000' };
    server = await startLoquat({ env: { ...fake.settings, ...limits } });
  });
  after(() => Promise.all([server.stop(), fake.stop()]));

  for (const [what, command, retryable, code] of [
    ['too many requests', 'fake:status 429', true],
    ['an error of the server', 'fake:status 500', true],
    ['a key that is refused', 'fake:status 401', false],
    ['a connection that breaks off', 'fake:drop 2', true],
    ['an error in the stream', 'fake:error 2'],
    ['rubbish in the stream', 'fake:rubbish 2'],
    ['no answer at all', 'fake:silent', true, 'model_first_token_timeout'],
    ['an answer that stops in the middle', 'fake:stall 2', true, 'model_token_timeout'],
  ])
    it(`${what}: an error, a failed turn, and the next message works`, async () => {
      const chat = await Chat.open(server);
      await chat.until('session_started');
      const { errors, done, types, text } = await chat.ask(`${command} one two three four`);
      assert.equal(errors.length, 1, JSON.stringify(types));
      assert.match(errors[0].code, /^[a-z][a-z0-9_]*$/);
      if (code) assert.equal(errors[0].code, code);
      assert.match(errors[0].message, /\w+ \w+/);
      if (retryable !== undefined) assert.equal(errors[0].retryable, retryable);
      assert.deepEqual(types.slice(-2), ['error', 'done']);
      assert.equal(done.text, text, 'what the tokens said is the reply');
      assert.equal(done.finish, 'failed');
      assert.equal(done.turn, 1);
      for (const name of ['input_tokens', 'output_tokens'])
        assert.ok(done.usage[name] === null || Number.isInteger(done.usage[name]), JSON.stringify(done.usage));
      const next = await chat.ask('and now');
      assert.equal(next.done.finish, 'stop');
      assert.equal(next.done.text, 'You said: and now');
      assert.ok(!JSON.stringify(chat.frames).includes(fake.settings.OPENAI_API_KEY), 'the key is in a frame');
      const rows = await journalEvents(server.dataDir, chat.id);
      const finals = rows.filter(({ metadata }) => metadata.final === true).map(({ metadata }) => metadata.finish);
      assert.deepEqual(finals, ['failed', 'stop']);
      assert.equal(rows.filter(({ event_type: type }) => type === 'error').length, 1);
      await chat.leave();
    });

  it('tells everybody no more of it than a code', async () => {
    const chat = await Chat.open(server);
    await chat.ask('fake:status 400');
    const { model } = (await (await fetch(`${server.url}/readyz`)).json()).dependencies;
    assert.deepEqual([model.state, model.code, model.detail], ['failing', 'model_bad_request', undefined]);
    await chat.leave();
  });

  it('answers the first message after many that failed, in any conversation', async () => {
    const [chat, other] = await Promise.all([Chat.open(server), Chat.open(server)]);
    for (let i = 0; i < 6; ++i) {
      const { done, errors } = await chat.ask(`fake:drop 2 ${i}`);
      assert.equal(done.finish, 'failed');
      assert.equal(errors[0].message, 'The answer of the model server broke off in the middle.');
    }
    assert.equal((await other.ask('and now')).done.text, 'You said: and now');
    assert.equal((await chat.ask('and here')).done.text, 'You said: and here');
    await Promise.all([chat.leave(), other.leave()]);
  });

  it('sends the model a history that is well formed after a failure', async () => {
    const chat = await Chat.open(server);
    await chat.ask('fake:tool no_such_tool {}');
    await chat.ask('fake:drop 1 x y');
    await chat.ask('last words');
    const requests = await fake.ask('/requests');
    // Not simply the last: the summary of an earlier conversation may be asked for at any time.
    const messages = requests.map(({ body }) => body.messages).findLast((each) => each.at(-1).content === 'last words');
    const calls = messages.flatMap(({ tool_calls: list = [] }) => list.map(({ id }) => id));
    const answered = messages.filter(({ role }) => role === 'tool').map(({ tool_call_id: id }) => id);
    assert.ok(calls.length >= 1, 'the history has lost the tool call');
    assert.deepEqual(answered, calls);
    await chat.leave();
  });

  it('writes neither keys nor what was said into its log', async () => {
    const chat = await Chat.open(server);
    await chat.ask('fake:status 500 a-secret-of-mine');
    await chat.leave();
    const log = server.stdout + server.stderr;
    assert.ok(!log.includes(fake.settings.OPENAI_API_KEY));
    assert.ok(!log.includes('a-secret-of-mine'));
  });
});

it('says that it was the connecting that took too long', async () => {
  // A server that has stopped, with its queue of connections full, so that the kernel answers no more.
  const code = "const s = require('net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port));";
  const frozen = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number((await once(frozen.stdout, 'data'))[0]);
  frozen.kill('SIGSTOP');
  const queued = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  const server = await startLoquat({
    env: { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, LOQUAT_CONNECT_TIMEOUT_MS: '300' },
  });
  try {
    const chat = await Chat.open(server);
    const { errors, done } = await chat.ask('hello');
    assert.equal(errors[0].code, 'model_connect_timeout');
    assert.equal(done.finish, 'failed');
  } finally {
    queued.forEach((socket) => socket.destroy());
    frozen.kill('SIGKILL');
    await server.stop();
  }
});
