// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/others_tables.h"

#include "store/replica_columns.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QString lacks(const QString &table, QStringList columns)
{
    columns.removeOne(u"last_seq"_s); // the second migration adds it
    return uR"(exists (select from unnest(array['%2']) wanted where to_regclass(place || '%1') is not null
               and not exists (select from pg_attribute where attrelid = to_regclass(place || '%1')
                               and attname = wanted and not attisdropped)))"_s.arg(table,
                                                                                   columns.join(u"','"_s));
}

} // namespace

QString migrationsAreLoquats()
{
    return u"(select count(*) = 2 from pg_attribute where attrelid = to_regclass('schema_migrations') "
           "and not attisdropped and (attname = 'version' and atttypid = 'integer'::regtype "
           "or attname = 'name' and atttypid = 'text'::regtype))"_s;
}

QString tablesAreOthers()
{
    return u"(select %1 or %2 or %3 or exists (select from pg_class where oid = to_regclass(place || "
           u"'events') "
           "and relkind <> 'v') from (select quote_ident(current_schema()) || '.' as place) p)"_s.arg(
               lacks(u"sessions"_s, namesOf(replicaSessionColumns)),
               lacks(u"session_events"_s, namesOf(replicaEventColumns)),
               lacks(u"events"_s, eventViewColumns()));
}

} // namespace loquat
