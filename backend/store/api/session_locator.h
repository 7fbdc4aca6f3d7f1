// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QUrl>

#include <functional>
#include <optional>

namespace loquat {

/// Tells which node of several leads a conversation. Implementations are thread-safe and never block.
class SessionLocator
{
public:
    /// The address (http://HOST:PORT) of another node that leads it; nullopt: it is this one's, and what other
    /// nodes wrote of it is in the archive.
    using Located = std::function<void(std::optional<QUrl>)>;

    virtual ~SessionLocator() = default;
    /// Claims the session for this node unless another that is alive has it. Answers in the thread of
    /// `context`, within a bound: when the database is away the session is this node's, since a conversation
    /// matters more than order among nodes.
    virtual void locate(const QString &sessionId, QObject *context, Located located) = 0;
    /// Claims many, without a bound: those that are this node's, in the order given.
    virtual void claim(const QStringList &sessionIds, QObject *context,
                       std::function<void(QStringList)> claimed) = 0;
};

} // namespace loquat
