// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_factory.h"

#include "settings_reader.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QRegularExpression>
#include <QSysInfo>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr int transactionPooler = 6543; ///< Supabase's; it passes no notifications on

/// The same at the next start, so that a node that crashed keeps its sessions.
QString ownNodeId(const QString &dataDir)
{
    static const QRegularExpression others(u"[^A-Za-z0-9._-]"_s);
    const QByteArray folder = QDir(dataDir).absolutePath().toUtf8();
    return QSysInfo::machineHostName().replace(others, u"-"_s).left(48) + u'-' +
           QString::fromLatin1(QCryptographicHash::hash(folder, QCryptographicHash::Sha256).toHex().left(8));
}

} // namespace

Expected<std::optional<FleetSettings>> planFleet(const Options &options)
{
    const FleetOptions &fleet = options.fleet;
    if (fleet.nodeUrl.isEmpty())
        return std::optional<FleetSettings>();
    if (options.databaseUrl.isEmpty())
        return SettingsReader::wrong(
            u"LOQUAT_NODE_URL"_s,
            options.supabase.url.isEmpty()
                ? u"nodes find each other through PostgreSQL, and SUPABASE_DB_URL is not set"_s
                : u"nodes find each other through PostgreSQL itself; Supabase's REST API "
                  "(SUPABASE_URL) cannot do that"_s,
            u"SUPABASE_DB_URL=postgresql://USER:PASSWORD@HOST:PORT/DATABASE beside it"_s);
    const auto postgres = parsePostgresUri(options.databaseUrl);
    if (!postgres)
        return SettingsReader::wrong(u"SUPABASE_DB_URL"_s, postgres.error());
    const QString nodeId = fleet.nodeId.isEmpty() ? ownNodeId(options.dataDir) : fleet.nodeId;
    if (!isNodeId(nodeId))
        return SettingsReader::wrong(u"LOQUAT_NODE_ID"_s, u"'%1' is no name for a node"_s.arg(nodeId),
                                     u"1 to 64 of A-Z a-z 0-9 . _ -"_s);
    FleetSettings settings{
        {nodeId, fleet.nodeUrl, QCoreApplication::applicationVersion()}, *postgres, {}, fleet.deadAfter};
    if (!fleet.listenUrl.isEmpty()) {
        const auto listen = parsePostgresUri(fleet.listenUrl);
        if (!listen)
            return SettingsReader::wrong(
                u"LOQUAT_LISTEN_URL"_s, listen.error().message,
                u"postgresql://USER:PASSWORD@HOST:PORT/DATABASE, not a transaction pooler's"_s);
        settings.listen = *listen;
    } else if (postgres->port != transactionPooler) {
        settings.listen = *postgres;
    }
    return std::optional(settings);
}

} // namespace loquat
