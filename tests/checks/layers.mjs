// SPDX-License-Identifier: GPL-3.0-or-later
// Who may include whom (README, "How it fits together"). The linker refuses calls against the direction; this refuses
// includes, which need no call.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const below = {
  'domain': [],
  'auth': ['domain'],
  'llm': ['domain'],
  'tools': ['domain'],
  'telemetry': ['domain'],
  'store/api': ['domain'],
  'store': ['domain', 'store/api'],
  'session': ['domain', 'llm', 'tools', 'store/api'],
  'gateway': ['domain', 'auth', 'llm', 'tools', 'store/api', 'session', 'telemetry'],
};
const rooms = Object.keys(below);
// Behind `store/api`, `gateway` and the providers are concrete classes: only the composition root names those.
const closedToModels = ['gateway', 'auth', 'store', 'llm', 'tools'];

const gui = /^<(Qt(Gui|Qml|Quick|Widgets)\w*\/|QtGui|QtQml|QtQuick|QGui|QQml|QQuick|QJSEngine|QJSValue|QColor|QImage|QPixmap|QFont|QIcon|QPainter|QWindow|QWidget|QApplication|QClipboard|QDesktopServices)/;
const sql = /^<(QtSql|QSql|libpq|sqlite3)/;
const sockets = /^<(Qt(Network|WebSockets|HttpServer)|QWebSocket|QTcp|QUdp|QSsl|QNetwork|QHttp|QAbstractSocket|QHostAddress)/;
const serving = /^<(Qt(WebSockets|HttpServer)|QWebSocket|QHttp|QTcp|QUdp)/; // the store asks others, it serves nobody
const without = { // headers of others that a room keeps out
  'auth': [sql, serving],
  'domain': [sql, sockets], 'session': [sql, sockets], 'tools': [sql], 'llm': [sql], 'telemetry': [sql, serving],
  'store': [serving], 'store/api': [sql, sockets], 'gateway': [sql],
};

const roomOf = (path) => rooms.filter((room) => path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];

// What is wrong with a file that holds `text`; `path` is relative to the project.
export function violations(path, text) {
  const found = [];
  const room = path.startsWith('backend/') ? roomOf(path.slice('backend/'.length)) : undefined;
  for (const [, header] of text.matchAll(/^\s*#\s*include\s+(<[^>]+>|"[^"]+")/gm)) {
    const say = (why) => found.push(`${path} includes ${header}: ${why}`);
    const name = header.slice(1, -1);
    if (path.startsWith('backend/')) {
      if (gui.test(header)) say('the backend has no GUI');
      if (/^(app|qml|models|console)\//.test(name) || name.startsWith('../app')) say('the backend does not know the app');
    }
    for (const pattern of without[room] ?? []) if (pattern.test(header)) say(`not a matter of ${room}`);
    if (header.startsWith('<')) continue;
    const other = roomOf(name);
    if (room && (name === 'backend.h' || (other && other !== room && !below[room].includes(other)))) say(`${room} is not above it`);
    if (path.startsWith('app/models/') && closedToModels.includes(other)) say('a model knows the facade and the interfaces');
  }
  return found;
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(cpp|h)$/.test(entry.name) ? [path] : [];
  });
}

describe('Includes', () => {
  it('point in the direction of the architecture', () => {
    const files = ['backend', 'app'].flatMap((folder) => sources(join(top, folder)));
    assert.ok(files.length > 20, `only ${files.length} files found in ${top}`);
    const wrong = files.flatMap((file) => violations(relative(top, file), readFileSync(file, 'utf8')));
    assert.deepEqual(wrong, []);
  });

  for (const [path, header] of [
    ['backend/domain/event.h', '"session/session.h"'],
    ['backend/session/session.cpp', '"store/journal.h"'],
    ['backend/session/session.cpp', '<QWebSocket>'],
    ['backend/session/session.cpp', '"gateway/listener.h"'],
    ['backend/store/journal.cpp', '"session/session.h"'],
    ['backend/store/rest_channel.cpp', '<QTcpServer>'],
    ['backend/gateway/routes.cpp', '"store/journal.h"'],
    ['backend/gateway/routes.cpp', '<QSqlQuery>'],
    ['backend/llm/openai.cpp', '"tools/tool.h"'],
    ['backend/backend.cpp', '<QGuiApplication>'],
    ['backend/gateway/routes.cpp', '<QtQml/QQmlEngine>'],
    ['app/models/live_model.cpp', '"store/journal.h"'],
  ])
    it(`${path} may not include ${header}`, () => assert.equal(violations(path, `#include ${header}\n`).length, 1));

  for (const [path, header] of [
    ['backend/session/session.cpp', '"store/api/event_log.h"'],
    ['backend/gateway/routes.cpp', '"session/session_hub.h"'],
    ['backend/store/rest_channel.cpp', '<QNetworkAccessManager>'],
    ['backend/backend.cpp', '"store/journal.h"'],
    ['backend/domain/event.cpp', '<QDateTime>'],
    ['app/models/live_model.cpp', '"session/live_feed.h"'],
  ])
    it(`${path} may include ${header}`, () => assert.deepEqual(violations(path, `#include ${header}\n`), []));
});
