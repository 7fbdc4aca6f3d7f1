// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/doctor_checks.h"

#include "config_file.h"
#include "tool_plan.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryFile>

#include <sys/statvfs.h>

namespace loquat {

using namespace Qt::StringLiterals;
using State = Finding::State;

namespace {

constexpr qint64 littleSpace = 1024LL * 1024 * 1024;
constexpr qint64 noSpace = 64LL * 1024 * 1024;

/// The folder itself, or the one that it would be made in.
QString existingFolder(const QString &dataDir)
{
    QString folder = QDir(dataDir).absolutePath();
    while (!QFileInfo::exists(folder) && !QDir(folder).isRoot())
        folder = QFileInfo(folder).path();
    return folder;
}

Finding folder(const Options &options)
{
    const QString name = u"data folder"_s;
    const QString place = existingFolder(options.dataDir);
    const bool isNew = place != QDir(options.dataDir).absolutePath();
    QTemporaryFile probe(QDir(place).filePath(u"loquat-doctor-XXXXXX"_s));
    if (!QFileInfo(place).isDir() || !probe.open() || probe.write("x") != 1 || !probe.flush())
        return {name, State::Bad, u"%1 cannot be written"_s.arg(place),
                u"Make it writable for the user that Loquat runs as, or choose another with --data-dir."_s};
    return {name, State::Ok,
            isNew ? u"%1 will be made at the first start"_s.arg(options.dataDir)
                  : u"%1 can be written"_s.arg(options.dataDir)};
}

Finding space(const Options &options)
{
    const QString name = u"disk space"_s;
    // Not QStorageInfo, which knows only what is listed as mounted: in a chroot that may be nothing.
    const QString folder = existingFolder(options.dataDir);
    struct statvfs disk = {};
    if (::statvfs(QFile::encodeName(folder).constData(), &disk) != 0)
        return {name, State::Note, u"cannot be found out: %1"_s.arg(qt_error_string(errno)), {}};
    const qint64 left = qint64(disk.f_bavail) * qint64(disk.f_frsize);
    const QString what = u"%1 MB left for %2"_s.arg(left / (1024 * 1024)).arg(folder);
    const QString remedy = u"Free space on that disk, or move the data folder with --data-dir."_s;
    if (left < noSpace)
        return {name, State::Bad, what, remedy};
    return left < littleSpace ? Finding{name, State::Note, what, remedy} : Finding{name, State::Ok, what};
}

Finding port(const Options &options)
{
    const QString name = u"port"_s;
    if (options.port == 0)
        return {name, State::Ok, u"any free one"_s};
    const QString place = u"%1:%2"_s.arg(options.host.toString()).arg(options.port);
    QTcpServer server;
    if (server.listen(options.host, options.port))
        return {name, State::Ok, place + u" is free"_s};
    return {name, State::Bad, u"%1: %2"_s.arg(place, server.errorString()),
            u"Stop the program that has it (a Loquat that runs?), or choose another --port or --host."_s};
}

Finding program(const McpServerSettings &server)
{
    const QString name = u"MCP server "_s + server.name;
    const QDir folder(server.folder);
    if (!server.folder.isEmpty() && !folder.exists())
        return {name, State::Bad, u"there is no folder '%1'"_s.arg(server.folder),
                u"Make it, or correct \"cwd\"."_s};
    // A path is meant from its folder; a name alone is looked for in PATH.
    const QString path =
        server.command.contains(u'/') ? folder.absoluteFilePath(server.command) : server.command;
    const QString found = QStandardPaths::findExecutable(path);
    if (found.isEmpty())
        return {name, State::Bad, u"there is no program '%1'"_s.arg(server.command),
                u"Install it, or write its whole path as \"command\"."_s};
    return {name, State::Ok, found};
}

} // namespace

QList<Finding> checkMachine(const Options &options)
{
    return {folder(options), space(options), port(options)};
}

QList<Finding> checkConfig(const Options &options, Config &config)
{
    const QString name = u"loquat.json"_s;
    if (options.configFile.isEmpty())
        return {{name, State::Off, u"there is none"_s}};
    const auto loaded = loadConfig(options.configFile);
    if (!loaded)
        return {{name, State::Bad, loaded.error().message, loaded.error().remedy}};
    const auto tools = planTools(*loaded, options.environment);
    if (!tools)
        return {{name, State::Bad, tools.error().message, tools.error().remedy}};
    config = *loaded;
    QList<Finding> findings{{name, State::Ok, u"%1 is as it should be"_s.arg(options.configFile)}};
    for (const QString &note : tools->notes)
        findings.append({name, State::Note, note, u"Nothing, or correct it there."_s});
    QStringList off = config.mcpServers.keys();
    for (const McpServerSettings &server : tools->servers) {
        off.removeAll(server.name);
        if (server.url.isEmpty()) // by its address: asked with the others
            findings.append(program(server));
    }
    for (const QString &server : off)
        findings.append({u"MCP server "_s + server, State::Off, u"disabled in loquat.json"_s});
    return findings;
}

} // namespace loquat
