// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QHash>

namespace loquat {

/// The replies that are being written right now, so that the list can preview them and a session that is
/// opened halfway through shows what was said already. A token costs an append.
class RunningReplies
{
public:
    struct Reply
    {
        QString text;
        int turn = 0;
        qint64 startedMs = 0; ///< when its first token came
    };

    void apply(const Event &event);
    void apply(const Delta &delta);
    void clear() { m_sessions.clear(); }

    /// How many sessions something is kept of.
    [[nodiscard]] qsizetype count() const { return m_sessions.size(); }
    [[nodiscard]] const Reply *find(const QString &sessionId) const;
    /// The newest event that came through apply(), 0 before the first.
    [[nodiscard]] qint64 lastSeq(const QString &sessionId) const;

private:
    struct Live
    {
        Reply reply;
        qint64 lastSeq = 0;
    };
    QHash<QString, Live> m_sessions;
};

} // namespace loquat
