// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/doctor_checks.h"
#include "replica_factory.h"
#include "store/checkup.h"

#include <QHostAddress>

namespace loquat {

using namespace Qt::StringLiterals;
using State = Finding::State;

namespace {

Finding schema(const QString &name, int version, int known)
{
    if (version > known)
        return {name, State::Bad, u"at version %1, this program knows %2"_s.arg(version).arg(known),
                u"Use the newer Loquat that it was made by."_s};
    if (version == known)
        return {name, State::Ok, u"version %1"_s.arg(version)};
    return {name, State::Note,
            version == 0 ? u"no tables yet"_s : u"at version %1 of %2"_s.arg(version).arg(known),
            u"Nothing: Loquat brings it up to date when it starts."_s};
}

/// How far the copy at `place` is.
QList<Finding> checkCopy(const Options &options, const QString &place)
{
    const auto journal = checkUpJournal(options.dataDir);
    if (!journal || !journal->exists)
        return {};
    const auto behind = replicaLag(options.dataDir, place);
    if (!behind)
        return {};
    const QString name = u"database's copy"_s;
    if (*behind == 0)
        return {{name, State::Ok, u"holds the whole journal"_s}};
    return {{name, State::Note, u"%1 events behind the journal"_s.arg(*behind),
             u"Nothing, if it shrinks while Loquat runs."_s}};
}

QList<Finding> checkRest(const Options &options)
{
    const QString name = u"Supabase REST"_s;
    const auto settings = replicaOverRest(options.supabase);
    if (!settings)
        return {{name, State::Bad, settings.error().message, settings.error().remedy}};
    if (const auto found = checkUpRest(*settings); !found)
        return {{name, State::Bad, found.error().message, found.error().remedy}};
    return QList<Finding>{
               {name, State::Ok, settings->place() + u" takes the key and has Loquat's tables"_s}} +
           checkCopy(options, settings->place());
}

bool isThisMachine(const QString &host)
{
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

} // namespace

QList<Finding> checkJournal(const Options &options)
{
    const QString name = u"journal"_s;
    const auto found = checkUpJournal(options.dataDir);
    if (!found)
        return {{name, State::Bad, found.error().message, found.error().remedy}};
    if (!found->exists)
        return {{name, State::Ok, u"none yet, it is made at the first start"_s}};
    if (!found->sound)
        return {{name, State::Bad, u"the file loquat.db is damaged"_s,
                 u"Restore loquat.db from a backup, or move it aside to start with an empty one."_s}};
    QList<Finding> findings{{name, State::Ok,
                             u"sound, %1 sessions%2"_s.arg(found->sessions)
                                 .arg(found->inUse ? u", in use by a Loquat that runs"_s : QString())},
                            schema(u"journal's schema"_s, found->schemaVersion, found->knownVersion)};
    if (found->rejected > 0)
        findings.append({u"refused events"_s, State::Note,
                         u"%1 are in the journal only: a database refused them"_s.arg(found->rejected),
                         u"See the table replica_rejects in loquat.db."_s});
    return findings;
}

QList<Finding> checkReplica(const Options &options)
{
    if (options.databaseUrl.isEmpty() && options.supabase.isReplica())
        return checkRest(options);
    const QString name = u"database"_s;
    if (options.databaseUrl.isEmpty())
        return {{name, State::Off, u"SUPABASE_DB_URL is not set: the journal is the only copy"_s}};
    const auto settings = parsePostgresUri(options.databaseUrl);
    if (!settings)
        return {{name, State::Bad, settings.error().message, settings.error().remedy}};
    QList<Finding> findings;
    const auto found = checkUpPostgres(*settings);
    if (!found) {
        findings.append({name, State::Bad, found.error().message, found.error().remedy});
    } else {
        findings.append(
            {name, State::Ok, u"PostgreSQL %1 at %2"_s.arg(found->serverVersion, settings->place())});
        if (found->encrypted)
            findings.append({u"database's TLS"_s, State::Ok, u"encrypted"_s});
        else if (isThisMachine(settings->host))
            findings.append({u"database's TLS"_s, State::Off, u"not encrypted, on this machine"_s});
        else
            findings.append(
                {u"database's TLS"_s, State::Bad, u"what is said crosses the network unencrypted"_s,
                 u"Add ?sslmode=require (or verify-full with sslrootcert) to SUPABASE_DB_URL."_s});
        findings.append(schema(u"database's schema"_s, found->schemaVersion, found->knownVersion));
        if (found->readOnly)
            findings.append({u"database's rights"_s, State::Bad, u"the server is read-only"_s,
                             u"Name the primary server in SUPABASE_DB_URL."_s});
        else if (!found->mayWrite)
            findings.append({u"database's rights"_s, State::Bad, u"the user may not write there"_s,
                             u"Use a user that owns the tables sessions and session_events."_s});
        else if (!found->mayChange && found->schemaVersion < found->knownVersion)
            findings.append({u"database's rights"_s, State::Bad,
                             u"the tables are of an older version, and the user may not change them"_s,
                             u"Start once as the user that owns them, or let that user run the files of "
                             "sql/postgres from %1 on."_s.arg(found->schemaVersion + 1, 4, 10, QChar(u'0'))});
        else
            findings.append({u"database's rights"_s, State::Ok, u"the user may write"_s});
    }
    return findings + checkCopy(options, settings->place());
}

} // namespace loquat
