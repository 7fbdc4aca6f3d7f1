// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace loquat {

/// The history of all who write to one database: lists are those of this journal and of the database
/// together, each session as whoever knows more of it has it; a search asks the database, a session's events
/// come from where there are more. While the database is away, or slow, the journal alone answers, and the
/// page says that it is partial.
class SharedHistory final : public SessionHistory
{
public:
    struct Limits
    {
        std::chrono::milliseconds listTime{3'000};    ///< for the database's part of an answer
        std::chrono::milliseconds searchTime{10'000}; ///< the same of a search
        std::chrono::milliseconds pause{5'000};       ///< after a failure it is not asked for so long
    };

    /// `behind`: why the database lacks some of what this node wrote; empty: it lacks nothing but the last
    /// moments. Thread-safe.
    SharedHistory(std::unique_ptr<SessionHistory> journal, std::unique_ptr<SessionHistory> database,
                  std::function<QString()> behind, Limits limits);
    SharedHistory(std::unique_ptr<SessionHistory> journal, std::unique_ptr<SessionHistory> database,
                  std::function<QString()> behind)
        : SharedHistory(std::move(journal), std::move(database), std::move(behind), Limits{})
    {
    }
    ~SharedHistory() override;

    /// A cursor of a search in the database gets database_away while that is, and database_slow where it
    /// takes too long.
    void sessions(const SessionQuery &query, QObject *context, Sessions found) override;
    void events(const EventQuery &query, QObject *context, Events found) override;

private:
    struct Both;
    using Joined =
        std::function<void(const Expected<SessionPage> &journal, const Expected<SessionPage> &database)>;

    void list(const SessionQuery &query, QObject *context, const Sessions &found);
    void search(const SessionQuery &query, QObject *context, const Sessions &found);
    void searchJournal(const SessionQuery &query, const Error &why, QObject *context, const Sessions &found);
    void askBoth(const SessionQuery &query, QObject *context, Joined joined);
    void askDatabase(const SessionQuery &query, QObject *context, Sessions found);
    void wholeEvents(const EventQuery &query, QObject *context, const Events &found);
    void dropOutdated(SessionPage page, QObject *context, const Sessions &found);

    const std::unique_ptr<SessionHistory> m_journal;
    const std::unique_ptr<SessionHistory> m_database;
    const std::function<QString()> m_behind;
    const Limits m_limits;
    /// Until when the database is not asked, ms of a steady clock. Outlives this, for timers.
    const std::shared_ptr<std::atomic<qint64>> m_awayUntil = std::make_shared<std::atomic<qint64>>(0);
};

} // namespace loquat
