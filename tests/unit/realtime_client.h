// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/realtime/translation.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat::realtime {

inline QList<QJsonObject> eventsOf(const QStringList &frames)
{
    QList<QJsonObject> events;
    for (const QString &frame : frames)
        events.append(QJsonDocument::fromJson(frame.toUtf8()).object());
    return events;
}

/// A translation and all it has said.
struct Client
{
    bool beta = false;
    Translation translation{QStringLiteral("base"), beta};
    QList<QJsonObject> events = {};

    void hear(const Outbound &message) { events += eventsOf(translation.encode(message)); }
    void begin(const outbound::SessionStarted &started = {QStringLiteral("s1"), QStringLiteral("u1"),
                                                          QStringLiteral("model")})
    {
        hear(started);
        events.clear();
    }
    [[nodiscard]] QStringList types() const
    {
        QStringList all;
        for (const QJsonObject &event : events)
            all.append(event[QLatin1StringView("type")].toString());
        return all;
    }
    /// The id of the newest item that the client was told of.
    [[nodiscard]] QString itemAdded() const
    {
        const auto added = std::ranges::find(
            events.crbegin(), events.crend(), QStringLiteral("response.output_item.added"),
            [](const QJsonObject &event) { return event[QLatin1StringView("type")].toString(); });
        return (*added)[QLatin1StringView("item")][QLatin1StringView("id")].toString();
    }
    [[nodiscard]] QJsonObject last() const { return events.last(); }
    [[nodiscard]] QJsonObject response() const
    {
        return events.last()[QLatin1StringView("response")].toObject();
    }
};

inline outbound::TurnDone done(const QString &finish, const Usage &usage = {})
{
    return {1, {}, finish, usage, {}, 0, 9};
}

} // namespace loquat::realtime
