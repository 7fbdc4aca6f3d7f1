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

    void keysOfOtherApplicationsAreNoReasonNotToStart()
    {
        QProcessEnvironment environment;
        environment.insert(u"WHERE"_s, u"/srv"_s);
        const QJsonObject whole{{"command"_L1, "a"_L1},
                                {"type"_L1, "stdio"_L1},
                                {"cwd"_L1, "${WHERE}/a"_L1},
                                {"disabled"_L1, false},
                                {"timeout"_L1, 60},
                                {"autoApprove"_L1, QJsonArray{"x"_L1}},
                                {"alwaysAllow"_L1, QJsonArray{}},
                                {"envFile"_L1, ".env"_L1},
                                {"description"_L1, "it"_L1},
                                {"trust"_L1, true},
                                {"dev"_L1, QJsonObject{}},
                                {"enabled"_L1, true}};
        const auto servers = mcpServersFromJson(
            {{"a"_L1, whole},
             {"off"_L1, QJsonObject{{"url"_L1, "http://h/${NOT_SET}"_L1}, {"disabled"_L1, true}}}},
            environment);
        QVERIFY2(servers, servers ? "" : qPrintable(servers.error().message));
        QCOMPARE(servers->size(), 1);
        QCOMPARE(servers->first().folder, u"/srv/a"_s);
        QCOMPARE(servers->first().ignored.join(u' '),
                 u"alwaysAllow autoApprove description dev envFile timeout trust"_s);
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
        QTest::newRow("a policy that would be lost")
            << QJsonObject{{"command"_L1, "a"_L1}, {"polices"_L1, QJsonObject{{"drop"_L1, "deny"_L1}}}}
            << u"s.polices"_s;
        QTest::newRow("cwd") << QJsonObject{{"command"_L1, "a"_L1}, {"cwd"_L1, 1}} << u"s.cwd"_s;
        QTest::newRow("disabled") << QJsonObject{{"command"_L1, "a"_L1}, {"disabled"_L1, "true"_L1}}
                                  << u"s.disabled"_s;
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
