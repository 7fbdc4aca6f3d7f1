// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "store/connection_scope.h"

#include <memory>
#include <tuple>
#include <type_traits>

struct sqlite3;

namespace loquat {

/// SQLite's own handle of an open connection of Qt's; nullptr: it is another database's.
sqlite3 *sqliteHandle(const QSqlDatabase &db);

/// One connection to the journal's file: WAL, foreign keys on, waits up to 5 s for a lock held by another
/// program. Lives in the thread that opened it.
class SqliteConnection
{
public:
    enum class Access { ReadOnly, ReadWrite };
    enum class Synchronous {
        Normal, ///< a power cut may lose the last moments; a crash of the program loses nothing
        Full,   ///< what was confirmed is on disk
    };

    static Expected<std::unique_ptr<SqliteConnection>> open(const QString &file, Access access,
                                                            Synchronous synchronous = Synchronous::Full);

    [[nodiscard]] QSqlDatabase &db() { return m_scope.db(); }
    /// SQLite opens what it may not write for reading, and even lets transactions begin there.
    [[nodiscard]] bool isReadOnly() const;
    /// Runs one statement that returns nothing worth reading.
    Expected<void> run(const QString &statement);
    /// The answer of `ask`, what it reads being of one moment, with the file locked once for all of it.
    template <typename Ask> std::invoke_result_t<Ask> readTogether(Ask ask)
    {
        if (const auto begun = run(QStringLiteral("begin")); !begun)
            return begun.error();
        auto answer = ask();
        std::ignore = run(QStringLiteral("commit"));
        return answer;
    }

private:
    SqliteConnection();

    ConnectionScope m_scope;
};

} // namespace loquat
