// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_batch.h"

#include "store/postgres_array.h"
#include "store/postgres_events.h"
#include "store/replica_columns.h"

#include <QJsonDocument>
#include <QLocale>

#include <array>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QString overwritten(const QStringList &columns)
{
    auto list = columns.mid(1);
    for (auto &name : list)
        name = u"%1 = excluded.%1"_s.arg(name);
    return list.join(u", "_s);
}

void addTo(PostgresArray &array, const QJsonValue &value, QLatin1StringView type)
{
    if (value.isNull())
        array.addNull();
    else if (value.isObject())
        array.add(QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact)));
    else if (value.isString())
        array.add(value.toString());
    else if (type == "double precision"_L1)
        array.add(QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest));
    else
        array.add(value.toInteger());
}

QString sessionInsert(const QList<SessionRow> &rows)
{
    const auto names = namesOf(replicaSessionColumns);
    std::array<PostgresArray, std::size(replicaSessionColumns)> arrays;
    for (const auto &row : rows) {
        const QJsonObject values = toJson(row);
        for (size_t i = 0; i < arrays.size(); ++i)
            addTo(arrays[i], values[names[qsizetype(i)]], QLatin1StringView(replicaSessionColumns[i].type));
    }
    const auto list = names.join(u", "_s);
    QString sql = u"insert into sessions ("_s + list + u") select "_s + list + u" from unnest("_s;
    for (size_t i = 0; i < arrays.size(); ++i)
        arrays[i].appendTo(sql, QLatin1StringView(replicaSessionColumns[i].type));
    return sql + u") as r ("_s + list + u") on conflict (session_id) do update set "_s + overwritten(names);
}

} // namespace

QStringList postgresStatements(const ReplicaBatch &batch, bool shared)
{
    // The sessions' rows first, which locks them: two nodes never write one session's events at the same
    // time.
    return {sessionInsert(batch.sessions),
            shared ? postgresSharedEventInsert(batch.events) : postgresEventInsert(batch.events)};
}

} // namespace loquat
