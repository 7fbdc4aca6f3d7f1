// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/fleet_database.h"
#include "store/journal_reader.h"

#include <QObject>
#include <QSet>

namespace loquat {

class Journal;

/// Brings what other nodes wrote of a session into this node's journal, before this node leads it. Where the
/// journal has events that never reached Postgres before another node went on, they are sent there, behind
/// what that one wrote, and the journal takes the order that they have there. One thread; blocks.
class FleetHistory
{
public:
    /// `context` lives in that thread, until the journal is closed.
    FleetHistory(Journal &journal, QObject *context)
        : m_journal(journal)
        , m_context(context)
    {
    }

    /// Without an error `done` is called, at once or later, when whoever reads the journal sees it all.
    Expected<void> fetch(FleetDatabase &database, const QString &sessionId, const Claim &claim,
                         const std::function<void()> &done);
    /// Whether the journal has anything of the session.
    Expected<bool> knows(const QString &sessionId);
    /// This process leads the session, or did: it may be in use, and nothing of it is rewritten.
    void led(const QString &sessionId);
    /// It is led here without the database's knowledge: nothing may come between what is said in it.
    void ledAlone(const QString &sessionId) { m_alone.insert(sessionId); }
    /// It is another node's, and nothing of it is written here any more once this process has let go of it.
    void letGo(const QString &sessionId);
    /// Sessions in the journal without an end.
    Expected<QStringList> unfinished();
    void close() { m_reader.reset(); }

private:
    static constexpr qsizetype maxRemembered = 100'000;

    Expected<void> openReader();
    Expected<void> replace(FleetDatabase &database, const QString &sessionId,
                           const std::function<void()> &done);
    /// Those from `begin` on.
    void append(const QList<Event> &events, qsizetype begin, const std::function<void()> &done);

    Journal &m_journal;
    QObject *m_context;
    std::unique_ptr<JournalReader> m_reader;
    QSet<QString> m_led;
    QSet<QString> m_alone;
    bool m_ledTooMany = false; ///< to remember: then it may be any
};

} // namespace loquat
