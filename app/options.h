// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "door_options.h"
#include "gateway/limits.h"

#include <QHash>
#include <QHostAddress>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>
#include <optional>

namespace loquat {

/// How to reach one provider.
struct ProviderOptions
{
    /// openai | openai-responses | groq | gemini | anthropic | simulated, or any other: an OpenAI-compatible
    /// server.
    QString name;
    QString apiKey;
    QUrl baseUrl;
    QString model;
    QString versionPath =
        {}; ///< of gemini and anthropic; empty: their own. The others have it in the baseUrl
};

/// A Supabase project by its REST API. Incomplete: it is not used.
struct SupabaseOptions
{
    QString url;
    QString key;     ///< never shown
    QString keyName; ///< the variable that held it
    QString schema;

    [[nodiscard]] bool isReplica() const { return !url.isEmpty() && !key.isEmpty(); }
};

/// This node among several on one database. Unchecked but for the URL.
struct FleetOptions
{
    QUrl nodeUrl;      ///< where the other nodes reach this one; empty: it is alone
    QString nodeId;    ///< empty: made from the machine's name and the data folder
    QString listenUrl; ///< a database URL on which LISTEN works; empty: databaseUrl. Never shown
    std::chrono::milliseconds deadAfter{20'000};
};

/// Everything a run is told from outside, checked. Precedence: command line, environment, .env file,
/// defaults.
struct Options
{
    enum class Run { Console, Connect, Server, Demo, Help, Version };

    Run run = Run::Console;
    QHostAddress host = QHostAddress::LocalHost;
    quint16 port = 8000;
    DoorOptions door;     ///< who may come in
    GatewayLimits limits; ///< what a client may use
    ApiLimits api;        ///< what operators may
    QString dataDir;
    QString dialect;
    QString logLevel;
    int threads = 1;
    QList<ProviderOptions> providers; ///< in order of preference; never empty once parsed
    std::chrono::milliseconds connectLimit{10'000};
    std::chrono::milliseconds firstTokenLimit{30'000};
    std::chrono::milliseconds betweenTokensLimit{30'000};
    std::chrono::milliseconds turnLimit{300'000};
    std::chrono::milliseconds approvalLimit{120'000};
    std::chrono::milliseconds gracePeriod{30'000};
    std::chrono::milliseconds simulatedPace{35};
    bool synchronousFull = true;
    int retentionDays = 0;    ///< 0: the journal keeps everything
    QString databaseUrl;      ///< SUPABASE_DB_URL, unparsed; never shown
    SupabaseOptions supabase; ///< unchecked
    FleetOptions fleet;
    QUrl connectTo;                  ///< of Connect: the backend elsewhere, as operatorAddress() gives it
    QString operatorToken;           ///< LOQUAT_OPERATOR_TOKEN; never shown
    QProcessEnvironment environment; ///< with the .env file's; secrets of tools come from here
    QString configFile;              ///< loquat.json; empty: none
    QStringList notes;               ///< what the person who starts it should know, one line each
    QString screenshot;              ///< save a picture of the console here after a moment, then quit
    QString theme;                   ///< system | light | dark; empty: as the console remembers it
};

/// A setting that is wrong, in one line: which, what is wrong, what would be right.
Expected<Options> parseOptions(const QStringList &arguments, const QHash<QString, QString> &environment);

QString helpText();
QString defaultDataDir();

} // namespace loquat
