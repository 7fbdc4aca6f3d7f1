// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

#include <QStringList>
#include <QUrl>

namespace loquat {

/// Tells which node of several leads a conversation. Implementations are thread-safe, never block, and answer
/// in the thread of `context`, which must live until silence() was called.
class SessionLocator
{
public:
    /// The address (http://HOST:PORT) of another node that leads it; nullopt: it is this one's, and what
    /// other nodes wrote of it is in the archive.
    using Located = std::function<void(std::optional<QUrl>)>;

    virtual ~SessionLocator() = default;
    /// Claims the session for this node unless another that is alive has it. While the database is away the
    /// session is this node's, since a conversation matters more than order among nodes.
    virtual void locate(const QString &sessionId, QObject *context, Located located) = 0;
    /// Claims many, for which it waits until the database is there: those that are this node's.
    virtual void claim(const QStringList &sessionIds, QObject *context,
                       std::function<void(QStringList)> claimed) = 0;
    /// A page of a session's events, as far as the database has them; none if it does not know the session.
    virtual void read(const EventQuery &query, QObject *context, SessionHistory::Events found) = 0;
    /// Nothing is called back any more once this has returned.
    virtual void silence() = 0;
};

} // namespace loquat
