// SPDX-License-Identifier: GPL-3.0-or-later
// Prints what was measured, so that it reads the same in a terminal and in a file.
const number = (value, digits = 0) => value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const columns = [
  ['tokens/s', (cell) => number(cell.tokensPerSecond)],
  ['turns/s', (cell) => number(cell.turnsPerSecond)],
  ['CPU µs/token', (cell) => number(cell.cpuMicrosPerToken, 2)],
  ['CPU µs/turn', (cell) => number(cell.cpuMicrosPerTurn)],
  ['first token p50 · p99 ms', (cell) => `${number(cell.ttftP50, 1)} · ${number(cell.ttftP99, 1)}`],
  ['at once', (cell) => number(cell.streamingMost)],
  ['errors', (cell) => number(cell.errors)],
];
const idleColumns = [
  ['connected/s', (cell) => number(cell.idlePerSecond)],
  ['bytes each', (cell) => number(cell.idleBytes)],
  ['errors', (cell) => number(cell.errors)],
];

export function workTable(work, cells) {
  const shown = work.load.sessions ? columns : idleColumns;
  const rows = [['', ...shown.map(([name]) => name)],
    ...Object.entries(cells).map(([name, cell]) => [name, ...shown.map(([, of]) => of(cell))])];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((text, i) => (i ? text.padStart(widths[i]) : text.padEnd(widths[i]))).join(' | ')} |`;
  return [line(rows[0]), `|${widths.map((width, i) => '-'.repeat(width + (i ? 1 : 2)) + (i ? ':' : '')).join('|')}|`,
    ...rows.slice(1).map(line)].join('\n');
}

export function goalLines(work, cells) {
  return work.goals.map(({ text, value, limit, unit, holds }) => {
    const reached = value(cells);
    const shown = (x) => `${number(x, Math.abs(x) < 10 && !Number.isInteger(x) ? (Math.abs(x) < 0.1 ? 3 : 2) : 0)}${unit}`;
    return `${holds(reached) ? 'reached' : 'MISSED '}  ${shown(reached)} ${text} (goal ${holds(Infinity) ? '≥' : '≤'} ${shown(limit)})`;
  });
}
