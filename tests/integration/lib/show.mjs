// SPDX-License-Identifier: GPL-3.0-or-later
// Plays the example questions over a real socket against the simulated model, and prints what a client receives and
// what is stored: nothing is checked here, it is for people to look at.
import { Chat } from './chat.mjs';
import { examples } from './examples.mjs';
import { eventually, startLoquat } from './processes.mjs';
import { emptyDatabase, finalised, journalEvents, journalSession, postgresEvents, postgresSession } from './rows.mjs';

const title = (text) => console.log(`\n\x1b[1m${text}\x1b[0m`);
const short = (value) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 150 ? `${text.slice(0, 147)}...` : text;
};
const print = (rows) => {
  for (const { seq, event_type: type, role, content, metadata } of rows)
    console.log(`${String(seq).padStart(4)}  ${type.padEnd(16)} ${role.padEnd(10)} ${short(content)}  ${short(metadata)}`);
};

const url = await emptyDatabase();
const server = await startLoquat({ env: { SUPABASE_DB_URL: url } });
title(`loquat --server at ${server.url}, with the simulated model`);
const chat = await Chat.open(server, { user_id: 'user-1' });
for (const { question } of examples) {
  title(`→ ${question}`);
  chat.send(question);
  for (const frame of await chat.until('done')) console.log(`← ${JSON.stringify(frame)}`);
}
await chat.leave();
await finalised(server.dataDir, chat.id);

const rows = await journalEvents(server.dataDir, chat.id);
title('In SQLite: sessions');
console.log(await journalSession(server.dataDir, chat.id));
title('In SQLite: session_events');
print(rows);
const copied = await eventually('the rows in Postgres', async () => {
  const there = await postgresEvents(url, chat.id);
  return there.length === rows.length && there;
});
title('In Postgres: sessions');
console.log(await postgresSession(url, chat.id));
title('In Postgres: session_events');
print(copied);
await server.stop();
