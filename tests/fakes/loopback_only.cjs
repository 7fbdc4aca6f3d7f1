// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into a server that would listen on every address: makes it listen on a free loopback port and say which.
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  this.once('listening', () => process.stderr.write(`LISTENING ${this.address().port}\n`));
  return listen.call(this, 0, '127.0.0.1', ...args.filter((argument) => typeof argument === 'function'));
};
// The reference server expects it to be there, and Debian 12's Node 18 does not have it yet.
globalThis.crypto ??= require('node:crypto').webcrypto;
