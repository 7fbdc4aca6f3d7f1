// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/history_cursor.h"
#include "store/history_source.h"
#include "store/search_text.h"
#include "store/sqlite_connection.h"

#include <QSqlQuery>

namespace loquat {

/// The history in the journal's file, beside whoever writes it.
class SqliteHistory final : public HistorySource
{
public:
    /// What a search looks through for one page, so that it ends soon whatever it finds.
    static constexpr int maxCandidates = 20'000;

    static Expected<std::unique_ptr<HistorySource>> open(const QString &file);

    Expected<SessionPage> sessions(const SessionQuery &query) override;
    Expected<EventPage> events(const EventQuery &query) override;

private:
    explicit SqliteHistory(std::unique_ptr<SqliteConnection> connection)
        : m_connection(std::move(connection))
    {
    }
    Expected<SessionPage> list(const SessionQuery &query);
    Expected<SessionPage> search(const SessionQuery &query);
    Expected<qint64> indexedUpTo();
    Expected<bool> isShown(const QString &sessionId, const SearchCursor &cursor, const SearchTerms &terms);

    std::unique_ptr<SqliteConnection> m_connection;
};

} // namespace loquat
