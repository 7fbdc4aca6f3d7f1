// SPDX-License-Identifier: GPL-3.0-or-later
// A PostgreSQL that seems so many milliseconds away (there and back): far_database.mjs URL MS
import net from 'node:net';

const [, , url, ms] = process.argv;
const { hostname: host, port } = new URL(url);

// What comes from one side reaches the other half the time later, in order.
function later(from, to) {
  from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), Number(ms) / 2));
  from.on('close', () => setTimeout(() => to.destroy(), Number(ms) / 2));
  from.on('error', () => {});
}

const server = net.createServer({ noDelay: true }, (near) => {
  const far = net.connect({ host, port: Number(port), noDelay: true });
  later(near, far);
  later(far, near);
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
