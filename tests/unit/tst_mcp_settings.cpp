// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_settings.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what `mcpServers` may say, and that none of our keys reaches a server by accident.
class TestMcpSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void settingsAreThoseOfOtherApplications()
    {
        QProcessEnvironment environment;
        environment.insert(u"PATH"_s, u"/bin"_s);
        environment.insert(u"GROQ_API_KEY"_s, u"secret"_s);
        environment.insert(u"TOKEN"_s, u"t"_s);
        const auto servers = mcpServersFromJson(
            {{"a"_L1, QJsonObject{{"command"_L1, "npx"_L1},
                                  {"args"_L1, QJsonArray{"-y"_L1, "it"_L1}},
                                  {"env"_L1, QJsonObject{{"KEY"_L1, "x${TOKEN}"_L1}}}}},
             {"b"_L1, QJsonObject{{"url"_L1, "https://h/mcp"_L1},
                                  {"headers"_L1, QJsonObject{{"Authorization"_L1, "Bearer ${TOKEN}"_L1}}},
                                  {"policies"_L1, QJsonObject{{"drop"_L1, "deny"_L1}}}}}},
            environment);
        QVERIFY(servers.has_value());
        QCOMPARE(servers->at(0).arguments, (QStringList{u"-y"_s, u"it"_s}));
        QCOMPARE(servers->at(0).environment.toStringList().size(), 2); // PATH and KEY: none of our keys
        QCOMPARE(servers->at(0).environment.value(u"KEY"_s), u"xt"_s);
        QCOMPARE(servers->at(1).headers.constFirst().second, "Bearer t");
        QVERIFY(servers->at(1).policies.value(u"drop"_s) == ToolPolicy::Deny);
    }

    void wrongSettingsNameTheirKey_data()
    {
        QTest::addColumn<QJsonObject>("server");
        QTest::addColumn<QString>("named");
        QTest::newRow("neither") << QJsonObject{} << u"\"s\""_s;
        QTest::newRow("both") << QJsonObject{{"command"_L1, "a"_L1}, {"url"_L1, "http://h"_L1}} << u"\"s\""_s;
        QTest::newRow("unknown") << QJsonObject{{"comand"_L1, "a"_L1}} << u"s.comand"_s;
        QTest::newRow("args") << QJsonObject{{"command"_L1, "a"_L1}, {"args"_L1, QJsonArray{1}}}
                              << u"s.args"_s;
        QTest::newRow("env") << QJsonObject{{"command"_L1, "a"_L1}, {"env"_L1, QJsonObject{{"K"_L1, 1}}}}
                             << u"s.env.K"_s;
        QTest::newRow("url") << QJsonObject{{"url"_L1, "ftp://h"_L1}} << u"s.url"_s;
        QTest::newRow("missing") << QJsonObject{{"url"_L1, "http://h/${NOT_SET}"_L1}} << u"NOT_SET"_s;
    }

    void wrongSettingsNameTheirKey()
    {
        QFETCH(QJsonObject, server);
        QFETCH(QString, named);
        const auto servers = mcpServersFromJson({{"s"_L1, server}}, {});
        QVERIFY(!servers.has_value());
        QVERIFY2(servers.error().message.contains(named), qPrintable(servers.error().message));
    }
};

QTEST_APPLESS_MAIN(TestMcpSettings)
#include "tst_mcp_settings.moc"
