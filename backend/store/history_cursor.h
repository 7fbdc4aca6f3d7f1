// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

namespace loquat {

/// Behind which session a list goes on.
struct ListCursor
{
    qint64 startedAtMs = 0;
    QString sessionId;
};

/// Below which event a search goes on, and up to which event it looks: what came after its first page is left
/// for another search.
struct SearchCursor
{
    qint64 below = 0;
    qint64 newest = 0;
};

QString toText(const ListCursor &cursor);
QString toText(const SearchCursor &cursor);
/// nullopt for an empty text; bad_cursor for what is no cursor, or one of the other kind.
Expected<std::optional<ListCursor>> listCursor(const QString &text);
Expected<std::optional<SearchCursor>> searchCursor(const QString &text);

/// Error bad_query: a limit that is out of bounds.
Expected<void> checked(const SessionQuery &query);
Expected<void> checked(const EventQuery &query);

} // namespace loquat
