// SPDX-License-Identifier: GPL-3.0-or-later
// loquat.json: rules, policies and tools that a deployer adds without writing code; and a second provider that stands in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Chat, refusal } from './lib/chat.mjs';
import { eventually, runLoquat, startFakeOpenAi, startLoquat, temporaryFolder, within } from './lib/processes.mjs';
import { journalEvents } from './lib/rows.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const fast = { LOQUAT_SIMULATED_PACE_MS: '1' };

function configFile(config) {
  const path = join(temporaryFolder(), 'loquat.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

describe('A configuration file', () => {
  let web, fake, server;
  const seen = [];
  before(async () => {
    web = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ stock: { left: 7 } }));
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    fake = await startFakeOpenAi();
    const config = configFile({
      systemPrompt: 'You sell loquats.',
      router: [{ keywords: ['co2'], tool: 'knowledge_base_lookup', arguments: { topic: 'co2' } }],
      toolPolicies: { get_weather: 'deny' },
      profiles: { terse: { systemPrompt: 'Be terse.' }, unprompted: { systemPrompt: '' } },
      tools: [{
        name: 'stock', description: 'How many are left', method: 'GET',
        parameters: { type: 'object', properties: { item: { type: 'string' } }, required: ['item'] },
        url: `http://127.0.0.1:${web.address().port}/stock/{item}`,
        headers: { 'X-Key': '${SHOP_KEY}' }, result_path: '/stock',
      }],
      mcpServers: {
        everything: {
          command: process.execPath,
          args: [join(here, '../node_modules/@modelcontextprotocol/server-everything/dist/index.js'), 'stdio'],
        },
      },
    });
    server = await startLoquat({ args: ['--config', config], env: { ...fake.settings, SHOP_KEY: 'shop-secret' } });
  });
  after(() => Promise.all([server.stop(), fake.stop(), web.close()]));

  it('routes a message to a tool before the model is asked, and hands it the observation', async () => {
    const chat = await Chat.open(server);
    const { types, frames } = await chat.ask('what does co2 say?');
    assert.deepEqual(types.slice(0, 3), ['start', 'tool_start', 'tool_end']);
    assert.equal(frames[1].tool, 'knowledge_base_lookup');
    const request = await fake.asked('what does co2 say?');
    assert.equal(request.body.messages[0].content, 'You sell loquats.');
    assert.equal(request.body.messages.at(-1).role, 'tool');
    const rows = await journalEvents(server.dataDir, chat.id);
    assert.equal(rows.find(({ event_type: type }) => type === 'tool_call').metadata.routed, true);
    await chat.leave();
  });

  it('holds a conversation by the profile that its connection names', async () => {
    const chat = await Chat.open(server, { profile: 'terse' });
    await chat.ask('hello');
    const request = await fake.asked('hello');
    assert.equal(request.body.messages[0].content, 'Be terse.');
    await chat.leave();
    assert.equal((await refusal(server, '/ws/session/p?profile=nobody')).status, 400);
  });

  it('tells the model nothing where the prompt is empty', async () => {
    const chat = await Chat.open(server, { profile: 'unprompted' });
    await chat.ask('without a prompt');
    const request = await fake.asked('without a prompt');
    assert.deepEqual(request.body.messages.map(({ role }) => role), ['user']);
    await chat.leave();
  });

  it('calls a web service that the file describes, with its secret and the call as idempotency key', async () => {
    const chat = await Chat.open(server);
    const { frames } = await chat.ask('fake:tool stock {"item":"a loquat"}');
    const end = frames.find(({ type }) => type === 'tool_end');
    assert.deepEqual(end.result, { left: 7 });
    assert.equal(seen.at(-1).url, '/stock/a%20loquat');
    assert.equal(seen.at(-1).headers['x-key'], 'shop-secret');
    assert.equal(seen.at(-1).headers['idempotency-key'], end.call_id);
    assert.ok(!JSON.stringify(chat.frames).includes('shop-secret'));
    await chat.leave();
  });

  it('calls a tool of an MCP server', async () => {
    // The server is a process of its own: its tools are there once it has introduced itself.
    const result = await eventually('the tool of the MCP server', async () => {
      const chat = await Chat.open(server);
      const { frames } = await chat.ask('fake:tool echo {"message":"over MCP"}');
      await chat.leave();
      const end = frames.find(({ type }) => type === 'tool_end');
      return end.ok ? end.result : undefined;
    });
    assert.match(JSON.stringify(result), /over MCP/);
  });

  it('refuses a tool that is denied, and the model can read why', async () => {
    const chat = await Chat.open(server);
    const { frames, done } = await chat.ask('fake:tool get_weather {"city":"Delhi"}');
    const end = frames.find(({ type }) => type === 'tool_end');
    assert.equal(end.ok, false);
    assert.match(end.result.error, /\w+ \w+/);
    assert.equal(done.finish, 'stop');
    await chat.leave();
  });

  for (const [what, config, named] of [
    ['is not JSON', '{"systemPrompt":', '--config'],
    ['has an unknown key', { sistemPrompt: 'x' }, 'sistemPrompt'],
    ['names a provider without its key', { providers: [{ name: 'groq' }] }, 'GROQ_API_KEY'],
    ['names a server without its address', { providers: [{ name: 'box', model: 'm' }] }, 'BOX_BASE_URL'],
    ['has a tool without a URL', { tools: [{ name: 'x', description: 'x', parameters: { type: 'object' } }] }, 'url'],
  ])
    it(`that ${what} ends the program with status 2 and one line`, async () => {
      const program = runLoquat(['--server', '--port', '0', '--data-dir', temporaryFolder(), '--config', configFile(config)]);
      const { code } = await within(program.ended, () => 'it runs all the same');
      assert.equal(code, 2, program.stderr);
      assert.equal(program.stderr.trim().split('\n').length, 1, program.stderr);
      assert.ok(program.stderr.includes(named), program.stderr);
    });
});

describe('Providers and profiles of the file', () => {
  let near, far, server;
  before(async () => {
    [near, far] = await Promise.all([startFakeOpenAi(), startFakeOpenAi()]);
    const config = configFile({
      providers: [
        { name: 'near', baseUrl: near.url, versionPath: '/v1', model: 'near-model' },
        { name: 'far-away', baseUrl: `${far.url}/v1`, model: 'far-model' },
      ],
      toolPolicies: { get_weather: 'deny' },
      profiles: {
        distant: { providers: ['far-away'] },
        kids: { toolPolicies: { '*': 'deny' } },
        adults: { toolPolicies: { get_weather: 'allow' } },
      },
    });
    server = await startLoquat({ args: ['--config', config], env: { FAR_AWAY_API_KEY: 'far-key' } });
  });
  after(() => Promise.all([server.stop(), near.stop(), far.stop()]));

  it('asks the first of the list, without a key, and tells which model it is', async () => {
    const chat = await Chat.open(server);
    assert.equal((await chat.one('session_started')).model, 'near-model');
    assert.equal((await chat.ask('hello')).text, 'You said: hello');
    const request = await near.asked('hello');
    assert.equal(request.body.model, 'near-model');
    assert.equal(request.headers.authorization, undefined);
    await chat.leave();
  });

  it('asks those that the profile names, each with its own key', async () => {
    const chat = await Chat.open(server, { profile: 'distant' });
    assert.equal((await chat.ask('over there')).text, 'You said: over there');
    const request = await far.asked('over there');
    assert.equal(request.body.model, 'far-model');
    assert.equal(request.headers.authorization, 'Bearer far-key');
    assert.equal(await near.asked('over there'), undefined);
    await chat.leave();
  });

  it('offers and runs only the tools that the profile allows', async () => {
    const offered = async (profile) => {
      const chat = await Chat.open(server, profile ? { profile } : {});
      const { results } = await chat.ask('fake:tool get_weather {"city":"Delhi"}');
      const requests = await near.ask('/requests');
      const { tools = [] } = requests.findLast(({ body }) => body.messages.at(-1).role === 'tool').body;
      await chat.leave();
      return { names: tools.map((tool) => tool.function.name), ok: results[0].ok };
    };
    const plain = await offered();
    assert.ok(plain.names.length > 0 && !plain.names.includes('get_weather') && !plain.ok, JSON.stringify(plain));
    const kids = await offered('kids');
    assert.deepEqual(kids, { names: [], ok: false });
    const adults = await offered('adults');
    assert.ok(adults.names.includes('get_weather') && adults.ok, JSON.stringify(adults));
  });
});

describe('Time limits of the file', () => {
  let fake, server;
  before(async () => {
    fake = await startFakeOpenAi();
    const config = configFile({
      limits: { firstTokenLimitMs: 300, betweenTokensLimitMs: 600, turnLimitMs: 3000, approvalLimitMs: 1000 },
      toolPolicies: { get_weather: 'ask' },
    });
    // The file wins over the environment.
    const env = { LOQUAT_FIRST_TOKEN_TIMEOUT_MS: '600000', LOQUAT_TURN_TIMEOUT_MS: '600000' };
    server = await startLoquat({ args: ['--config', config], env: { ...fake.settings, ...env } });
  });
  after(() => Promise.all([server.stop(), fake.stop()]));

  for (const [what, message, code] of [
    ['no first token', 'fake:silent', 'model_first_token_timeout'],
    ['no next token', 'fake:stall 2 a b c', 'model_token_timeout'],
    ['no end', `fake:slow 200 ${'word '.repeat(100)}`, 'turn_timeout'],
  ])
    it(`${what}: the turn fails by the limit of that name`, async () => {
      const chat = await Chat.open(server);
      const { errors, done } = await chat.ask(message);
      assert.deepEqual(errors.map((error) => error.code), [code]);
      assert.equal(done.finish, 'failed');
      await chat.leave();
    });

  it('no approval: the call counts as denied', async () => {
    const chat = await Chat.open(server);
    const { types, results } = await chat.ask('fake:tool get_weather {"city":"Delhi"}');
    assert.ok(types.includes('tool_waiting'), types);
    assert.equal(results[0].ok, false);
    const rows = await journalEvents(server.dataDir, chat.id);
    const decisions = rows.filter(({ event_type: type }) => type === 'tool_approval').map(({ metadata }) => metadata.decision);
    assert.deepEqual(decisions, ['asked', 'expired']);
    await chat.leave();
  });
});

describe('A second provider', () => {
  it('stands in when the first fails, and the journal says who answered and what failed before', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, ...fast, LOQUAT_PROVIDERS: 'openai,simulated' } });
    const chat = await Chat.open(server);
    const { types, done } = await chat.ask('fake:status 500');
    assert.equal(done.finish, 'stop');
    assert.ok(!types.includes('error'), 'the client sees one reply');
    const rows = await journalEvents(server.dataDir, chat.id);
    const reply = rows.find(({ event_type: type }) => type === 'ai_message').metadata;
    assert.equal(reply.provider, 'simulated');
    assert.equal(reply.attempts[0].provider, 'openai');
    await chat.leave();
    await Promise.all([server.stop(), fake.stop()]);
  });

  it('that fails as well is named, in the journal and among the metrics', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, ...fast, GROQ_API_KEY: 'k', GROQ_BASE_URL: fake.settings.OPENAI_BASE_URL, LOQUAT_PROVIDERS: 'openai,groq' } });
    const chat = await Chat.open(server);
    const { done } = await chat.ask('fake:status 401');
    assert.equal(done.finish, 'failed');
    const { attempts } = (await journalEvents(server.dataDir, chat.id)).find(({ event_type: type }) => type === 'ai_message').metadata;
    assert.deepEqual(attempts.map(({ provider: who, code }) => `${who} ${code}`), ['openai model_unauthorized', 'groq model_unauthorized']);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    for (const who of ['openai', 'groq'])
      assert.match(metrics, new RegExp(`loquat_failed_attempts_total{(?=.*gen_ai_provider_name="${who}").*error_type="model_unauthorized".*} 1`));
    await chat.leave();
    await Promise.all([server.stop(), fake.stop()]);
  });

  it('is told apart from what the first one billed before it failed', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: { ...fake.settings, ...fast, LOQUAT_PROVIDERS: 'openai,simulated' } });
    const events = [
      { choices: [], usage: { prompt_tokens: 11, completion_tokens: 0 } },
      { error: { message: 'no more', type: 'invalid_request' } },
    ];
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    await fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ body, match: 'bill me' }) });
    const chat = await Chat.open(server);
    const { done } = await chat.ask('bill me');
    const rows = await journalEvents(server.dataDir, chat.id);
    const { attempts, usage } = rows.find(({ event_type: type }) => type === 'ai_message').metadata;
    assert.equal(attempts.length, 1, JSON.stringify(attempts));
    assert.equal(attempts[0].usage.input_tokens, 11);
    assert.equal(attempts[0].usage.source, 'reported');
    assert.deepEqual(usage, done.usage);
    assert.equal(usage.source, 'estimated'); // of the simulated model alone
    await chat.leave();
    await Promise.all([server.stop(), fake.stop()]);
  });
});
