// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include "env_file.h"
#include "gateway/dialect.h"
#include "operator_address.h"
#include "setting_names.h"
#include "settings_reader.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QThread>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        u"Serves realtime AI conversations and lets a person watch them and step in.\n"
        "Without --server it opens the operator console with the same backend inside.\n"
        "Commands, each with a --help of its own: loquat doctor, loquat export, loquat import."_s);
    parser.addOptions({
        {u"server"_s, u"Serve without a window; no display needed."_s},
        {u"connect"_s,
         u"Open the console for a backend that runs elsewhere, such as https://loquat.example; its "
         u"operators' "
         "token is taken from LOQUAT_OPERATOR_TOKEN."_s,
         u"url"_s},
        {u"demo"_s, u"Open the console on simulated traffic; no keys, no database, a temporary journal."_s},
        {u"host"_s, u"Address to listen on (default 127.0.0.1)."_s, u"address"_s},
        {u"port"_s, u"Port to listen on; 0: any free one (default 8000, or PORT)."_s, u"port"_s},
        {u"allow-anonymous"_s, u"Serve everybody who reaches the address, without LOQUAT_AUTH."_s},
        {u"data-dir"_s, u"Folder of the journal (default: the user's data folder)."_s, u"folder"_s},
        {u"env-file"_s, u"File with KEY=VALUE settings (default ./.env)."_s, u"file"_s},
        {u"config"_s,
         u"JSON file with prompts, profiles, tools and budgets (default ./loquat.json, or LOQUAT_CONFIG)."_s,
         u"file"_s},
        {u"retention-days"_s,
         u"Prune sessions that ended so long ago and are in the replica (default: keep all)."_s, u"days"_s},
        {u"dialect"_s,
         u"How clients are spoken to unless they ask: %1 (default frames, or LOQUAT_DIALECT)."_s.arg(
             dialectNames().join(u", "_s)),
         u"name"_s},
        {u"log-level"_s, u"debug, info, warning or error (default info, or LOQUAT_LOG_LEVEL)."_s, u"level"_s},
        {u"theme"_s, u"Console colours: system, light or dark."_s, u"name"_s},
        {u"screenshot"_s, u"Save a picture of the console after a moment, then quit."_s, u"file.png"_s},
        {{u"h"_s, u"help"_s}, u"Show this help."_s},
        {{u"v"_s, u"version"_s}, u"Show the version."_s},
    });
}

/// By number only: what they say may be a secret.
QString strayLines(const QString &file, const QList<qsizetype> &lines)
{
    constexpr qsizetype maxShown = 5;
    QStringList numbers;
    for (const qsizetype line : lines.first(std::min(lines.size(), maxShown)))
        numbers.append(QString::number(line));
    if (lines.size() > maxShown)
        numbers.append(u"and %1 more"_s.arg(lines.size() - maxShown));
    return u"'%1': passed over what is not KEY=VALUE, on %2 %3"_s.arg(
        file, lines.size() == 1 ? u"line"_s : u"lines"_s, numbers.join(u", "_s));
}

Expected<QHash<QString, QString>> readEnvFile(const QCommandLineParser &parser,
                                              const QHash<QString, QString> &environment, QStringList &notes)
{
    const bool named = parser.isSet(u"env-file"_s);
    QFile file(named ? parser.value(u"env-file"_s) : u".env"_s);
    if (!named && !file.exists())
        return QHash<QString, QString>();
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text))
        return SettingsReader::wrong(u"--env-file"_s,
                                     u"cannot read '%1': %2"_s.arg(file.fileName(), file.errorString()),
                                     u"the path of a readable file of KEY=VALUE lines"_s);
    const auto parsed = parseEnvFile(file.readAll(), environment);
    if (!parsed)
        return SettingsReader::wrong(u"--env-file"_s,
                                     u"'%1': %2"_s.arg(file.fileName(), parsed.error().message),
                                     u"KEY=VALUE lines, '#' for comments"_s);
    if (!parsed->strayLines.isEmpty())
        notes.append(strayLines(file.fileName(), parsed->strayLines));
    return parsed->values;
}

/// The file that is asked for, or the one that happens to be there.
Expected<QString> configFile(const QCommandLineParser &parser, const SettingsReader &reader)
{
    const QString right = u"the path of a readable JSON file"_s;
    if (parser.isSet(u"config"_s)) {
        const QString given = parser.value(u"config"_s);
        return given.isEmpty() ? SettingsReader::wrong(u"--config"_s, u"it is empty"_s, right)
                               : Expected<QString>(given); // whether it can be read is seen when it is
    }
    if (const QString named = reader.text(u"LOQUAT_CONFIG"_s); !named.isEmpty()) {
        QFile file(named);
        return file.open(QIODevice::ReadOnly)
                   ? Expected<QString>(named)
                   : SettingsReader::wrong(u"LOQUAT_CONFIG"_s,
                                           u"cannot read '%1': %2"_s.arg(named, file.errorString()), right);
    }
    return QFile::exists(u"loquat.json"_s) ? u"loquat.json"_s : QString();
}

Expected<Options::Run> runOf(const QCommandLineParser &parser)
{
    if (parser.isSet(u"help"_s))
        return Options::Run::Help;
    if (parser.isSet(u"version"_s))
        return Options::Run::Version;
    QStringList given;
    for (const auto &run : {u"server"_s, u"connect"_s, u"demo"_s})
        if (parser.isSet(run))
            given.append(u"--"_s + run);
    if (given.size() > 1)
        return SettingsReader::wrong(given[0], u"cannot be combined with "_s + given[1], u"one of the two"_s);
    if (parser.isSet(u"connect"_s))
        return Options::Run::Connect;
    if (parser.isSet(u"server"_s))
        return Options::Run::Server;
    return parser.isSet(u"demo"_s) ? Options::Run::Demo : Options::Run::Console;
}

} // namespace

Expected<Options> parseOptions(const QStringList &arguments, const QHash<QString, QString> &environment)
{
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments))
        return Error{u"bad_setting"_s, parser.errorText(), u"See --help."_s, false};
    if (!parser.positionalArguments().isEmpty())
        return SettingsReader::wrong(u"argument"_s,
                                     u"'%1' is not understood"_s.arg(parser.positionalArguments().first()),
                                     u"options, or first of all doctor, export or import, see --help"_s);
    const auto run = runOf(parser);
    if (!run)
        return run.error();
    Options options;
    options.run = *run;
    if (options.run == Options::Run::Help || options.run == Options::Run::Version)
        return options;

    const auto file = readEnvFile(parser, environment, options.notes);
    if (!file)
        return file.error();
    SettingsReader reader(parser, environment, *file);
    for (const auto *source : {&*file, &environment}) // the later one wins
        for (auto it = source->cbegin(); it != source->cend(); ++it)
            options.environment.insert(it.key(), it.value());
    options.host = reader.address(u"host"_s, options.host);
    options.port = reader.port();
    options.dialect = reader.oneOf(u"dialect"_s, dialectNames(), u"LOQUAT_DIALECT"_s);
    options.logLevel = reader.oneOf(u"log-level"_s, {u"info"_s, u"debug"_s, u"warning"_s, u"error"_s},
                                    u"LOQUAT_LOG_LEVEL"_s);
    if (parser.isSet(u"theme"_s))
        options.theme = reader.oneOf(u"theme"_s, {u"system"_s, u"light"_s, u"dark"_s});
    options.threads = int(reader.number(u"LOQUAT_THREADS"_s, QThread::idealThreadCount(), 1, 256));
    const auto limit = [&reader](const QString &key, std::chrono::milliseconds fallback) {
        return std::chrono::milliseconds(reader.number(key, fallback.count(), 1, 3'600'000));
    };
    options.connectLimit = limit(u"LOQUAT_CONNECT_TIMEOUT_MS"_s, options.connectLimit);
    options.firstTokenLimit = limit(u"LOQUAT_FIRST_TOKEN_TIMEOUT_MS"_s, options.firstTokenLimit);
    options.betweenTokensLimit = limit(u"LOQUAT_TOKEN_TIMEOUT_MS"_s, options.betweenTokensLimit);
    options.turnLimit = limit(u"LOQUAT_TURN_TIMEOUT_MS"_s, options.turnLimit);
    options.approvalLimit = limit(u"LOQUAT_APPROVAL_TIMEOUT_MS"_s, options.approvalLimit);
    options.gracePeriod = limit(u"LOQUAT_GRACE_PERIOD_MS"_s, options.gracePeriod);
    options.simulatedPace = limit(u"LOQUAT_SIMULATED_PACE_MS"_s, options.simulatedPace);
    options.synchronousFull = reader.choice(u"LOQUAT_SYNCHRONOUS"_s, {u"FULL"_s, u"NORMAL"_s}) == "FULL"_L1;
    options.retentionDays = reader.retentionDays();
    options.providers = reader.providers();
    options.databaseUrl = reader.text(u"SUPABASE_DB_URL"_s);
    options.supabase = reader.supabase();
    options.fleet = reader.fleet();
    options.operatorToken = reader.text(u"LOQUAT_OPERATOR_TOKEN"_s);
    const auto config = configFile(parser, reader);
    if (!config)
        return config.error();
    options.configFile = *config;
    if (options.run == Options::Run::Connect) {
        const auto server = operatorAddress(parser.value(u"connect"_s));
        if (!server)
            return server.error();
        options.connectTo = *server;
    }
    options.screenshot = parser.value(u"screenshot"_s);
    options.dataDir = parser.isSet(u"data-dir"_s) ? parser.value(u"data-dir"_s) : defaultDataDir();
    if (options.dataDir.isEmpty())
        return SettingsReader::wrong(u"--data-dir"_s, u"it is empty"_s, u"the path of a folder"_s);
    options.limits = readGatewayLimits(reader);
    options.api = readApiLimits(reader, options.limits);
    reader.noteUnused(options.notes);
    options.notes += notesOnSlips(*file, environment);
    auto door = readDoorOptions(reader, options.notes);
    if (!door)
        return door.error();
    if (const auto error = reader.error())
        return *error;
    door->allowAnonymous = door->allowAnonymous || parser.isSet(u"allow-anonymous"_s);
    if (const auto exposure = checkExposure(options.host, *door); !exposure)
        return exposure.error();
    options.door = std::move(*door);
    return options;
}

QString defaultDataDir()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/loquat"_s;
}

QString helpText()
{
    QCommandLineParser parser;
    describe(parser);
    return parser.helpText();
}

} // namespace loquat
