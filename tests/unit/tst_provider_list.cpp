// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_file.h"
#include "provider_list.h"

#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

using Environment = QHash<QString, QString>;

/// `list` as in loquat.json, but with ' for ".
Expected<QList<ProviderOptions>> chosen(QByteArray list, const Environment &environment = {},
                                        const QStringList &arguments = {u"loquat"_s})
{
    const auto config = parseConfig("{\"providers\": " + list.replace('\'', '"') + "}");
    if (!config)
        return config.error();
    const auto options = parseOptions(arguments, environment);
    if (!options)
        return options.error();
    return chooseProviders(*config, *options);
}

} // namespace

/// Protects who is asked: loquat.json's list decides, the environment completes it and alone holds the keys.
class TestProviderList : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_empty;

private Q_SLOTS:
    void initTestCase()
    {
        // A .env beside the tests must not decide them.
        QVERIFY(m_empty.isValid());
        QVERIFY(QDir::setCurrent(m_empty.path()));
    }

    void theFileSaysWhoAndInWhichOrder()
    {
        const Environment keys{
            {u"OPENAI_API_KEY"_s, u"o"_s}, {u"GROQ_API_KEY"_s, u"g"_s}, {u"GEMINI_API_KEY"_s, u"x"_s}};
        const auto providers = chosen("[{'name': 'groq'}, {'name': 'openai'}]", keys);
        QVERIFY2(providers, providers ? "" : qPrintable(providers.error().message));
        QCOMPARE(providers->size(), 2); // gemini has a key and is not asked
        QCOMPARE(providers->at(0).name, u"groq"_s);
        QCOMPARE(providers->at(0).apiKey, u"g"_s);
        QCOMPARE(providers->at(0).baseUrl, QUrl(u"https://api.groq.com/openai/v1"_s));
        QCOMPARE(providers->at(1).name, u"openai"_s);
        QCOMPARE(providers->at(1).model, u"gpt-4o-mini"_s);
    }

    void withoutAListTheEnvironmentDecides()
    {
        const auto providers = chosen("[]", {{u"GEMINI_API_KEY"_s, u"x"_s}});
        QCOMPARE(providers->size(), 1);
        QCOMPARE(providers->first().name, u"gemini"_s);
    }

    void groqIsAskedWhereItsApiIs()
    {
        const auto asked = [](const QString &baseUrl, const QByteArray &list) {
            const Environment given{{u"GROQ_API_KEY"_s, u"g"_s}, {u"GROQ_BASE_URL"_s, baseUrl}};
            return chosen(list, given)->first().baseUrl;
        };
        const QUrl api(u"https://api.groq.com/openai/v1"_s);
        for (const QByteArray list : {"[]", "[{'name': 'groq'}]"}) {
            QCOMPARE(asked(u"https://api.groq.com"_s, list), api); // as Groq's own programs are told it
            QCOMPARE(asked(u"https://api.groq.com/"_s, list), api);
            QCOMPARE(asked(u"https://proxy.example/v1"_s, list), QUrl(u"https://proxy.example/v1"_s));
        }
    }

    void whoNeedsAKeyAndHasNoneIsPassedOver()
    {
        const QString listed = u"openai,groq,simulated"_s;
        const auto some = chosen("[]", {{u"LOQUAT_PROVIDERS"_s, listed}, {u"GROQ_API_KEY"_s, u"g"_s}});
        QCOMPARE(some->size(), 2);
        QCOMPARE(some->first().name, u"groq"_s);
        QCOMPARE(chosen("[]", {{u"LOQUAT_PROVIDERS"_s, listed}})->first().name, u"simulated"_s);
        const auto none = chosen("[]", {{u"LOQUAT_PROVIDERS"_s, u"openai"_s}});
        QVERIFY(!none);
        QVERIFY2(none.error().message.startsWith("OPENAI_API_KEY"_L1), qPrintable(none.error().message));
        const auto own = chosen("[]", {{u"LOQUAT_PROVIDERS"_s, u"openai"_s},
                                       {u"OPENAI_BASE_URL"_s, u"http://127.0.0.1:11434/v1"_s}});
        QCOMPARE(own->first().name, u"openai"_s); // many servers ask for none
    }

    void whatTheFileSaysWinsAndTheRestComesFromTheEnvironment()
    {
        const Environment environment{{u"OPENAI_API_KEY"_s, u"k"_s},
                                      {u"OPENAI_MODEL"_s, u"from-env"_s},
                                      {u"OPENAI_BASE_URL"_s, u"http://env.example/v1"_s}};
        const auto model = chosen("[{'name': 'openai', 'model': 'from-file'}]", environment);
        QCOMPARE(model->first().model, u"from-file"_s);
        QCOMPARE(model->first().baseUrl, QUrl(u"http://env.example/v1"_s));
        const auto address = chosen(
            "[{'name': 'openai', 'baseUrl': 'http://file.example', 'versionPath': '/v2'}]", environment);
        QCOMPARE(address->first().model, u"from-env"_s);
        QCOMPARE(address->first().baseUrl, QUrl(u"http://file.example/v2"_s));
    }

    void anyOtherNameIsAnOpenAiCompatibleServer()
    {
        const QByteArray list =
            "[{'name': 'ollama', 'baseUrl': 'http://127.0.0.1:11434/v1', 'model': 'llama3.1'},"
            "{'name': 'big-box', 'baseUrl': 'http://box:8000/v1', 'model': 'm'},"
            "{'name': 'openrouter', 'baseUrl': 'https://openrouter.ai/api/v1'}]";
        const auto providers = chosen(list, {{u"BIG_BOX_API_KEY"_s, u"b"_s},
                                             {u"OPENROUTER_API_KEY"_s, u"r"_s},
                                             {u"OPENROUTER_MODEL"_s, u"vendor/model"_s}});
        QVERIFY2(providers, providers ? "" : qPrintable(providers.error().message));
        QCOMPARE(providers->at(0).apiKey, QString()); // none is needed here
        QCOMPARE(providers->at(0).model, u"llama3.1"_s);
        QCOMPARE(providers->at(1).apiKey, u"b"_s);
        QCOMPARE(providers->at(2).apiKey, u"r"_s);
        QCOMPARE(providers->at(2).model, u"vendor/model"_s);
    }

    void keysComeFromTheEnvFileToo()
    {
        QFile file(m_empty.filePath(u"keys"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("GROQ_API_KEY=from-file\n");
        file.close();
        const auto providers =
            chosen("[{'name': 'groq'}]", {}, {u"loquat"_s, u"--env-file"_s, file.fileName()});
        QCOMPARE(providers->first().apiKey, u"from-file"_s);
    }

    void someHaveTheirVersionInTheMiddle()
    {
        const auto providers =
            chosen("[{'name': 'gemini', 'baseUrl': 'http://g.example', 'versionPath': '/v1'},"
                   "{'name': 'anthropic', 'baseUrl': 'http://a.example'}]");
        QCOMPARE(providers->at(0).baseUrl, QUrl(u"http://g.example"_s));
        QCOMPARE(providers->at(0).versionPath, u"/v1"_s);
        QCOMPARE(providers->at(1).versionPath, QString());
    }

    void aDemonstrationAsksNobody()
    {
        const auto providers = chosen("[{'name': 'groq'}]", {}, {u"loquat"_s, u"--demo"_s});
        QCOMPARE(providers->first().name, u"simulated"_s);
    }

    void whatIsMissingIsNamed_data()
    {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<Environment>("environment");
        QTest::addColumn<QString>("named");
        QTest::addColumn<QString>("remedy");
        const auto row = [](const char *name, const QByteArray &list, const Environment &environment,
                            const QString &named, const QString &remedy) {
            QTest::newRow(name) << list << environment << named << remedy;
        };
        row("key", "[{'name': 'simulated'}, {'name': 'groq'}]", {}, u"GROQ_API_KEY: "_s, u".env"_s);
        row("which", "[{'name': 'simulated'}, {'name': 'groq'}]", {}, u"$.providers[1]"_s, u".env"_s);
        row("key of another name", "[{'name': 'my', 'baseUrl': 'https://api.openai.com/v1', 'model': 'm'}]",
            {}, u"MY_API_KEY: "_s, u".env"_s);
        row("key of a service",
            "[{'name': 'router', 'baseUrl': 'https://openrouter.ai/api/v1', 'model': 'm'}]", {},
            u"ROUTER_API_KEY: "_s, u".env"_s);
        row("address", "[{'name': 'my-box', 'model': 'm'}]", {}, u"'my-box' has no address"_s,
            u"MY_BOX_BASE_URL"_s);
        row("address that is none", "[{'name': 'box', 'model': 'm'}]",
            {{u"BOX_BASE_URL"_s, u"localhost:8000"_s}}, u"BOX_BASE_URL: "_s, u"such as"_s);
        row("model", "[{'name': 'box', 'baseUrl': 'http://box:1/v1'}]", {}, u"'box' has no model"_s,
            u"BOX_MODEL"_s);
    }

    void whatIsMissingIsNamed()
    {
        QFETCH(QByteArray, list);
        QFETCH(Environment, environment);
        QFETCH(QString, named);
        QFETCH(QString, remedy);
        const auto providers = chosen(list, environment);
        QVERIFY(!providers);
        QCOMPARE(providers.error().code, u"bad_setting"_s);
        QVERIFY2(providers.error().message.contains(named), qPrintable(providers.error().message));
        QVERIFY2(providers.error().remedy.contains(remedy), qPrintable(providers.error().remedy));
    }
};

QTEST_GUILESS_MAIN(TestProviderList)
#include "tst_provider_list.moc"
