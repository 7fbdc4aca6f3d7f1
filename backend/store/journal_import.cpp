// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_import.h"

#include "domain/event.h"
#include "domain/ids.h"
#include "store/folder_lock.h"
#include "store/journal_file.h"
#include "store/known_events.h"
#include "store/sql_error.h"
#include "store/stored_text.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlQuery>
#include <QVariant>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// The longest line: an event's text and what belongs to it.
constexpr qint64 maxLine = 256 * 1024 * 1024;

constexpr const char *rowColumns[] = {
    "session_id",       "user_id",       "status",         "start_time", "end_time",
    "duration_seconds", "summary",       "summary_source", "model",      "turns",
    "input_tokens",     "output_tokens", "cost_usd",       "node_id",    "metadata"};

/// Columns that hold a number, the rest is text.
bool isNumber(QLatin1StringView column)
{
    return column == "duration_seconds"_L1 || column == "turns"_L1 || column.endsWith("_tokens"_L1) ||
           column == "cost_usd"_L1;
}

class Importer
{
public:
    explicit Importer(SqliteConnection &connection)
        : m_connection(connection)
        , m_event(connection.db())
        , m_known(connection.db())
    {
    }

    Expected<ImportCount> run(QIODevice &lines)
    {
        if (!m_event.prepare(u"insert into session_events "
                             "(session_id, seq, ts, event_type, role, content, metadata) "
                             "values (?, ?, ?, ?, ?, ?, ?) on conflict (session_id, seq) do nothing"_s))
            return journalError(m_event.lastError());
        qint64 number = 0;
        // Not until atEnd(): of a named pipe it is true before the first line came.
        for (QByteArray line = lines.readLine(maxLine); !line.isEmpty(); line = lines.readLine(maxLine)) {
            ++number;
            if (line.trimmed().isEmpty())
                continue;
            if (auto taken = take(line); !taken) {
                Error error = taken.error();
                error.message = u"Line %1: %2"_s.arg(number).arg(error.message);
                return error;
            }
        }
        if (const auto *file = qobject_cast<QFileDevice *>(&lines); file && file->error() != QFile::NoError)
            return Error{u"import_unreadable"_s, u"The file cannot be read: %1."_s.arg(file->errorString()),
                         u"Nothing was imported."_s, true};
        if (auto kept = keepRow(); !kept)
            return kept.error();
        return m_count;
    }

private:
    static Error bad(const QString &what)
    {
        return {u"bad_import"_s, what,
                u"Import what 'loquat export --format jsonl' wrote. Nothing was imported."_s, false};
    }

    Expected<void> take(const QByteArray &line)
    {
        QJsonParseError problem;
        const QJsonObject json = QJsonDocument::fromJson(line, &problem).object();
        if (problem.error != QJsonParseError::NoError)
            return bad(u"it is not JSON (%1)."_s.arg(problem.errorString()));
        const QString kind = json["kind"_L1].toString();
        if (kind == "session"_L1)
            return takeSession(json);
        if (kind == "event"_L1)
            return takeEvent(json);
        return bad(u"its \"kind\" is neither \"session\" nor \"event\"."_s);
    }

    Expected<void> takeSession(const QJsonObject &json)
    {
        if (auto kept = keepRow(); !kept)
            return kept;
        m_row = json;
        m_new = 0;
        m_lastSeq = 0;
        for (const auto *key : {"session_id", "user_id", "status", "start_time"})
            if (json[QLatin1StringView(key)].toString().isEmpty())
                return bad(u"the session lacks \"%1\"."_s.arg(QLatin1StringView(key)));
        if (!parseSessionId(json["session_id"_L1].toString()))
            return bad(u"\"session_id\" is not one."_s);
        for (const auto *key : {"start_time", "end_time"}) {
            const QJsonValue time = json[QLatin1StringView(key)];
            if (time.isString() && storedTime(msFromStored(time.toString())) != time.toString())
                return bad(
                    u"\"%1\" is not a time such as 2026-01-31T12:00:00.000Z."_s.arg(QLatin1StringView(key)));
        }
        QSqlQuery known(m_connection.db());
        known.prepare(u"select (select coalesce(max(seq), 0) from session_events e "
                      "where e.session_id = sessions.session_id) from sessions where session_id = ?"_s);
        known.addBindValue(json["session_id"_L1].toString());
        if (!known.exec())
            return journalError(known.lastError());
        m_rowIsKnown = known.next();
        m_lastKnown = m_rowIsKnown ? known.value(0).toLongLong() : 0;
        return m_rowIsKnown ? Expected<void>() : writeRow(); // events refer to it
    }

    Expected<void> takeEvent(const QJsonObject &json)
    {
        const auto event = eventFromJson(json);
        if (!event)
            return bad(event.error().message);
        if (event->seq < 1)
            return bad(u"the event's \"seq\" is not a number from 1 on."_s);
        if (m_row.isEmpty() || event->sessionId != m_row["session_id"_L1].toString())
            return bad(u"the event does not follow its session's line."_s);
        const QVariantList values{event->sessionId,
                                  event->seq,
                                  storedTime(event->atMs),
                                  nameOf(event->type),
                                  nameOf(event->role),
                                  storedText(event->content),
                                  QString::fromUtf8(storedJson(event->meta))};
        for (int i = 0; i < values.size(); ++i)
            m_event.bindValue(i, values[i]);
        if (!m_event.exec())
            return refusal(m_event.lastError());
        const bool isNew = m_event.numRowsAffected() > 0;
        m_event.finish();
        if (!isNew)
            if (auto same = isTheSame(*event); !same)
                return same;
        m_lastSeq = std::max(m_lastSeq, event->seq);
        (isNew ? m_count.events : m_count.known) += 1;
        m_new += isNew ? 1 : 0;
        return {};
    }

    /// As the one that the journal has with this session and seq; another conversation may have its id.
    Expected<void> isTheSame(const Event &event)
    {
        const auto same = m_known.holds(event);
        if (!same)
            return same.error();
        if (*same)
            return {};
        return Error{u"other_session"_s,
                     u"the journal has another conversation with the id '%1': its event %2 differs."_s
                         .arg(event.sessionId)
                         .arg(event.seq),
                     u"Import into another folder (--data-dir). Nothing was imported."_s, false};
    }

    /// The row that the file has for the session before, if the file knows more of it than the journal did.
    Expected<void> keepRow()
    {
        if (m_row.isEmpty())
            return {};
        if (m_new > 0 || !m_rowIsKnown)
            ++m_count.sessions;
        return m_rowIsKnown && m_lastSeq > m_lastKnown ? writeRow() : Expected<void>();
    }

    Expected<void> writeRow()
    {
        QStringList names;
        QStringList marks;
        QStringList changes;
        QVariantList values;
        for (const auto *each : rowColumns) {
            const QLatin1StringView column(each);
            names.append(column);
            marks.append(u"?"_s);
            changes.append(u"%1 = excluded.%1"_s.arg(column));
            const QJsonValue value = m_row[column];
            if (column == "metadata"_L1)
                values.append(QString::fromUtf8(storedJson(value.toObject())));
            else if (column == "turns"_L1)
                values.append(value.toInteger());
            else if (value.isNull() || value.isUndefined())
                values.append(QVariant(QMetaType(QMetaType::QString)));
            else if (isNumber(column) != value.isDouble())
                return bad(u"\"%1\" is not what it should be."_s.arg(column));
            else if (column == "cost_usd"_L1)
                values.append(value.toDouble());
            else
                values.append(value.isDouble() ? QVariant(value.toInteger())
                                               : QVariant(storedText(value.toString())));
        }
        QSqlQuery row(m_connection.db());
        row.prepare(u"insert into sessions (%1) values (%2) on conflict (session_id) do update set %3"_s.arg(
            names.join(u", "_s), marks.join(u", "_s), changes.mid(1).join(u", "_s)));
        for (const QVariant &value : std::as_const(values))
            row.addBindValue(value);
        if (!row.exec())
            return refusal(row.lastError());
        return {};
    }

    static Error refusal(const QSqlError &error)
    {
        return isConstraintViolation(error) ? bad(u"it holds a value that the journal refuses."_s)
                                            : journalError(error);
    }

    SqliteConnection &m_connection;
    QSqlQuery m_event;
    KnownEvents m_known;
    QJsonObject m_row; ///< of the session whose events come
    bool m_rowIsKnown = false;
    qint64 m_new = 0;       ///< events of it
    qint64 m_lastSeq = 0;   ///< of it in the file
    qint64 m_lastKnown = 0; ///< the same in the journal, before
    ImportCount m_count;
};

} // namespace

Expected<ImportCount> importJournal(const JournalSettings &settings, QIODevice &lines)
{
    const auto lock = FolderLock::take(settings.dataDir);
    if (!lock)
        return lock.error();
    const auto connection = openJournalFile(QDir(settings.dataDir).filePath(u"loquat.db"_s), settings);
    if (!connection)
        return connection.error();
    if (auto begun = (*connection)->run(u"begin immediate"_s); !begun)
        return begun.error();
    auto count = Importer(**connection).run(lines);
    if (count)
        if (const auto committed = (*connection)->run(u"commit"_s); !committed)
            count = committed.error();
    if (!count)
        std::ignore = (*connection)->run(u"rollback"_s);
    else
        std::ignore = (*connection)->run(u"pragma wal_checkpoint(truncate)"_s);
    return count;
}

} // namespace loquat
