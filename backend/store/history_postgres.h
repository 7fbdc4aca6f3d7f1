// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/history_source.h"
#include "store/postgres_connection.h"
#include "store/watchdog.h"

namespace loquat {

/// The history in the copy in Postgres, which may be that of several nodes. Connects at the first question
/// and again after the connection was lost; a question takes at most half a minute.
class PostgresHistory final : public HistorySource
{
public:
    explicit PostgresHistory(PostgresSettings settings);

    Expected<SessionPage> sessions(const SessionQuery &query) override;
    Expected<EventPage> events(const EventQuery &query) override;

private:
    /// Connects if need be, and runs `ask` under guard; after an error that may pass, anew the next time.
    template <typename Result, typename Ask> Expected<Result> asked(Ask ask);
    Expected<SessionPage> list(const SessionQuery &query);
    Expected<SessionPage> search(const SessionQuery &query);
    Expected<qint64> newestId();
    [[nodiscard]] QString filter(const SessionQuery &query) const;
    [[nodiscard]] QString literal(const QString &text) const { return m_connection->literal(text); }

    const PostgresSettings m_settings;
    ConnectionBreaker m_breaker;
    Watchdog m_watchdog;
    std::unique_ptr<PostgresConnection> m_connection;
};

} // namespace loquat
