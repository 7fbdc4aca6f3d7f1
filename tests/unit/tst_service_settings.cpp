// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_file.h"
#include "service_settings.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what comes of the command line and loquat.json together.
class TestServiceSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePromptIsTheOneThatWasWrittenAlsoWhereItIsEmpty_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("outside");
        QTest::addColumn<QString>("profile");
        const QString own = sessionSettings({}, {}).profile.systemPrompt;
        QVERIFY(own.contains(u"assistant"_s));
        const auto row = [](const char *name, const QByteArray &json, const QString &outside,
                            const QString &profile) { QTest::newRow(name) << json << outside << profile; };
        row("none", R"({"profiles": {"p": {}}})", own, own);
        row("outside", R"({"systemPrompt": "A", "profiles": {"p": {}}})", u"A"_s, u"A"_s);
        row("profile", R"({"profiles": {"p": {"systemPrompt": "B"}}})", own, u"B"_s);
        row("both", R"({"systemPrompt": "A", "profiles": {"p": {"systemPrompt": "B"}}})", u"A"_s, u"B"_s);
        row("empty outside", R"({"systemPrompt": "", "profiles": {"p": {}}})", QString(), QString());
        row("empty in a profile", R"({"systemPrompt": "A", "profiles": {"p": {"systemPrompt": ""}}})", u"A"_s,
            QString());
        row("empty in a profile alone", R"({"profiles": {"p": {"systemPrompt": ""}}})", own, QString());
    }

    void thePromptIsTheOneThatWasWrittenAlsoWhereItIsEmpty()
    {
        QFETCH(const QByteArray, json);
        const auto config = parseConfig(json);
        QVERIFY(config);
        const SessionSettings settings = sessionSettings({}, *config);
        QTEST(settings.profile.systemPrompt, "outside");
        QTEST(settings.profiles.value(u"p"_s).systemPrompt, "profile");
    }
};

QTEST_GUILESS_MAIN(TestServiceSettings)
#include "tst_service_settings.moc"
