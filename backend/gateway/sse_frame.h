// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/live_json.h"
#include "store/api/event_tail.h"

#include <QJsonDocument>

namespace loquat {

// The frames of /api/live (text/event-stream). JSON in one line, so that one `data:` line holds it.

/// An event of the journal; its id is what Last-Event-ID names.
inline QByteArray sseFrame(const JournalEntry &entry)
{
    QJsonObject json = toJson(entry.event);
    json[QLatin1String("id")] = entry.id;
    return "id: " + QByteArray::number(entry.id) +
           "\ndata: " + QJsonDocument(json).toJson(QJsonDocument::Compact) + "\n\n";
}

/// A piece of a running reply: not numbered, since it is not replayed.
inline QByteArray sseFrame(const Delta &delta)
{
    return "event: token\ndata: " + QJsonDocument(toJson(delta)).toJson(QJsonDocument::Compact) + "\n\n";
}

/// Something was left out; `what` is "tokens" or "events".
inline QByteArray sseGap(const QByteArray &what)
{
    return "event: gap\ndata: {\"lost\":\"" + what + "\"}\n\n";
}

} // namespace loquat
