// SPDX-License-Identifier: GPL-3.0-or-later
// What a Prometheus and a trace collector get to see: numbers, and never a word of anybody.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { Chat } from './lib/chat.mjs';
import { eventually, startFakeOpenAi, startLoquat } from './lib/processes.mjs';
import { finalised } from './lib/rows.mjs';

const metrics = async (server, headers = {}) => {
  const answer = await fetch(`${server.url}/metrics`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

const valueOf = (text, series) => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line && Number(line.slice(series.length + 1));
};

// Takes traces as a collector does, or refuses them.
async function collector(status = 200) {
  const got = { spans: [], headers: [], bodies: '' };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; }).on('end', () => {
      got.path = request.url;
      got.headers.push(request.headers);
      got.bodies += body;
      for (const { scopeSpans } of JSON.parse(body).resourceSpans) for (const { spans } of scopeSpans) got.spans.push(...spans);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  got.url = `http://127.0.0.1:${server.address().port}`;
  got.stop = () => { server.closeAllConnections(); server.close(); };
  return got;
}

describe('/metrics', () => {
  it('counts what happened, by names that dashboards know', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: fake.settings });
    const chat = await Chat.open(server, { user_id: 'marked-user' });
    await chat.ask('marked words');
    await chat.ask('fake:status 401');
    const { status, type, text } = await metrics(server);
    assert.equal(status, 200);
    assert.match(type, /^text\/plain; version=0\.0\.4/);
    assert.equal(valueOf(text, 'loquat_turns_total{finish="stop"}'), 1);
    assert.equal(valueOf(text, 'loquat_turns_total{finish="failed"}'), 1);
    assert.equal(valueOf(text, 'loquat_sessions_open'), 1);
    assert.ok(valueOf(text, 'loquat_connections') >= 1);
    assert.equal(valueOf(text, 'loquat_journal_ok'), 1);
    assert.match(text, /^gen_ai_client_operation_time_to_first_chunk_seconds_count\{.*\} 1$/m);
    assert.match(text, /^gen_ai_client_token_usage_sum\{.*gen_ai_token_type="output".*\} [1-9]/m);
    assert.match(text, /^gen_ai_client_operation_duration_seconds_count\{.*gen_ai_operation_name="chat".*gen_ai_provider_name="openai".*\} 1$/m);
    assert.match(text, /^gen_ai_client_operation_duration_seconds_count\{error_type="model_unauthorized",.*\} 1$/m);
    assert.match(text, /^loquat_refused_total\{reason="origin"\} 0$/m);
    await eventually('the event loop to be measured', async () =>
      valueOf((await metrics(server)).text, 'loquat_event_loop_delay_seconds_count') > 0);
    for (const word of ['marked', chat.id]) assert.ok(!text.includes(word), `${word} is in the metrics`);
    await chat.leave();
    await Promise.all([server.stop(), fake.stop()]);
  });

  it('shows what waits', async () => {
    const fake = await startFakeOpenAi();
    const server = await startLoquat({ env: fake.settings });
    const chat = await Chat.open(server);
    for (const message of ['fake:slow 50 a b c d e f g h i j k l m n o p q r s t u v w x y z', 'next', 'and then']) chat.send(message);
    await chat.until('token');
    await eventually('two messages that wait', async () => valueOf((await metrics(server)).text, 'loquat_messages_waiting') === 2);
    for (let i = 0; i < 3; ++i) await chat.until('done');
    const { text } = await metrics(server);
    for (const name of ['loquat_messages_waiting', 'loquat_approvals_waiting', 'loquat_journal_queue_events'])
      assert.equal(valueOf(text, name), 0, name);
    // What waits for a person waits behind no reply: nobody is to be called for it.
    const url = `${server.url}/api/sessions/${chat.id}/commands`;
    const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"command":"take_over","by":"Kim"}' });
    assert.equal(status, 200);
    chat.send('anybody?');
    await eventually('the message to wait', async () => (await (await fetch(`${server.url}/api/sessions/${chat.id}`)).json()).live.queued === 1);
    assert.equal(valueOf((await metrics(server)).text, 'loquat_messages_waiting'), 0);
    await Promise.all([server.stop(), fake.stop()]);
  });

  it('are for operators where others can reach the port', async () => {
    const server = await startLoquat({ args: ['--host', '0.0.0.0', '--allow-anonymous'], env: { LOQUAT_OPERATOR_TOKEN: 'the-token' } });
    server.url = server.url.replace('0.0.0.0', '127.0.0.1');
    assert.equal((await metrics(server)).status, 401);
    assert.equal((await metrics(server, { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await metrics(server, { authorization: 'Bearer the-token' })).status, 200);
    assert.equal((await metrics(server, { authorization: 'bearer the-token' })).status, 200);
    await server.stop();
  });
});

describe('Traces', () => {
  it('go to the collector that is named, a session a trace', async () => {
    const got = await collector();
    const server = await startLoquat({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: got.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b', OTEL_SERVICE_NAME: 'desk' },
    });
    const chat = await Chat.open(server);
    await chat.ask('How much to ship 5kg to the US? marked words');
    await chat.leave();
    await finalised(server.dataDir, chat.id);
    await server.stop(); // what is not sent yet goes now
    assert.equal(got.path, '/v1/traces');
    assert.ok(got.headers.every((each) => each['x-key'] === 'a b'));
    const names = got.spans.map(({ name }) => name.split(' ')[0]);
    for (const name of ['session', 'turn', 'chat', 'execute_tool']) assert.ok(names.includes(name), `${name} in ${names}`);
    assert.equal(new Set(got.spans.map(({ traceId }) => traceId)).size, 1);
    const ids = new Set(got.spans.map(({ spanId }) => spanId));
    assert.equal(ids.size, got.spans.length);
    assert.ok(got.spans.every(({ name, parentSpanId }) => (name === 'session') === !parentSpanId));
    assert.ok(got.spans.every(({ parentSpanId }) => !parentSpanId || ids.has(parentSpanId)));
    const chats = got.spans.filter(({ name }) => name.startsWith('chat '));
    const session = got.spans.find(({ name }) => name === 'session');
    assert.equal(chats.length, 3, 'before the tool, after it, and for the summary');
    assert.equal(chats.filter(({ parentSpanId }) => parentSpanId === session.spanId).length, 1);
    for (const { attributes } of chats)
      for (const known of ['gen_ai.provider.name', 'gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'])
        assert.ok(attributes.some(({ key }) => key === known), `${known} in ${JSON.stringify(attributes)}`);
    assert.ok(!got.bodies.includes('marked'), 'what was said is in a trace');
    assert.match(got.bodies, /"desk"/);
    got.stop();
  });

  it('that a collector refuses are counted', async () => {
    const got = await collector(400);
    const server = await startLoquat({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: got.url } });
    assert.equal(valueOf((await metrics(server)).text, 'loquat_spans_dropped_total'), 0);
    assert.equal(valueOf((await metrics(server)).text, 'loquat_trace_events_dropped_total'), 0);
    const chat = await Chat.open(server);
    await chat.ask('hello');
    await chat.leave();
    await eventually('spans to be dropped', async () => valueOf((await metrics(server)).text, 'loquat_spans_dropped_total') > 0);
    await server.stop();
    got.stop();
  });

  it('that nobody takes hold up nothing', async () => {
    const server = await startLoquat({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
    const chat = await Chat.open(server);
    assert.equal((await chat.ask('hello')).done.finish, 'stop');
    await chat.leave();
    assert.equal((await server.stop()).code, 0);
  });
});
