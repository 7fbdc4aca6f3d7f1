// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_target.h"

#include <QJsonArray>
#include <QJsonDocument>

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
    const QString first =
        schema == "public"_L1 ? QString() : u", after \"set search_path = %1;\""_s.arg(schema);
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
    return storeAll(storeEvents, eventRows(batch));
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

Expected<void> RestTarget::storeAll(Store request, const QList<QByteArray> &rows)
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
        at += count;
    }
    return {};
}

Expected<int> RestTarget::version()
{
    const auto answer = m_channel.ask(askVersion());
    if (!answer.isGood())
        return errorOf(answer);
    const auto json = QJsonDocument::fromJson(answer.body);
    if (!json.isArray()) // some web page that answers everything with 200
        return errorOf({.status = answer.status});
    return json.array().isEmpty() ? 0 : json.array().first().toObject().value("version"_L1).toInt();
}

Error RestTarget::errorOf(const RestAnswer &answer) const
{
    return restError(m_settings, answer, filesToRun(*m_migrations, 0, m_settings.schema));
}

} // namespace loquat
