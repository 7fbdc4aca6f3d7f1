// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/others_tables.h"

#include "store/replica_columns.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// `place`: an SQL text, what stands before the name.
QString lacks(const QString &place, const QString &table, QStringList columns)
{
    columns.removeOne(u"last_seq"_s); // the second migration adds it
    return uR"(exists (select from unnest(array['%2']) wanted where to_regclass(%3 || '%1') is not null
               and not exists (select from pg_attribute where attrelid = to_regclass(%3 || '%1')
                               and attname = wanted and not attisdropped)))"_s.arg(
        table, columns.join(u"','"_s), place);
}

} // namespace

QString migrationsAreLoquats()
{
    return u"(select count(*) = 2 from pg_attribute where attrelid = to_regclass('schema_migrations') "
           "and not attisdropped and (attname = 'version' and atttypid = 'integer'::regtype "
           "or attname = 'name' and atttypid = 'text'::regtype))"_s;
}

QString migrationsBeginAsLoquats()
{
    return u"(not exists (select from schema_migrations) or exists (select from schema_migrations "
           "where version = 1 and name = 'sessions_and_events'))"_s;
}

QString tablesAreHidden()
{
    return u"(%1 or %2)"_s.arg(lacks(u"''"_s, u"sessions"_s, namesOf(replicaSessionColumns)),
                               lacks(u"''"_s, u"session_events"_s, namesOf(replicaEventColumns)));
}

QString tablesAreOthers()
{
    return u"(select %1 or %2 or %3 or exists (select from pg_class where oid = to_regclass(place || "
           u"'events') "
           "and relkind <> 'v') from (select quote_ident(current_schema()) || '.' as place) p)"_s.arg(
               lacks(u"place"_s, u"sessions"_s, namesOf(replicaSessionColumns)),
               lacks(u"place"_s, u"session_events"_s, namesOf(replicaEventColumns)),
               lacks(u"place"_s, u"events"_s, eventViewColumns()));
}

} // namespace loquat
