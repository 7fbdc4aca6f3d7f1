// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Expected<Options> parsed(QStringList arguments, const QHash<QString, QString> &environment = {})
{
    arguments.prepend(u"loquat"_s);
    return parseOptions(arguments, environment);
}

QString write(const QTemporaryDir &dir, const QByteArray &text)
{
    QFile file(dir.filePath(u"env"_s));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write(text);
    return file.fileName();
}

} // namespace

/// Protects how a run is told what to do: the precedence, the seeds' settings, and one clear line where one
/// is wrong.
class TestOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // A .env beside the tests must not decide them.
        QVERIFY(m_empty.isValid());
        QVERIFY(QDir::setCurrent(m_empty.path()));
    }

    void aConsoleForABackendElsewhereTakesItsTokenFromTheEnvironment()
    {
        const auto options = parsed({u"--connect"_s, u"https://loquat.example/"_s},
                                    {{u"LOQUAT_OPERATOR_TOKEN"_s, u" secret "_s}});
        QVERIFY(options.has_value());
        QVERIFY(options->run == Options::Run::Connect);
        QCOMPARE(options->connectTo, QUrl(u"wss://loquat.example"_s));
        QCOMPARE(options->operatorToken, u"secret"_s);
        QVERIFY(!parsed({u"--connect"_s, u"loquat.example"_s}).has_value());
        for (const auto &other : {u"--server"_s, u"--demo"_s})
            QVERIFY(!parsed({u"--connect"_s, u"https://loquat.example"_s, other}).has_value());
    }

    void nothingSaidIsALocalConsoleWithTheSimulatedModel()
    {
        const auto options = parsed({});
        QVERIFY(options.has_value());
        QVERIFY(options->run == Options::Run::Console);
        QCOMPARE(options->host, QHostAddress(QHostAddress::LocalHost));
        QCOMPARE(options->port, 8000);
        QCOMPARE(options->dialect, u"frames"_s);
        QCOMPARE(options->providers.first().name, u"simulated"_s);
    }

    void theCommandLineBeatsTheEnvironmentBeatsTheFile()
    {
        QTemporaryDir dir;
        const QString file = write(dir, "PORT=1001\nOPENAI_MODEL=from-file\nOPENAI_API_KEY=k\n");
        QCOMPARE(parsed({u"--env-file"_s, file})->port, 1001);
        QCOMPARE(parsed({u"--env-file"_s, file}, {{u"PORT"_s, u"1002"_s}})->port, 1002);
        QCOMPARE(parsed({u"--env-file"_s, file, u"--port"_s, u"1003"_s}, {{u"PORT"_s, u"1002"_s}})->port,
                 1003);
        QCOMPARE(parsed({u"--env-file"_s, file})->providers.first().model, u"from-file"_s);
        QCOMPARE(parsed({u"--env-file"_s, file}, {{u"OPENAI_MODEL"_s, u"env"_s}})->providers.first().model,
                 u"env"_s);
    }

    void aStrayLineOfTheFileIsNotedByItsNumberAlone()
    {
        QTemporaryDir dir;
        const auto options =
            parsed({u"--env-file"_s, write(dir, "sk-secret\nPORT=1001\nOPENAI_API_KEY sk-secret\n")});
        QVERIFY(options.has_value());
        QCOMPARE(options->port, 1001);
        QCOMPARE(options->notes.size(), 1);
        QVERIFY2(options->notes.first().endsWith("on lines 1, 3"_L1), qPrintable(options->notes.first()));
        const auto other =
            parsed({u"--env-file"_s, write(dir, "PORT=1001\n" + QByteArray("sk-secret\n").repeated(8))});
        QVERIFY2(other->notes.first().endsWith("on lines 2, 3, 4, 5, 6, and 3 more"_L1),
                 qPrintable(other->notes.first()));
    }

    void providersAreChosenByKeyOrByName()
    {
        QCOMPARE(parsed({}, {{u"OPENAI_API_KEY"_s, u"k"_s}})->providers.first().name, u"openai"_s);
        QCOMPARE(parsed({}, {{u"OPENAI_BASE_URL"_s, u"http://127.0.0.1:11434/v1"_s}})->providers.first().name,
                 u"openai"_s);
        QCOMPARE(
            parsed({}, {{u"OPENAI_BASE_URL"_s, u"https://api.openai.com/v1"_s}, {u"OPENAI_API_KEY"_s, {}}})
                ->providers.first()
                .name,
            u"simulated"_s); // a template that nobody filled in
        const auto all = parsed(
            {},
            {{u"OPENAI_API_KEY"_s, u"k"_s}, {u"GEMINI_API_KEY"_s, u"g"_s}, {u"ANTHROPIC_API_KEY"_s, u"a"_s}});
        QCOMPARE(all->providers.size(), 3); // the second answers where the first fails
        QCOMPARE(all->providers[1].name, u"gemini"_s);
        QCOMPARE(all->providers[1].apiKey, u"g"_s);
        const auto groq = parsed({}, {{u"GROQ_API_KEY"_s, u"k"_s}, {u"GROQ_MODEL"_s, u"m"_s}});
        QCOMPARE(groq->providers.first().name, u"groq"_s);
        QCOMPARE(groq->providers.first().model, u"m"_s);
        QCOMPARE(groq->providers.first().baseUrl, QUrl(u"https://api.groq.com/openai/v1"_s));
        const auto forced =
            parsed({}, {{u"OPENAI_API_KEY"_s, u"k"_s}, {u"LOQUAT_PROVIDERS"_s, u"simulated, openai"_s}});
        QCOMPARE(forced->providers.first().name, u"simulated"_s);
    }

    void whatAHostSetsByEnvironmentAlone()
    {
        const QHash<QString, QString> environment{{u"LOQUAT_DIALECT"_s, u"sentinel"_s},
                                                  {u"LOQUAT_LOG_LEVEL"_s, u"debug"_s}};
        QCOMPARE(parsed({}, environment)->dialect, u"sentinel"_s);
        QCOMPARE(parsed({}, environment)->logLevel, u"debug"_s);
        QCOMPARE(parsed({u"--dialect"_s, u"text"_s}, environment)->dialect, u"text"_s);
    }

    void eachTimeLimitHasAVariable()
    {
        const auto options = parsed({}, {{u"LOQUAT_CONNECT_TIMEOUT_MS"_s, u"1"_s},
                                         {u"LOQUAT_FIRST_TOKEN_TIMEOUT_MS"_s, u"2"_s},
                                         {u"LOQUAT_TOKEN_TIMEOUT_MS"_s, u"3"_s},
                                         {u"LOQUAT_TURN_TIMEOUT_MS"_s, u"4"_s},
                                         {u"LOQUAT_APPROVAL_TIMEOUT_MS"_s, u"5"_s}});
        QCOMPARE(options->connectLimit.count(), 1);
        QCOMPARE(options->firstTokenLimit.count(), 2);
        QCOMPARE(options->betweenTokensLimit.count(), 3);
        QCOMPARE(options->turnLimit.count(), 4);
        QCOMPARE(options->approvalLimit.count(), 5);
    }

    void wrongSettingsSayWhichWhatAndWhatInstead_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("named");
        const auto option = [](const char *row, const QStringList &arguments, const QString &named) {
            QTest::newRow(row) << arguments << QString() << QString() << named;
        };
        option("port word", {u"--port"_s, u"http"_s}, u"--port"_s);
        option("port range", {u"--port"_s, u"70000"_s}, u"--port"_s);
        option("port empty", {u"--port"_s, QString()}, u"--port"_s);
        option("host", {u"--host"_s, u"my.host"_s}, u"--host"_s);
        option("dialect", {u"--dialect"_s, u"klingon"_s}, u"--dialect"_s);
        option("log level", {u"--log-level"_s, u"loud"_s}, u"--log-level"_s);
        option("env file", {u"--env-file"_s, u"/nowhere/at/all"_s}, u"--env-file"_s);
        option("unknown", {u"--frobnicate"_s}, u"frobnicate"_s);
        option("stray", {u"serve"_s}, u"serve"_s);
        const auto variable = [](const QString &name, const QString &value) {
            QTest::newRow(qPrintable(name + u'=' + value)) << QStringList() << name << value << name;
        };
        variable(u"LOQUAT_DIALECT"_s, u"klingon"_s);
        variable(u"LOQUAT_LOG_LEVEL"_s, u"loud"_s);
        variable(u"PORT"_s, u"-1"_s);
        variable(u"OPENAI_BASE_URL"_s, u"localhost:11434"_s);
        variable(u"LOQUAT_PROVIDERS"_s, u"hal9000"_s);
        variable(u"LOQUAT_SYNCHRONOUS"_s, u"SOMETIMES"_s);
        variable(u"LOQUAT_GRACE_PERIOD_MS"_s, u"soon"_s);
        variable(u"LOQUAT_CONNECT_TIMEOUT_MS"_s, u"0"_s);
        variable(u"LOQUAT_NODE_URL"_s, u"10.0.0.1:8000"_s);
        variable(u"LOQUAT_NODE_DEAD_AFTER_MS"_s, u"now"_s);
        // Protections that are asked for and cannot be had must not be silently absent.
        variable(u"LOQUAT_AUTH"_s, u"jwt"_s);
        variable(u"LOQUAT_AUTH"_s, u"yes"_s);
        variable(u"LOQUAT_TLS_CERT"_s, u"/cert.pem"_s);
        variable(u"LOQUAT_TLS_KEY"_s, u"/key.pem"_s);
        variable(u"LOQUAT_ALLOWED_ORIGINS"_s, u"a.example"_s);
        variable(u"LOQUAT_ALLOWED_ORIGINS"_s, u"https://a.example/path"_s);
        variable(u"LOQUAT_TRUSTED_PROXIES"_s, u"my-proxy"_s);
        variable(u"LOQUAT_ALLOW_ANONYMOUS"_s, u"perhaps"_s);
        variable(u"LOQUAT_MAX_CONNECTIONS"_s, u"0"_s);
        variable(u"LOQUAT_MAX_MESSAGES_PER_MINUTE"_s, u"many"_s);
        option("open to all", {u"--host"_s, u"0.0.0.0"_s}, u"--host"_s);
    }

    void wrongSettingsSayWhichWhatAndWhatInstead()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, variable);
        QFETCH(QString, value);
        QFETCH(QString, named);
        QHash<QString, QString> environment;
        if (!variable.isEmpty())
            environment.insert(variable, value);
        const auto options = parsed(arguments, environment);
        QVERIFY(!options);
        QVERIFY2(options.error().message.contains(named), qPrintable(options.error().message));
        QVERIFY(!options.error().remedy.isEmpty());
    }

    void tokensThatAreNotAskedForAreNoted()
    {
        const auto options = parsed({}, {{u"LOQUAT_CLIENT_TOKENS"_s, u"ana:s3cret"_s}});
        QCOMPARE(options->notes.size(), 1);
        QVERIFY(options->notes.first().contains("LOQUAT_AUTH"_L1));
        QVERIFY(!options->notes.first().contains("s3cret"_L1));
        const auto jwt = parsed({}, {{u"SUPABASE_JWT_SECRET"_s, u"s3cret"_s}});
        QCOMPARE(jwt->notes.size(), 1);
        QVERIFY(jwt->notes.first().contains("LOQUAT_AUTH=jwt"_L1));
        QVERIFY(!jwt->notes.first().contains("s3cret"_L1));
    }

    void servingOthersUnseenIsSaidTwice()
    {
        const QStringList open{u"--host"_s, u"0.0.0.0"_s};
        QVERIFY(!parsed(open));
        QVERIFY(parsed(open + QStringList{u"--allow-anonymous"_s}).has_value());
        QVERIFY(parsed(open, {{u"LOQUAT_ALLOW_ANONYMOUS"_s, u"1"_s}}).has_value());
        QVERIFY(parsed(open, {{u"LOQUAT_AUTH"_s, u"token"_s}, {u"LOQUAT_CLIENT_TOKENS"_s, u"a:b"_s}})
                    .has_value());
        QVERIFY(parsed({u"--host"_s, u"::1"_s}).has_value());
        QVERIFY(parsed({u"--host"_s, u"[::1]"_s}).has_value()); // as the program says it
    }

    void tokensOfSupabaseAreCheckedByItsAddress()
    {
        const auto options =
            parsed({}, {{u"LOQUAT_AUTH"_s, u"jwt"_s}, {u"SUPABASE_URL"_s, u"https://x.supabase.co/"_s}});
        QVERIFY(options.has_value());
        QCOMPARE(options->door.jwtKeysUrl, QUrl(u"https://x.supabase.co/auth/v1/.well-known/jwks.json"_s));
        QCOMPARE(options->door.jwtIssuer, u"https://x.supabase.co/auth/v1"_s);
        QVERIFY(!parsed({}, {{u"LOQUAT_AUTH"_s, u"jwt"_s}, {u"SUPABASE_URL"_s, u"http://x.example"_s}}));
        const auto withPassword = parsed(
            {}, {{u"LOQUAT_AUTH"_s, u"jwt"_s}, {u"SUPABASE_URL"_s, u"https://me:secret@x.supabase.co"_s}});
        QVERIFY(!withPassword && !withPassword.error().text().contains("secret"_L1));
    }

    void halfOfSupabasesSettingsIsSaid()
    {
        const auto url = parsed({}, {{u"SUPABASE_URL"_s, u"https://x.supabase.co"_s}});
        QCOMPARE(url->notes.size(), 1);
        QVERIFY(url->notes.first().contains("SUPABASE_SERVICE_ROLE_KEY"_L1));
        const auto key = parsed({}, {{u"SUPABASE_KEY"_s, u"sb_secret_x"_s}});
        QCOMPARE(key->notes.size(), 1);
        QVERIFY(key->notes.first().contains("SUPABASE_URL"_L1));
        QVERIFY(!key->notes.first().contains("sb_secret_x"_L1));
    }

    void aSchemaThatTheDatabasesUrlDoesNotNameIsSaid()
    {
        const QString url = u"postgresql://u:p@127.0.0.1/x"_s;
        const auto notes = [](const QString &where, const QString &schema) {
            return parsed({}, {{u"SUPABASE_DB_URL"_s, where}, {u"SUPABASE_SCHEMA"_s, schema}})->notes;
        };
        QCOMPARE(notes(url, u"chat"_s).size(), 1);
        QVERIFY(notes(url, u"chat"_s).first().contains("SUPABASE_SCHEMA"_L1));
        QCOMPARE(notes(url, u"public"_s), QStringList());
        QCOMPARE(notes(url + u"?options=-csearch_path%3Dchat"_s, u"chat"_s), QStringList());
        QCOMPARE(notes(url + u"?pgbouncer=true&schema=chat"_s, {}).size(), 1); // as Prisma's URLs have it
        QCOMPARE(notes(url + u"?schema=public&pgbouncer=true"_s, {}), QStringList());
        QCOMPARE(notes(url + u"?schema=chat&options=-csearch_path%3Dchat"_s, {}), QStringList());
    }

    void theKeyOfSupabaseHasManyNames_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto *name : {"SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_KEY", "SUPABASE_KEY"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void theKeyOfSupabaseHasManyNames()
    {
        QFETCH(QString, name);
        const auto options = parsed({}, {{u"SUPABASE_URL"_s, u"https://x.supabase.co"_s},
                                         {u"SUPABASE_SCHEMA"_s, u"chat"_s},
                                         {name, u"k"_s}});
        QCOMPARE(options->supabase.url, u"https://x.supabase.co"_s);
        QCOMPARE(options->supabase.key, u"k"_s);
        QCOMPARE(options->supabase.keyName, name);
        QCOMPARE(options->supabase.schema, u"chat"_s);
        QCOMPARE(options->notes, QStringList());
    }

private:
    QTemporaryDir m_empty;
};

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
