// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/router.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

RouterRule keywords(const QStringList &words, const QString &tool, const QJsonObject &arguments = {})
{
    return {RouterRule::Match::Keywords, words, {}, tool, arguments};
}

RouterRule regex(const QString &pattern, const QJsonObject &arguments = {})
{
    return {RouterRule::Match::Regex, {}, pattern, u"tool"_s, arguments};
}

std::optional<RoutedCall> routed(const QList<RouterRule> &rules, const QString &text)
{
    const auto router = Router::create(rules);
    return router ? router->route(text) : std::nullopt;
}

} // namespace

/// Protects the flow of services that route by words: the right tool with the right arguments, and no message
/// that makes the matching slow.
class TestRouter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keywordsCallTheirTool_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("topic");
        QTest::newRow("plain") << u"what is the weather like"_s << u"weather"_s;
        QTest::newRow("case") << u"PRICING?"_s << u"PRICING"_s;
        QTest::newRow("beside a sign") << u"(co2)"_s << u"co2"_s;
        QTest::newRow("part of a word") << u"weathering the storm"_s << QString();
        QTest::newRow("umlaut beside") << u"äweather"_s << QString();
        QTest::newRow("nothing") << u"hello"_s << QString();
        QTest::newRow("empty") << QString() << QString();
    }

    void keywordsCallTheirTool()
    {
        QFETCH(QString, text);
        QFETCH(QString, topic);
        const auto call = routed({keywords({u"weather"_s, u"pricing"_s, u"co2"_s}, u"knowledge_base_lookup"_s,
                                           {{"topic"_L1, u"{0}"_s}})},
                                 text);
        QCOMPARE(call.has_value(), !topic.isEmpty());
        if (call)
            QCOMPARE(*call, (RoutedCall{u"knowledge_base_lookup"_s, {{"topic"_L1, topic}}}));
    }

    void keywordsMayHaveSignsAndSpaces()
    {
        const QList rules{keywords({u"C++"_s, u"opening hours"_s, u"a.b"_s}, u"tool"_s)};
        QVERIFY(routed(rules, u"I write C++."_s));
        QVERIFY(routed(rules, u"your Opening  Hours?"_s));
        QVERIFY(!routed(rules, u"axb"_s));
    }

    void manyKeywordsAreFine()
    {
        QStringList words;
        for (int i = 0; i < 200; ++i)
            words.append(u"keyword number %1"_s.arg(i));
        QVERIFY(routed({keywords(words, u"tool"_s)}, u"is it keyword number 199?"_s));
    }

    void theFirstRuleDecides()
    {
        QList rules{keywords({u"weather"_s}, u"first"_s), keywords({u"weather"_s, u"sun"_s}, u"second"_s)};
        QCOMPARE(routed(rules, u"weather"_s)->tool, u"first"_s);
        QCOMPARE(routed(rules, u"sun"_s)->tool, u"second"_s);
        rules.prepend({RouterRule::Match::Model, {}, {}, {}, {}});
        QVERIFY(!routed(rules, u"weather"_s));
    }

    void groupsBecomeArguments()
    {
        const auto call = routed({regex(u"order #?(?<id>\\d+)(?: for (\\w+))?"_s,
                                        {{"id"_L1, u"{id}"_s},
                                         {"who"_L1, QJsonObject{{"names"_L1, QJsonArray{u"<{2}>"_s, 5}}}},
                                         {"all"_L1, u"{text}"_s}})},
                                 u"Where is Order #42 for Ann?"_s);
        QVERIFY(call);
        QCOMPARE(call->arguments["id"_L1].toString(), u"42"_s);
        QCOMPARE(call->arguments["who"_L1]["names"_L1][0].toString(), u"<Ann>"_s);
        QCOMPARE(call->arguments["who"_L1]["names"_L1][1].toInt(), 5);
        QCOMPARE(call->arguments["all"_L1].toString(), u"Where is Order #42 for Ann?"_s);
    }

    void whatAUserWritesIsNotExpanded()
    {
        const auto call = routed({regex(u"say (.*)"_s, {{"a"_L1, u"{1}{1}"_s}})}, u"say {text}"_s);
        QCOMPARE(call->arguments["a"_L1].toString(), u"{text}{text}"_s);
    }

    void bracesThatAreNoPlaceholdersStay()
    {
        const auto call = routed({regex(u"x"_s, {{"a"_L1, u"{} { 1 } {\"k\"}"_s}})}, u"x"_s);
        QCOMPARE(call->arguments["a"_L1].toString(), u"{} { 1 } {\"k\"}"_s);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("says");
        QTest::newRow("regex") << 0 << u"regex is wrong"_s;
        QTest::newRow("group") << 1 << u"{2}"_s;
        QTest::newRow("name") << 2 << u"{nobody}"_s;
        QTest::newRow("tool") << 3 << u"no tool"_s;
        QTest::newRow("keyword") << 4 << u"empty"_s;
        QTest::newRow("long") << 5 << u"longer"_s;
    }

    void whatIsWrongIsNamed()
    {
        QFETCH(int, which);
        QFETCH(QString, says);
        const QList bad{regex(u"(open"_s),
                        regex(u"(a)"_s, {{"a"_L1, u"{2}"_s}}),
                        regex(u"a"_s, {{"a"_L1, u"{nobody}"_s}}),
                        keywords({u"a"_s}, {}),
                        keywords({u" "_s}, u"tool"_s),
                        regex(QString(2'000, u'a'))};
        const auto router = Router::create({keywords({u"fine"_s}, u"tool"_s), bad[which]});
        QVERIFY(!router);
        QVERIFY2(router.error().message.startsWith(u"Rule 1: "_s), qPrintable(router.error().message));
        QVERIFY2(router.error().message.contains(says), qPrintable(router.error().message));
    }

    void noMessageTakesLong()
    {
        // Some million steps would find that the second branch matches; nobody waits for them.
        const auto router = Router::create({regex(u"^(?:(?:a+)+c|.*)$"_s)});
        QVERIFY(router);
        QVERIFY(router->route(u"aaa!"_s));
        QVERIFY(!router->route(QString(22, u'a') + u'!'));
        // A message is searched only so far.
        const auto words = Router::create({keywords({u"late"_s}, u"tool"_s)});
        QVERIFY(words->route(QString(Router::maxText - 4, u' ') + u"late"_s));
        QVERIFY(!words->route(QString(Router::maxText, u' ') + u"late"_s));
    }

    void withoutRulesTheModelDecides()
    {
        QVERIFY(Router().isEmpty());
        QVERIFY(!Router().route(u"weather"_s));
    }
};

QTEST_GUILESS_MAIN(TestRouter)
#include "tst_router.moc"
