// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_export.h"

#include "store/sql_error.h"
#include "store/sqlite_connection.h"
#include "store/stored_rows.h"
#include "store/stored_text.h"

#include <QFileInfo>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr int rowsAtOnce = 500;

class Exporter
{
public:
    Exporter(SqliteConnection &connection, ExportWriter &writer, const ExportSink &sink)
        : m_connection(connection)
        , m_writer(writer)
        , m_sink(sink)
    {
    }

    [[nodiscard]] qint64 count() const { return m_count; }

    Expected<void> named(const QStringList &sessions)
    {
        for (const QString &id : sessions) {
            QSqlQuery query(m_connection.db());
            if (!ask(query, u"select %1 from sessions where session_id = ?"_s.arg(storedSessionColumns),
                     {id}))
                return journalError(query.lastError());
            if (!query.next())
                return Error{u"unknown_session"_s, u"The journal has no session '%1'."_s.arg(id),
                             u"Check the id; a pruned session is in the replica only."_s, false};
            const SessionRow row = sessionRow(query);
            query.finish();
            if (auto written = write(row); !written)
                return written;
        }
        return {};
    }

    Expected<void> between(const ExportSelection &selection)
    {
        QString time = selection.sinceMs ? storedTime(*selection.sinceMs) : u""_s;
        const QString until = selection.untilMs ? storedTime(*selection.untilMs) : u"9999"_s;
        QString id = u""_s;
        for (;;) {
            const auto rows = next(time, id, until);
            if (!rows)
                return rows.error();
            for (const SessionRow &row : *rows)
                if (auto written = write(row); !written)
                    return written;
            if (rows->size() < rowsAtOnce)
                return {};
            time = storedTime(rows->last().startedAtMs);
            id = rows->last().sessionId;
        }
    }

private:
    Expected<QList<SessionRow>> next(const QString &time, const QString &id, const QString &until)
    {
        QSqlQuery query(m_connection.db());
        if (!ask(query,
                 u"select %1 from sessions where (start_time, session_id) > (?, ?) and start_time < ? "
                 "order by start_time, session_id limit ?"_s.arg(storedSessionColumns),
                 {time, id, until, rowsAtOnce}))
            return journalError(query.lastError());
        QList<SessionRow> rows;
        while (query.next())
            rows.append(sessionRow(query));
        return query.lastError().isValid() ? Expected<QList<SessionRow>>(journalError(query.lastError()))
                                           : Expected<QList<SessionRow>>(rows);
    }

    Expected<void> write(const SessionRow &row)
    {
        QSqlQuery query(m_connection.db());
        if (!ask(query,
                 u"select %1 from session_events where session_id = ? order by seq"_s.arg(storedEventColumns),
                 {row.sessionId}))
            return journalError(query.lastError());
        const auto events = storedEvents(query);
        if (!events)
            return events.error();
        if (query.lastError().isValid())
            return journalError(query.lastError());
        ++m_count;
        return put(m_writer.session(row, *events));
    }

public:
    Expected<void> put(const QByteArray &piece)
    {
        if (piece.isEmpty() || m_sink(piece))
            return {};
        return Error{u"export_failed"_s, u"The export cannot be written."_s,
                     u"Check the space on the disk, and that whoever reads it still does."_s, false};
    }

private:
    SqliteConnection &m_connection;
    ExportWriter &m_writer;
    const ExportSink &m_sink;
    qint64 m_count = 0;
};

} // namespace

Expected<qint64> exportJournal(const QString &file, const ExportSelection &selection, ExportWriter &writer,
                               const ExportSink &sink)
{
    if (!QFileInfo::exists(file)) // opening it would create it
        return Error{u"no_journal"_s, u"There is no journal at %1."_s.arg(file),
                     u"Name the folder that Loquat was run with: --data-dir."_s, false};
    const auto connection = SqliteConnection::open(file, SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    Exporter exporter(**connection, writer, sink);
    auto outcome = exporter.put(writer.begin());
    if (outcome)
        outcome =
            selection.sessions.isEmpty() ? exporter.between(selection) : exporter.named(selection.sessions);
    if (outcome)
        outcome = exporter.put(writer.end());
    if (!outcome)
        return outcome.error();
    return exporter.count();
}

} // namespace loquat
