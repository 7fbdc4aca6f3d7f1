// SPDX-License-Identifier: GPL-3.0-or-later
// The browser client where a conversation has more than one window, or one that comes back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../integration/lib/operators.mjs';
import { finalised } from '../integration/lib/rows.mjs';
import { beside, connect, fake, finished, notes, numbered, open, page, reply, say, scripted, state, useDemo, users } from './lib/demo_page.mjs';

describe('The browser client in several windows', () => {
  useDemo();

  it('says so when another window takes the conversation', async () => {
    await open(scripted);
    await connect();
    const other = await beside();
    await state('Closed');
    await page.locator('.note', { hasText: 'took over' }).waitFor();
    await other.close();
  });

  it('shows the same conversation after a reload, and goes on with it', async () => {
    await open(scripted);
    await connect();
    assert.deepEqual(await notes(), []);
    await say('remember me');
    await finished();
    const id = await page.inputValue('#session');
    await page.reload();
    assert.equal(await page.inputValue('#session'), id);
    await connect();
    await page.locator('.row.assistant .said', { hasText: 'You said: remember me' }).waitFor();
    assert.deepEqual(await users(), ['remember me']);
    assert.deepEqual(await notes(), ['This conversation goes on from before.']);
    assert.deepEqual(await page.locator('#heard > *').allTextContents(), await notes());
    await say('and more');
    await page.locator('.row.assistant .said', { hasText: 'You said: and more' }).waitFor();
    await page.click('#disconnect');
    await page.click('#new-session');
    const other = await page.inputValue('#session');
    assert.notEqual(other, id);
    await page.reload();
    assert.equal(await page.inputValue('#session'), other);
  });

  it('takes up a reply that another window asked for, in the middle of it', async () => {
    await open(scripted);
    await connect();
    const question = `fake:slow 30 ${numbered(2000)}`;
    await say(question);
    await page.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    const other = await beside();
    await other.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    await other.click('#stop');
    await other.locator('.row.assistant:not(.caret)').waitFor();
    assert.deepEqual(await users(other), [question]);
    const [told, ...more] = await other.locator('.row.assistant .said').allTextContents();
    assert.ok(`You said: ${question}`.startsWith(told.trim()) && told.includes('w10 '), told);
    assert.deepEqual(more, []);
    assert.equal(await other.locator('#stop').isVisible(), false);
    await other.close();
  });

  it('shows what there is where more was said than can be told again', async () => {
    await open(scripted);
    await connect();
    await say('the first');
    await finished();
    const other = await beside();
    await state('Closed');
    for (let i = 0; i < 6; i += 1) {
      await other.fill('#message', `bulk ${i} ${'x'.repeat(60_000)}`);
      await other.press('#message', 'Enter');
      await other.locator('.row.assistant:not(.caret) .said', { hasText: `bulk ${i}` }).waitFor();
    }
    await page.click('#connect');
    await page.locator('.row.assistant .said', { hasText: 'bulk 5' }).waitFor();
    assert.deepEqual(await notes(), ['Some of this conversation came while you were away.', 'Its beginning is not shown here.']);
    assert.ok((await users()).every((text) => text.startsWith('bulk')));
    await say('and then');
    await page.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: and then' }).waitFor();
    // It knows where it is again: what it has is not asked for a second time.
    const count = await page.locator('.row').count();
    await page.click('#disconnect');
    await connect();
    await say('the last');
    await page.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: the last' }).waitFor();
    assert.equal(await page.locator('.row').count(), count + 2);
    await other.close();
  });

  it('goes on with a reply that it left in the middle, in the row that it has', async () => {
    await open(scripted);
    await connect();
    await say(`fake:slow 30 ${numbered(2000)}`);
    await page.locator('.row.assistant .said', { hasText: 'w10 ' }).waitFor();
    const other = await beside();
    await state('Closed');
    assert.match(await reply().locator('.who').textContent(), /not read to its end/);
    await connect();
    await page.locator('.row.assistant.caret .said', { hasText: 'w60 ' }).waitFor();
    await page.click('#disconnect');
    await state('Not connected');
    const id = await page.inputValue('#session');
    await finalised(scripted.dataDir, id);
    await connect();
    await page.locator('.row.assistant:not(.caret) .who', { hasText: 'stopped' }).waitFor();
    const [told, ...more] = await page.locator('.row.assistant .said').allTextContents();
    assert.ok(`You said: fake:slow 30 ${numbered(2000)}`.startsWith(told.trim()) && told.includes('w60 '), told);
    assert.deepEqual(more, []);
    await other.close();
  });

  it('says once what was said before a tool that runs when it comes', async () => {
    const script = (body) => fetch(`${fake.url}/script`, { method: 'POST', body: JSON.stringify({ match: 'with a tool', times: 1, ...body }) });
    await script({ text: 'Let me look that up.', tool_calls: [{ id: 'c1', name: 'get_weather', arguments: '{"city":"Oslo"}' }] });
    await script({ never_answer: true });
    await open(scripted);
    await connect();
    await say('with a tool');
    await page.locator('.row.tool .card.ok').waitFor();
    const other = await beside();
    await other.click('#stop');
    await other.locator('.row.assistant .who', { hasText: 'stopped' }).waitFor();
    const said = await other.locator('.row.assistant .said').allTextContents();
    assert.deepEqual(said.map((text) => text.trim()), ['Let me look that up.', '']);
    await other.close();
  });

  it('says that a person is to answer, also where it came after the question', async () => {
    await open(scripted);
    await connect();
    const id = await page.inputValue('#session');
    assert.equal((await command(scripted, id, { command: 'take_over', by: 'Kim' })).status, 200);
    await page.locator('#mode:not([hidden])').waitFor();
    await say('is anybody there?');
    await page.locator('.row.assistant .who', { hasText: 'a person will answer' }).waitFor();
    const other = await beside();
    await other.locator('.row.assistant .who', { hasText: 'a person will answer' }).waitFor();
    assert.equal((await command(scripted, id, { command: 'reply', text: 'I am.', by: 'Kim' })).status, 200);
    await other.locator('.row.human .said', { hasText: 'I am.' }).waitFor();
    await other.locator('.row.assistant').waitFor({ state: 'detached' });
    await other.close();
  });

  it('shows what was asked in another window when it comes back', async () => {
    await open(scripted);
    await connect();
    await say('asked here');
    await finished();
    const other = await beside();
    await state('Closed');
    await other.fill('#message', 'asked there');
    await other.press('#message', 'Enter');
    await other.locator('.row.assistant:not(.caret) .said', { hasText: 'You said: asked there' }).waitFor();
    await connect();
    await page.locator('.row.assistant .said', { hasText: 'You said: asked there' }).waitFor();
    assert.deepEqual(await users(), ['asked here', 'asked there']);
    assert.deepEqual(await notes(), ['Some of this conversation came while you were away.']);
    const third = await beside();
    await state('Closed');
    await connect();
    await page.locator('.row.assistant .said', { hasText: 'You said: asked there' }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.note'));
    assert.deepEqual(await users(), ['asked here', 'asked there']);
    await other.close();
    await third.close();
  });

  it('says nothing before it is greeted, and takes no message of before for one that it has yet to say', async () => {
    await open(scripted);
    await connect();
    await say('yes');
    await finished();
    let lost = 0;
    const saidTooSoon = [];
    await page.routeWebSocket(/\/ws\/session\//, (socket) => {
      if (lost++) return socket.connectToServer();
      socket.onMessage((frame) => saidTooSoon.push(frame));
      setTimeout(() => socket.close({ code: 1013 }), 300);
    });
    await page.reload();
    await say('yes');
    await page.locator('.row.assistant .said', { hasText: 'You said: yes' }).first().waitFor();
    await page.locator('.row.assistant:not(.caret)').nth(1).waitFor();
    assert.deepEqual(await users(), ['yes', 'yes']);
    assert.doesNotMatch(await page.locator('.row.user').last().textContent(), /not confirmed/);
    assert.deepEqual(saidTooSoon, []);
  });
});
