// SPDX-License-Identifier: GPL-3.0-or-later
// `loquat doctor`, run to its end, and what it found.
import assert from 'node:assert/strict';
import { runLoquat, temporaryFolder, within } from './processes.mjs';

export async function doctor(args = [], env = {}) {
  const program = runLoquat(['doctor', '--data-dir', temporaryFolder(), '--port', '0', ...args], env);
  const { code } = await within(program.ended, () => 'loquat doctor does not end');
  return { code, stdout: program.stdout, stderr: program.stderr };
}

export async function checks(args, env) {
  const { code, stdout } = await doctor(['--json', ...args], env);
  const report = JSON.parse(stdout);
  assert.equal(code, report.ok ? 0 : 1);
  return { ok: report.ok, of: (name) => report.checks.find((check) => check.name === name) };
}

export async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}
