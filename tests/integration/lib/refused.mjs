// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens on the way to the server, and what it says where it lets nobody in.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { refusal } from './chat.mjs';

export const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const target = (id = randomUUID()) => `/ws/session/${id}?user_id=mallory`;

export async function isRefused(server, token, status = 401) {
  const answer = await refusal(server, target(), bearer(token));
  assert.equal(answer.status, status, answer.body);
  assert.match(answer.type, /^application\/problem\+json/);
  assert.ok(!answer.body.includes(token), 'the token is in the answer');
  return JSON.parse(answer.body);
}
