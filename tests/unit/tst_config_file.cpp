// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_file.h"
#include "config_schema.h"
#include "options.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Every schema of a property, an item or a definition below `schema`, with where it is.
void collect(const QJsonObject &schema, const QString &path, QMap<QString, QJsonObject> &found)
{
    const QJsonObject properties = schema["properties"_L1].toObject();
    for (auto each = properties.begin(); each != properties.end(); ++each) {
        found.insert(path + u'.' + each.key(), each->toObject());
        collect(each->toObject(), path + u'.' + each.key(), found);
    }
    for (const auto &inner : {u"items"_s, u"additionalProperties"_s})
        if (schema[inner].isObject()) {
            found.insert(path + u"[]"_s, schema[inner].toObject());
            collect(schema[inner].toObject(), path + u"[]"_s, found);
        }
}

} // namespace

/// Protects who sets a server up: what they wrote is what holds, and a slip is told in one line that says
/// where.
class TestConfigFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsFine()
    {
        const auto config = parseConfig("{}");
        QVERIFY(config);
        QVERIFY(config->standard.router.isEmpty());
        QVERIFY(!config->standard.temperature);
        QVERIFY(!config->limits.maxToolRounds);
        QVERIFY(!config->budgets.session.any());
        QCOMPARE(config->profile({}), &config->standard);
        QVERIFY(!config->profile(u"other"_s));
    }

    void everythingIsRead()
    {
        const auto config = parseConfig(contents(QStringLiteral(FIXTURES "/loquat.json")),
                                        {u"loquat.json"_s, u"/etc/loquat"_s});
        QVERIFY2(config, config ? "" : qPrintable(config.error().message));
        const Profile &standard = config->standard;
        QCOMPARE(standard.systemPrompt, u"Be kind."_s);
        QCOMPARE(standard.temperature.value(), 0.5);
        QCOMPARE(standard.maxOutputTokens.value(), 300);
        QCOMPARE(standard.toolPolicies.value(u"refund"_s), u"ask"_s);
        QCOMPARE(standard.router.route(u"the weather"_s)->arguments["q"_L1].toString(), u"the weather"_s);
        QVERIFY(standard.providers.isEmpty());
        QCOMPARE(config->limits.maxToolRounds.value(), 3);
        QCOMPARE(config->limits.maxQueuedMessages.value(), 4);
        QVERIFY(config->limits.maxWaitingSummaries == 6 && config->limits.maxPutOffSummaries == 7);
        QCOMPARE(config->limits.connectLimit.value(), std::chrono::milliseconds(1'500));
        QCOMPARE(config->limits.firstTokenLimit.value(), std::chrono::milliseconds(2'500));
        QCOMPARE(config->limits.betweenTokensLimit.value(), std::chrono::milliseconds(3'500));
        QCOMPARE(config->limits.approvalLimit.value(), std::chrono::milliseconds(4'500));
        QCOMPARE(config->limits.turnLimit.value(), std::chrono::seconds(60));
        QCOMPARE(config->limits.gracePeriod.value(), std::chrono::seconds(0));
        QCOMPARE(config->limits.summaryLimit.value(), std::chrono::seconds(5));
        QCOMPARE(config->limits.contextTokens.value(), 8'000);
        QCOMPARE(config->limits.replyTokens.value(), 1'000);
        QCOMPARE(config->providers.size(), 2);
        QCOMPARE(config->providers[0].baseUrl, QUrl(u"https://api.openai.com"_s));
        QCOMPARE(config->providers[0].versionPath, u"/v1"_s);
        QCOMPARE(config->providers[0].model, u"gpt-4o"_s);
        QVERIFY(config->providers[1].baseUrl.isEmpty());
        QCOMPARE(config->budgets.session.tokens.value(), 5);
        QCOMPARE(config->budgets.user.usd.value(), 1.5);
        QCOMPARE(config->budgets.day.usd.value(), 2.0);
        QCOMPARE(config->budgets.usdPerMillionUnpriced, 20.0);
        QCOMPARE(config->tools.size(), 1);
        QCOMPARE(config->mcpServers.keys(), QStringList{u"files"_s});
        QCOMPARE(config->pricesFile, u"/etc/loquat/my-prices.json"_s);

        const Profile *brief = config->profile(u"short"_s);
        QVERIFY(brief);
        QCOMPARE(brief->systemPrompt, u"Be kind."_s); // as outside of it
        QCOMPARE(brief->temperature.value(), 0.0);
        QCOMPARE(brief->providers, QStringList{u"groq"_s});
        QVERIFY(brief->router.isEmpty());
        QCOMPARE(brief->toolPolicies.value(u"look"_s), u"allow"_s);
        QCOMPARE(brief->toolPolicies.value(u"refund"_s), u"ask"_s);
    }

    void aProfileThatSpeaksOfAllToolsStartsAnew()
    {
        const auto config = parseConfig(
            R"({"toolPolicies": {"refund": "ask", "look": "allow"}, )"
            R"("profiles": {"kids": {"toolPolicies": {"*": "deny"}}, "staff": {"toolPolicies": {"look": "ask"}}}})");
        QVERIFY(config);
        QCOMPARE(config->profile(u"kids"_s)->toolPolicies,
                 (QHash<QString, QString>{{u"*"_s, u"deny"_s}})); // nothing slips through
        QCOMPARE(config->profile(u"staff"_s)->toolPolicies,
                 (QHash<QString, QString>{{u"refund"_s, u"ask"_s}, {u"look"_s, u"ask"_s}}));
    }

    void aSlipIsToldInOneLine_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("remedy");
        const auto row = [](const char *name, const QByteArray &json, const QString &message,
                            const QString &remedy) { QTest::newRow(name) << json << message << remedy; };
        row("typo", R"({"sytemPrompt": "x"})", u"loquat.json $.sytemPrompt: there is no such setting"_s,
            u"expected 'systemPrompt'"_s);
        row("snake case", R"({"limits": {"max_tool_rounds": 1}})",
            u"loquat.json $.limits.max_tool_rounds: there is no such setting"_s,
            u"expected 'maxToolRounds'"_s);
        row("nonsense", R"({"budgets": {"weekly": {}}})",
            u"loquat.json $.budgets.weekly: there is no such setting"_s,
            u"expected one of day, session, usdPerMillionUnpriced, user"_s);
        row("a key", R"({"providers": [{"name": "openai", "api_key": "sk-secret"}]})",
            u"loquat.json $.providers[0].api_key: there is no such setting"_s,
            u"expected keys in the environment or the .env file, such as OPENAI_API_KEY"_s);
        row("type", R"({"limits": {"maxToolRounds": "five"}})",
            u"loquat.json $.limits.maxToolRounds: 'five' is not usable"_s,
            u"expected a whole number from 0 to 100"_s);
        row("fraction", R"({"limits": {"maxToolRounds": 1.5}})",
            u"loquat.json $.limits.maxToolRounds: '1.5' is not usable"_s,
            u"expected a whole number from 0 to 100"_s);
        row("range", R"({"temperature": 3})", u"loquat.json $.temperature: '3' is not usable"_s,
            u"expected a number from 0 to 2"_s);
        row("null", R"({"systemPrompt": null})", u"loquat.json $.systemPrompt: null is not usable"_s,
            u"expected a text"_s);
        row("list", R"({"providers": {}})", u"loquat.json $.providers: an object is not usable"_s,
            u"expected a list"_s);
        row("enum", R"({"toolPolicies": {"refund": "never"}})",
            u"loquat.json $.toolPolicies.refund: 'never' is not usable"_s,
            u"expected one of allow, ask, deny"_s);
        row("missing", R"({"router": [{"keywords": ["a"]}]})",
            u"loquat.json $.router[0]: 'tool' is missing"_s, u"expected a text: The name of the tool"_s);
        row("profile", R"({"profiles": {"p": {"temprature": 1}}})",
            u"loquat.json $.profiles.p.temprature: there is no such setting"_s, u"expected 'temperature'"_s);
        row("both", R"({"router": ["model", {"keywords": ["a"], "regex": "b", "tool": "t"}]})",
            u"loquat.json $.router[1]: it has keywords and a regex"_s, u"expected one of the two"_s);
        row("neither", R"({"router": [{"tool": "t"}]})",
            u"loquat.json $.router[0]: it has neither keywords nor a regex"_s, u"expected one"_s);
        row("word", R"({"router": ["modell"]})", u"loquat.json $.router[0]: 'modell' is not usable"_s,
            u"expected an object {…} or a text"_s);
        row("regex", R"({"router": [{"regex": "(", "tool": "t"}]})",
            u"loquat.json $.router[0]: its regex is wrong"_s, u"expected keywords or a regex"_s);
        row("url", R"({"providers": [{"name": "a", "baseUrl": "ftp://x"}]})",
            u"loquat.json $.providers[0].baseUrl: it is not an http(s) URL"_s,
            u"expected such as https://"_s);
        row("password", R"({"providers": [{"name": "a", "baseUrl": "https://u:hunter2@x"}]})",
            u"loquat.json $.providers[0].baseUrl: it holds a name or a password"_s,
            u"expected the key in the environment or the .env file, as A_API_KEY"_s);
        row("twice", R"({"providers": [{"name": "a"}, {"name": "a"}]})",
            u"loquat.json $.providers[1].name: 'a' is there twice"_s, u"expected each"_s);
        row("unknown provider", R"({"providers": [{"name": "a"}], "profiles": {"p": {"providers": ["b"]}}})",
            u"loquat.json $.profiles.p.providers[0]: 'b' is not a provider of this file"_s,
            u"expected one of a"_s);
        row("no JSON", "{\n  \"temperature\": 1,\n}", u"loquat.json line 3, column "_s, u"expected JSON"_s);
        row("empty", "", u"loquat.json line 1, column 1: "_s, u"expected JSON"_s);
        row("array", "[]", u"loquat.json $: it is not an object"_s, u"expected {"_s);
        row("deep", QByteArray(100'000, '['), u"loquat.json line 1"_s, u"expected JSON"_s);
        row("deep inside", R"({"temperature": )" + QByteArray(1'000, '[') + QByteArray(1'000, ']') + "}",
            u"loquat.json $.temperature: a list is not usable"_s, u"expected a number"_s);
        row("huge", QByteArray(maxConfigSize + 1, ' '), u"loquat.json $: the file is larger"_s,
            u"expected a"_s);
        row("long key", "{\"" + QByteArray(100'000, 'k') + "\": 1}", u"loquat.json $.kkk"_s,
            u"expected one of"_s);
        row("long text", R"({"temperature": ")" + QByteArray(100'000, 'k') + "\"}",
            u"loquat.json $.temperature: 'kkk"_s, u"expected a number"_s);
    }

    void aSlipIsToldInOneLine()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, message);
        QFETCH(QString, remedy);
        const auto config = parseConfig(json);
        QVERIFY(!config);
        const Error &error = config.error();
        QCOMPARE(error.code, u"bad_setting"_s);
        QVERIFY2(error.message.startsWith(message), qPrintable(error.message));
        QVERIFY2(error.remedy.startsWith(remedy), qPrintable(error.remedy));
        QVERIFY(!error.message.contains(u'\n') && !error.remedy.contains(u'\n'));
        QVERIFY(error.message.size() < 300);
        QVERIFY2(!error.message.contains(u"secret"_s) && !error.message.contains(u"hunter2"_s),
                 qPrintable(error.message));
    }

    void namesWithLineBreaksStayOnOneLine()
    {
        const auto config = parseConfig("{\"profiles\":{\"a\\nb\":{\"temperature\":3}}}");
        QVERIFY(!config);
        QVERIFY(!config.error().message.contains(u'\n'));
    }

    void aLongTextIsRefusedBeforeItsPatternIsTried()
    {
        const QByteArray path = '/' + QByteArray(500'000, 'a');
        const auto config =
            parseConfig("{\"providers\":[{\"name\":\"groq\",\"baseUrl\":\"https://h\",\"versionPath\":\"" +
                        path + "\"}]}");
        QVERIFY(!config);
        QVERIFY2(config.error().message.contains(u"$.providers[0].versionPath"_s),
                 qPrintable(config.error().message));
        // Characters are counted, not what UTF-16 makes of them.
        const QByteArray prompt = QString(u"\U0001F30D"_s).repeated(60'000).toUtf8();
        QVERIFY(parseConfig("{\"systemPrompt\":\"" + prompt + "\"}"));
    }

    void whatOthersReadIsLeftAsItIs()
    {
        const QByteArray deep = QByteArray(500, '[') + QByteArray(500, ']');
        const auto config = parseConfig(R"({"tools": [{"anything": )" + deep + R"(}], "mcpServers": {}})");
        QVERIFY2(config, config ? "" : qPrintable(config.error().message));
        QVERIFY(config->tools[0]["anything"_L1].isArray());
    }

    void everyPropertyIsDescribed()
    {
        const auto schema = QJsonDocument::fromJson(contents(u":/settings/loquat.schema.json"_s)).object();
        QMap<QString, QJsonObject> found;
        collect(schema, u"$"_s, found);
        QVERIFY(found.size() > 40);
        for (auto each = found.cbegin(); each != found.cend(); ++each)
            QVERIFY2(!each->value("description"_L1).toString().isEmpty(), qPrintable(each.key()));
    }

    void theExampleRoutesToTheKnowledgeBase_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("topic");
        QTest::newRow("weather") << u"How is the weather?"_s << u"weather"_s;
        QTest::newRow("pricing") << u"Tell me about your pricing"_s << u"pricing"_s;
        QTest::newRow("co2") << u"CO2 in the air?"_s << u"co2"_s;
        QTest::newRow("subscript") << u"how much CO₂?"_s << u"co2"_s;
        QTest::newRow("regex") << u"Please look up shipping rules."_s << u"shipping rules"_s;
        QTest::newRow("model") << u"Hello there"_s << QString();
    }

    void theExampleRoutesToTheKnowledgeBase()
    {
        QFETCH(QString, text);
        QFETCH(QString, topic);
        const auto config = loadConfig(u":/settings/examples/loquat.json"_s);
        QVERIFY2(config, config ? "" : qPrintable(config.error().message + config.error().remedy));
        const auto call = config->standard.router.route(text);
        QCOMPARE(call.has_value(), !topic.isEmpty());
        if (call)
            QCOMPARE(*call, (RoutedCall{u"knowledge_base_lookup"_s, {{"topic"_L1, topic}}}));
        QVERIFY(config->profile(u"terse"_s));
    }

    void theFileIsFound()
    {
        QTemporaryDir dir;
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(dir.path()));
        const auto found = [](QStringList arguments, const QHash<QString, QString> &environment = {}) {
            arguments.prepend(u"loquat"_s);
            const auto options = parseOptions(arguments, environment);
            return options ? options->configFile : options.error().message;
        };
        QCOMPARE(found({}), QString());
        for (const auto &name : {u"loquat.json"_s, u"a.json"_s})
            QVERIFY(QFile(name).open(QIODevice::WriteOnly));
        QCOMPARE(found({}), u"loquat.json"_s);
        QCOMPARE(found({}, {{u"LOQUAT_CONFIG"_s, u"a.json"_s}}), u"a.json"_s);
        QVERIFY(found({}, {{u"LOQUAT_CONFIG"_s, u"/none"_s}}).startsWith(u"LOQUAT_CONFIG: "_s));
        QCOMPARE(found({u"--config"_s, u"/b.json"_s}, {{u"LOQUAT_CONFIG"_s, u"/a.json"_s}}), u"/b.json"_s);
        QVERIFY(found({u"--config"_s, QString()}).startsWith(u"--config: "_s));
        QVERIFY(QDir::setCurrent(before));
    }

    void anUnreadableFileIsNamed()
    {
        const auto config = loadConfig(u"/nowhere/loquat.json"_s);
        QVERIFY(!config);
        QVERIFY(config.error().message.startsWith(u"--config: cannot read '/nowhere/loquat.json'"_s));
    }
};

QTEST_GUILESS_MAIN(TestConfigFile)
#include "tst_config_file.moc"
