// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_target.h"

#include "store/late_events.h"
#include "store/replica_columns.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

QString filesToRun(const QList<Migration> &migrations, int version, const QString &schema)
{
    QStringList files;
    for (const auto &migration : migrations)
        if (migration.version > version)
            files
                << u"sql/postgres/%1_%2.sql"_s.arg(migration.version, 4, 10, QChar(u'0')).arg(migration.name);
    // The files name no schema: they fill the first of the search path.
    const QString first = schema == "public"_L1 ? QString()
                                                : u", after \"create schema if not exists %1; grant usage on "
                                                  u"schema %1 to authenticated, service_role; "
                                                  "set search_path = %1;\""_s.arg(schema);
    return u"Run %1 in Supabase's SQL editor%2; Loquat then goes on by itself."_s.arg(
        files.join(u", then "_s), first);
}

RestTarget::RestTarget(RestSettings settings)
    : m_settings(std::move(settings))
    , m_migrations(migrationsIn(u":/sql/postgres"_s))
    , m_channel(m_settings)
{
}

QString RestTarget::place() const
{
    return m_settings.place();
}

Expected<void> RestTarget::connect()
{
    if (!m_migrations)
        return m_migrations.error();
    m_requestBytes = usualRequestBytes;
    const auto there = version();
    // Once Loquat's are there, others of these names are in another schema, or no matter.
    const bool mayBeOthers = there ? *there == 0 : there.error().code == "supabase_tables_missing"_L1;
    if (const auto others = mayBeOthers ? othersTables() : std::nullopt)
        return *others;
    if (!there)
        return there.error();
    const int known = m_migrations->isEmpty() ? 0 : m_migrations->last().version;
    if (*there > known)
        return Error{u"schema_too_new"_s,
                     u"The database is at version %1, this program knows %2."_s.arg(*there).arg(known),
                     u"Use the newer Loquat that this database was made for, or another database."_s, true};
    if (*there < known)
        return Error{
            u"supabase_tables_missing"_s,
            u"The tables in Supabase are at version %1, this program needs %2."_s.arg(*there).arg(known),
            filesToRun(*m_migrations, *there, m_settings.schema), true};
    return {};
}

Expected<void> RestTarget::ship(const ReplicaBatch &batch)
{
    if (auto sessions = storeAll(storeSessions, sessionRows(batch)); !sessions)
        return sessions;
    return storeAll(storeEvents, eventRows(batch.events),
                    [&](qsizetype at, qsizetype count, const RestAnswer &answer) -> Expected<void> {
                        const auto fresh = rowsIn(answer);
                        if (!fresh)
                            return fresh.error();
                        return storeBehind(notAmong(*fresh, batch.events.sliced(at, count)));
                    });
}

Expected<bool> RestTarget::isNew()
{
    const auto sessions = ask(askAnySession());
    if (!sessions)
        return sessions.error();
    return sessions->isEmpty();
}

Expected<void> RestTarget::check()
{
    const auto there = version();
    return there ? Expected<void>() : there.error();
}

void RestTarget::disconnect()
{
    m_channel.hangUp();
}

void RestTarget::interrupt()
{
    m_channel.interrupt();
}

Expected<void> RestTarget::storeAll(Store request, const QList<QByteArray> &rows, const Stored &stored)
{
    for (qsizetype at = 0; at < rows.size();) {
        const auto count = rowsThatFit(rows, at, m_requestBytes);
        const auto portion = request(rows.sliced(at, count));
        const auto answer = m_channel.ask(portion);
        if (answer.isTooMuch() && count > 1) {
            m_requestBytes = portion.body.size() / 2;
            continue;
        }
        if (!answer.isGood())
            return errorOf(answer);
        if (stored)
            if (auto done = stored(at, count, answer); !done)
                return done;
        at += count;
    }
    return {};
}

Expected<void> RestTarget::storeBehind(const QList<EventRow> &refused)
{
    for (const auto &events : bySession(refused)) {
        const auto late = unknown(events);
        if (!late)
            return late.error();
        if (late->isEmpty())
            continue;
        const QString session = late->first().sessionId;
        const auto newest = ask(askNewestSeq(session));
        if (!newest)
            return newest.error();
        const auto behind = numberedBehind(newest->at(0)["seq"_L1].toInteger(), *late);
        const auto taken = [&](qsizetype at, qsizetype count, const RestAnswer &answer) -> Expected<void> {
            const auto fresh = rowsIn(answer);
            if (!fresh)
                return fresh.error();
            if (notAmong(*fresh, behind.sliced(at, count)).isEmpty())
                return {};
            return Error{u"supabase_seq_taken"_s,
                         u"Another program wrote to the session %1 in Supabase meanwhile."_s.arg(session),
                         u"Loquat keeps trying."_s, true};
        };
        if (auto stored = storeAll(storeEvents, eventRows(behind), taken); !stored)
            return stored;
    }
    return {};
}

/// Those of one session's `events` that are there under no number.
Expected<QList<EventRow>> RestTarget::unknown(QList<EventRow> events)
{
    using Ask = RestRequest (*)(const QString &, const QList<qint64> &);
    for (const auto &[request, number] : {std::pair<Ask, QLatin1StringView>{askEvents, "seq"_L1},
                                          std::pair<Ask, QLatin1StringView>{askLateEvents, "late_seq"_L1}}) {
        constexpr qsizetype numbersInUrl = 100; // of each there may be several late events; 1,000 rows are
                                                // all that a project gives at once
        QList<EventRow> others;
        for (qsizetype at = 0; at < events.size(); at += numbersInUrl) {
            const auto some = events.mid(at, numbersInUrl);
            const auto there = ask(request(some.first().sessionId, seqsOf(some)));
            if (!there)
                return there.error();
            others += notThere(*there, number, some);
        }
        events = others;
    }
    return events;
}

Expected<QJsonArray> RestTarget::ask(const RestRequest &request)
{
    const auto answer = m_channel.ask(request);
    if (!answer.isGood())
        return errorOf(answer);
    return rowsIn(answer);
}

Expected<QJsonArray> RestTarget::rowsIn(const RestAnswer &answer) const
{
    const auto json = QJsonDocument::fromJson(answer.body);
    if (!json.isArray()) // some web page that answers everything with 200
        return errorOf({.status = answer.status});
    return json.array();
}

Expected<int> RestTarget::version()
{
    const auto versions = ask(askVersion());
    if (!versions)
        return versions.error();
    if (versions->isEmpty())
        return 0;
    // What another program counts may be text, or a date.
    const QJsonObject newest = versions->first().toObject();
    const int version = newest["version"_L1].toInt(-1);
    const bool isOthers = std::ranges::any_of(*m_migrations, [&](const Migration &ours) {
        return ours.version == version && ours.name != newest["name"_L1].toString();
    });
    RestAnswer told;
    told.status = 200;
    return version < 0 || isOthers ? othersTablesError(m_settings, told) : Expected<int>(version);
}

/// Tables that another program made and that ours would have to stand beside: our files fail on them.
std::optional<Error> RestTarget::othersTables()
{
    for (const auto &request : {askForColumns(u"sessions"_s, namesOf(replicaSessionColumns)),
                                askForColumns(u"session_events"_s, namesOf(replicaEventColumns)),
                                askForColumns(u"events"_s, eventViewColumns()), askVersion()})
        if (const auto answer = m_channel.ask(request); answer.code() == "42703"_L1)
            return othersTablesError(m_settings, answer);
    return {};
}

Error RestTarget::errorOf(const RestAnswer &answer) const
{
    return restError(m_settings, answer, filesToRun(*m_migrations, 0, m_settings.schema));
}

} // namespace loquat
