// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"
#include "store/api/session_history.h"

#include <QTimer>

namespace loquat {

/// Follows one session that another node leads, and tells all that is said in it: each event once, in order
/// and without gaps, tokens between them. It hears of it live (take), or only that there is more (announced);
/// what it did not hear it reads, from the node or from the database. One thread.
class FarFollow final : public QObject
{
    Q_OBJECT

public:
    using Tell = std::function<void(const std::variant<Event, Delta> &)>;
    /// Reads what came after a seq; answers in this object's thread, at once or later.
    using Read = std::function<void(qint64 afterSeq, SessionHistory::Events found)>;

    FarFollow(QString sessionId, Tell tell);

    /// From where it is read, from here on. Catches up by it.
    void readBy(Read read);
    /// Somebody was shown everything up to there and is told the rest. Before the first time no event is
    /// told.
    void shownUpTo(qint64 seq);
    /// There is an event with this number.
    void announced(qint64 seq);
    /// Something was left out.
    void catchUp();
    void take(const Event &event);
    void take(const Delta &delta);

    [[nodiscard]] const QString &sessionId() const { return m_sessionId; }

private:
    void read();
    void arrived(const Expected<EventPage> &page);
    void flush();
    void tell(const Event &event);

    static constexpr int maxTries = 20; ///< until the database has what was announced
    static constexpr qsizetype maxKept = 2'000;

    const QString m_sessionId;
    const Tell m_tell;
    Read m_read;
    quint64 m_way = 0; ///< which m_read it is; answers of those before are not for us
    bool m_started = false;
    bool m_reading = false;
    qint64 m_shown = 0;
    qint64 m_announced = 0;
    qint64 m_liveSeq = 0;    ///< the newest event that was heard
    qint64 m_staleUntil = 0; ///< tokens before this event belong to a reply that was read whole
    QList<std::variant<Event, Delta>> m_kept; ///< heard while it reads
    int m_tries = 0;
    QTimer m_again;
};

} // namespace loquat
