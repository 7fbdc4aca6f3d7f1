// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "tools/builtin_tools.h"
#include "tools/toolbox.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what the tools that come with Loquat tell a model, and so a user.
class TestBuiltinTools : public QObject
{
    Q_OBJECT

private:
    static ToolOutcome call(const QString &tool, const QJsonObject &arguments)
    {
        fakes::ManualClock clock;
        Toolbox toolbox(clock);
        for (auto &builtin : builtinTools())
            if (!toolbox.add(std::move(builtin)))
                qFatal("a built-in tool was refused");
        ToolOutcome outcome;
        const auto text = QString::fromUtf8(QJsonDocument(arguments).toJson());
        toolbox.call({u"c"_s, tool, text}, {}, [&outcome](const ToolOutcome &ended) { outcome = ended; });
        return outcome;
    }

private Q_SLOTS:
    void theyAreThereByName()
    {
        QStringList names;
        for (const auto &tool : builtinTools()) {
            names.append(tool->spec().name);
            QVERIFY(!tool->spec().description.isEmpty());
        }
        QCOMPARE(names, QStringList({u"get_account_balance"_s, u"get_order_status"_s, u"calculate_shipping"_s,
                                     u"knowledge_base_lookup"_s, u"get_weather"_s}));
    }

    void theBalanceOfAUser()
    {
        const auto outcome = call(u"get_account_balance"_s, {{"user_id"_L1, "user-1"_L1}});
        QVERIFY(outcome.ok);
        QCOMPARE(outcome.result["balance"_L1].toDouble(), 1250.75);
        QCOMPARE(outcome.result["currency"_L1].toString(), u"USD"_s);
        QVERIFY(outcome.result["display"_L1].toString().contains(u"250.75"_s));
    }

    void theStatusOfAnOrder()
    {
        const auto outcome = call(u"get_order_status"_s, {{"order_id"_L1, "ORD-1001"_L1}});
        QVERIFY(outcome.ok);
        QCOMPARE(outcome.result["status"_L1].toString(), u"shipped"_s);
        QVERIFY(outcome.result["detail"_L1].toString().contains(u"Monday"_s));
    }

    void shippingFiveKilogramsToTheUsIsTwentyDollars_data()
    {
        QTest::addColumn<QString>("country");
        for (const auto *name : {"US", "us", "USA", "United States"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void shippingFiveKilogramsToTheUsIsTwentyDollars()
    {
        QFETCH(QString, country);
        const auto outcome =
            call(u"calculate_shipping"_s, {{"weight_kg"_L1, 5}, {"destination_country"_L1, country}});
        QVERIFY(outcome.ok);
        QCOMPARE(outcome.result["cost"_L1].toDouble(), 20.0);
        QCOMPARE(outcome.result["display"_L1].toString(), u"$20"_s);
        QCOMPARE(outcome.result["destination_country"_L1].toString(), u"US"_s);
    }

    void theKnowledgeBaseKnowsItsTopics()
    {
        for (const auto &topic : {u"weather"_s, u"pricing"_s, u"co2"_s, u"CO2 levels"_s}) {
            const auto outcome = call(u"knowledge_base_lookup"_s, {{"topic"_L1, topic}});
            QVERIFY(outcome.ok);
            QVERIFY(!outcome.result["content"_L1].toString().isEmpty());
        }
    }

    void theWeatherOfACityIsAlwaysTheSame()
    {
        const auto delhi = call(u"get_weather"_s, {{"city"_L1, "Delhi"_L1}});
        QVERIFY(delhi.ok);
        QCOMPARE(call(u"get_weather"_s, {{"city"_L1, "Delhi"_L1}}).result, delhi.result);
        QVERIFY(call(u"get_weather"_s, {{"city"_L1, "Oslo"_L1}}).result != delhi.result);
        QVERIFY(delhi.result["simulated"_L1].toBool());
    }

    void whatIsUnknownIsSaidInASentence_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QJsonObject>("arguments");
        QTest::addColumn<QString>("named");
        QTest::newRow("user") << u"get_account_balance"_s << QJsonObject{{"user_id"_L1, "nobody"_L1}}
                              << u"nobody"_s;
        QTest::newRow("order") << u"get_order_status"_s << QJsonObject{{"order_id"_L1, "ORD-9"_L1}}
                               << u"ORD-9"_s;
        QTest::newRow("topic") << u"knowledge_base_lookup"_s << QJsonObject{{"topic"_L1, "cats"_L1}}
                               << u"cats"_s;
        QTest::newRow("weightless") << u"calculate_shipping"_s
                                    << QJsonObject{{"weight_kg"_L1, 0}, {"destination_country"_L1, "US"_L1}}
                                    << u"weight_kg"_s;
        QTest::newRow("no city") << u"get_weather"_s << QJsonObject{} << u"city"_s;
    }

    void whatIsUnknownIsSaidInASentence()
    {
        QFETCH(QString, tool);
        QFETCH(QJsonObject, arguments);
        QFETCH(QString, named);
        const auto outcome = call(tool, arguments);
        QVERIFY(!outcome.ok);
        QVERIFY2(outcome.result["error"_L1].toString().contains(named),
                 qPrintable(outcome.result["error"_L1].toString()));
    }
};

QTEST_APPLESS_MAIN(TestBuiltinTools)
#include "tst_builtin_tools.moc"
