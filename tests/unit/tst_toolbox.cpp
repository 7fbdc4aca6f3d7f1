// SPDX-License-Identifier: GPL-3.0-or-later
#include "toolbox_fixture.h"

#include <array>
#include <stdexcept>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

QCoro::Task<Expected<QJsonValue>> throwLater(QJsonObject)
{
    throw std::runtime_error("out of cheese");
    co_return QJsonValue();
}

QCoro::Task<Expected<QJsonValue>> throwAtOnce(QJsonObject)
{
    throw 42; // not a coroutine: nothing catches it on the way
}

QCoro::Task<Expected<QJsonValue>> talkForever(QJsonObject)
{
    co_return QJsonValue(QString(100'000, u'x'));
}

} // namespace

/// Protects the promise that a tool call always ends in exactly one outcome that a model can read.
class TestToolbox : public ToolboxFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void aGoodCallHasItsResult()
    {
        const auto ended = call(u"echo"_s, u"{\"n\": 5}"_s);
        QCOMPARE(ended->times, 1);
        QVERIFY(ended->outcome.ok);
        QCOMPARE(ended->outcome.result, QJsonValue(QJsonObject{{"n"_L1, 5}}));
        QCOMPARE(m_clock.pending(), 0);
    }

    void badArgumentsNameTheField_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("named");
        QTest::newRow("unknown tool") << u"fly"_s << u"{}"_s << u"echo"_s;
        QTest::newRow("not JSON") << u"echo"_s << u"{\"n\": "_s << u"not JSON"_s;
        QTest::newRow("not an object") << u"echo"_s << u"[1]"_s << u"object"_s;
        QTest::newRow("missing") << u"echo"_s << u"{}"_s << u"'n'"_s;
        QTest::newRow("nothing") << u"echo"_s << QString() << u"JSON"_s;
        QTest::newRow("wrong type") << u"echo"_s << u"{\"n\":\"five\"}"_s << u"'n'"_s;
        QTest::newRow("too small") << u"echo"_s << u"{\"n\":0}"_s << u"'n'"_s;
        QTest::newRow("inner") << u"echo"_s << u"{\"n\":1,\"to\":{\"city\":7}}"_s << u"'to.city'"_s;
        QTest::newRow("one too many") << u"echo"_s << u"{\"n\":1,\"m\":2}"_s << u"m"_s;
        QTest::newRow("endless") << u"echo"_s << QString(u"{\"n\":1"_s + QString(70'000, u' ') + u'}')
                                 << u"longer"_s;
    }

    void badArgumentsNameTheField()
    {
        QFETCH(QString, tool);
        QFETCH(QString, arguments);
        QFETCH(QString, named);
        const auto ended = call(tool, arguments);
        QCOMPARE(ended->times, 1);
        QVERIFY(!ended->outcome.ok);
        QVERIFY2(ended->error().contains(named), qPrintable(ended->error()));
    }

    void noArgumentsAreFineWhereNoneAreNeeded()
    {
        add(u"free"_s, echo);
        QVERIFY(call(u"free"_s, QString())->outcome.ok);
    }

    void aToolMayFailOrThrow_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("fails") << 0 << u"The shop is closed."_s;
        QTest::newRow("throws") << 1 << u"out of cheese"_s;
        QTest::newRow("throws at once") << 2 << u"failed"_s;
        QTest::newRow("talks too much") << 3 << u"longer"_s;
    }

    void aToolMayFailOrThrow()
    {
        QFETCH(int, kind);
        QFETCH(QString, says);
        const std::array<TestTool::Body, 4> bodies{refuse, throwLater, throwAtOnce, talkForever};
        add(u"bad"_s, bodies.at(size_t(kind)));
        const auto ended = call(u"bad"_s);
        QCOMPARE(ended->times, 1);
        QVERIFY(!ended->outcome.ok);
        QVERIFY2(ended->error().contains(says), qPrintable(ended->error()));
        QCOMPARE(m_toolbox->running(), 0);
    }

    void deniedToolsAreNotCalled()
    {
        QVERIFY(m_toolbox->policy(u"echo"_s) == ToolPolicy::Allow);
        m_toolbox->setPolicy(u"echo"_s, ToolPolicy::Deny);
        const ToolRunner &runner = *m_toolbox;
        QVERIFY(runner.policy(u"echo"_s) == ToolPolicy::Deny);
        const auto ended = call(u"echo"_s, u"{\"n\":1}"_s);
        QVERIFY2(ended->error().contains(u"may not be called"_s), qPrintable(ended->error()));
        ToolContext decided;
        decided.allowed = true; // by a profile, which knows better
        bool ran = false;
        m_toolbox->call({u"c"_s, u"echo"_s, u"{\"n\":1}"_s}, decided,
                        [&ran](const ToolOutcome &outcome) { ran = outcome.ok; });
        QTRY_VERIFY(ran);
        m_toolbox->setPolicy(u"echo"_s, ToolPolicy::Ask); // asking is not the toolbox's part
        QVERIFY(call(u"echo"_s, u"{\"n\":1}"_s)->outcome.ok);
    }

    void toolsComeAndGo()
    {
        QVERIFY(m_toolbox->remove(u"echo"_s));
        QVERIFY(!m_toolbox->remove(u"echo"_s));
        QVERIFY(!m_toolbox->contains(u"echo"_s));
        QVERIFY(call(u"echo"_s)->error().contains(u"no tool"_s));
    }

    void namesAreUniqueAndSchemasAreSchemas()
    {
        const auto twice =
            m_toolbox->add(std::make_unique<TestTool>(ToolSpec{u"echo"_s, {}, anyObject}, echo));
        QCOMPARE(twice.error().code, u"tool_duplicate"_s);
        const auto wrong = m_toolbox->add(
            std::make_unique<TestTool>(ToolSpec{u"wrong"_s, {}, {{"type"_L1, "banana"_L1}}}, echo));
        QCOMPARE(wrong.error().code, u"tool_schema"_s);
        QCOMPARE(m_toolbox->specs().size(), 3);
        QCOMPARE(m_toolbox->specs().first().name, u"echo"_s);
    }
};

QTEST_APPLESS_MAIN(TestToolbox)
#include "tst_toolbox.moc"
