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
            const auto written = write(id);
            if (!written)
                return written.error();
            if (!*written)
                return Error{u"unknown_session"_s, u"The journal has no session '%1'."_s.arg(id),
                             u"Check the id; a pruned session is in the replica only."_s, false};
        }
        return {};
    }

    Expected<void> between(const ExportSelection &selection)
    {
        QString time = selection.sinceMs ? storedTime(*selection.sinceMs) : u""_s;
        const QString until = selection.untilMs ? storedTime(*selection.untilMs) : u"9999"_s;
        QString id = u""_s;
        for (;;) {
            const auto starts = next(time, id, until);
            if (!starts)
                return starts.error();
            for (const Start &start : *starts)
                if (auto written = write(start.sessionId); !written) // one that went meanwhile is left out
                    return written.error();
            if (starts->size() < rowsAtOnce)
                return {};
            time = starts->last().time;
            id = starts->last().sessionId;
        }
    }

private:
    struct Start
    {
        QString time;
        QString sessionId;
    };

    Expected<QList<Start>> next(const QString &time, const QString &id, const QString &until)
    {
        QSqlQuery query(m_connection.db());
        if (!ask(query,
                 u"select start_time, session_id from sessions where (start_time, session_id) > (?, ?) "
                 "and start_time < ? order by start_time, session_id limit ?"_s,
                 {time, id, until, rowsAtOnce}))
            return journalError(query.lastError());
        QList<Start> starts;
        while (query.next())
            starts.append({query.value(0).toString(), query.value(1).toString()});
        if (query.lastError().isValid())
            return journalError(query.lastError());
        return starts;
    }

    /// False: there is no such session.
    Expected<bool> write(const QString &id)
    {
        // Of one moment: a row beside events that came after it would be imported as one that lacks them.
        const auto text = m_connection.readTogether([&] { return session(id); });
        if (!text)
            return text.error();
        if (!*text)
            return false;
        ++m_count;
        const auto taken = put(**text);
        return taken ? Expected<bool>(true) : taken.error();
    }

    Expected<std::optional<QByteArray>> session(const QString &id)
    {
        QSqlQuery query(m_connection.db());
        if (!ask(query, u"select %1 from sessions where session_id = ?"_s.arg(storedSessionColumns), {id}))
            return journalError(query.lastError());
        if (!query.next())
            return query.lastError().isValid()
                       ? Expected<std::optional<QByteArray>>(journalError(query.lastError()))
                       : std::optional<QByteArray>();
        const SessionRow row = sessionRow(query);
        if (!ask(query,
                 u"select %1 from session_events where session_id = ? order by seq"_s.arg(storedEventColumns),
                 {id}))
            return journalError(query.lastError());
        const auto events = storedEvents(query);
        if (!events)
            return events.error();
        if (query.lastError().isValid())
            return journalError(query.lastError());
        return std::optional(m_writer.session(row, *events));
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
