// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

#include <QList>
#include <QStringList>

#include <optional>

namespace loquat::fakes {

/// A client that only listens, and remembers.
class RecordingClient final : public SessionClient
{
public:
    void send(const Outbound &message) override { messages.append(message); }
    void close(CloseReason reason) override { closed = reason; }

    void clear() { messages.clear(); }

    /// The frames' types, in order.
    [[nodiscard]] QStringList kinds() const
    {
        static const QStringList names{QStringLiteral("session_started"),
                                       QStringLiteral("start"),
                                       QStringLiteral("token"),
                                       QStringLiteral("tool_start"),
                                       QStringLiteral("tool_end"),
                                       QStringLiteral("done"),
                                       QStringLiteral("operator_message"),
                                       QStringLiteral("state"),
                                       QStringLiteral("error"),
                                       QStringLiteral("pong"),
                                       QStringLiteral("tool_waiting"),
                                       QStringLiteral("resync"),
                                       QStringLiteral("noted"),
                                       QStringLiteral("reply_begins"),
                                       QStringLiteral("call_for_client"),
                                       QStringLiteral("paused")};
        QStringList result;
        for (const Outbound &message : messages)
            result.append(names.at(qsizetype(message.index())));
        return result;
    }

    template <typename T> [[nodiscard]] QList<T> all() const
    {
        QList<T> result;
        for (const Outbound &message : messages)
            if (const T *match = std::get_if<T>(&message))
                result.append(*match);
        return result;
    }

    /// The newest of its kind, or an empty one.
    template <typename T> [[nodiscard]] T last() const
    {
        const auto matches = all<T>();
        return matches.isEmpty() ? T{} : matches.last();
    }

    QList<Outbound> messages;
    std::optional<CloseReason> closed;
};

} // namespace loquat::fakes
