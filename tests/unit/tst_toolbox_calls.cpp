// SPDX-License-Identifier: GPL-3.0-or-later
#include "toolbox_fixture.h"

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class StoppableTool final : public Tool
{
public:
    StoppableTool(Gate &gate, bool *stopped)
        : m_gate(gate)
        , m_stopped(stopped)
    {
    }
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] std::optional<std::chrono::milliseconds> timeLimit() const override { return 3s; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override
    {
        context.stop->onStop([stopped = m_stopped] { *stopped = true; });
        return waitAt(m_gate, std::move(arguments));
    }

private:
    const ToolSpec m_spec{u"stoppable"_s, {}, anyObject};
    Gate &m_gate;
    bool *m_stopped;
};

} // namespace

/// Protects calls that take their time: each ends once, by its tool, the clock, a cancel or not at all with
/// the toolbox.
class TestToolboxCalls : public ToolboxFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void callsRunSideBySide()
    {
        const auto slow = call(u"slow"_s, u"{\"x\":1}"_s);
        const auto other = call(u"slow"_s, u"{\"x\":2}"_s);
        QCOMPARE(m_toolbox->running(), 2);
        QVERIFY(call(u"echo"_s, u"{\"n\":1}"_s)->outcome.ok);
        QCOMPARE(slow->times, 0);
        m_gate.open();
        QCOMPARE(slow->times, 1);
        QCOMPARE(slow->outcome.result["x"_L1].toInt(), 1);
        QCOMPARE(other->outcome.result["x"_L1].toInt(), 2);
        QCOMPARE(m_toolbox->running(), 0);
    }

    void aSlowCallTimesOutOnce()
    {
        const auto slow = call(u"slow"_s);
        m_clock.advance(14'999ms);
        QCOMPARE(slow->times, 0);
        m_clock.advance(1ms);
        QCOMPARE(slow->times, 1);
        QVERIFY(!slow->outcome.ok);
        QVERIFY(slow->error().contains(u"15 s"_s));
        QVERIFY(slow->error().contains(u"may have taken effect"_s));
        m_gate.open(); // too late
        QCOMPARE(slow->times, 1);
        QVERIFY(!slow->outcome.ok);
    }

    void destroyingTheToolboxForgetsItsCalls()
    {
        bool destroyed = false;
        auto tool = std::make_unique<TestTool>(
            ToolSpec{u"last"_s, {}, anyObject},
            [this](const QJsonObject &arguments) { return waitAt(m_gate, arguments); });
        tool->destroyed = &destroyed;
        QVERIFY(m_toolbox->add(std::move(tool)).has_value());
        const auto ended = call(u"last"_s);
        m_toolbox.reset();
        QVERIFY(!destroyed); // it is still running
        QCOMPARE(m_clock.pending(), 0);
        m_gate.open();
        QVERIFY(destroyed);
        QCOMPARE(ended->times, 0);
    }

    void aCancelledCallSaysSoAndTellsItsTool()
    {
        bool stopped = false;
        QVERIFY(m_toolbox->add(std::make_unique<StoppableTool>(m_gate, &stopped)).has_value());
        const auto ended = call(u"stoppable"_s);
        m_toolbox->cancel(u"s1"_s, u"another"_s);
        m_toolbox->cancel(u"s2"_s, u"c1"_s); // another session's call of the same name
        QCOMPARE(ended->times, 0);
        m_toolbox->cancel(u"s1"_s, u"c1"_s);
        QCOMPARE(ended->times, 1);
        QVERIFY2(ended->error().contains(u"cancelled"_s), qPrintable(ended->error()));
        QVERIFY(stopped);
        m_gate.open();
        m_toolbox->cancel(u"s1"_s, u"c1"_s);
        QCOMPARE(ended->times, 1);
        QCOMPARE(m_clock.pending(), 0);
    }

    void cancellingSparesAnotherSessionsCallOfTheSameId()
    {
        const auto one = call(u"slow"_s, u"{}"_s, u"s1"_s);
        const auto two = call(u"slow"_s, u"{}"_s, u"s2"_s);
        m_toolbox->cancel(u"s2"_s, u"c1"_s);
        QCOMPARE(one->times, 0);
        QCOMPARE(two->times, 1);
    }

    void aTimeOutAndTheEndOfTheToolboxStopTheTool()
    {
        bool stopped = false;
        QVERIFY(m_toolbox->add(std::make_unique<StoppableTool>(m_gate, &stopped)).has_value());
        const auto ended = call(u"stoppable"_s);
        m_clock.advance(2999ms);
        QVERIFY(!stopped);
        m_clock.advance(1ms); // its own limit
        QVERIFY(stopped);
        QVERIFY2(ended->error().contains(u"3 s"_s), qPrintable(ended->error()));

        stopped = false;
        call(u"stoppable"_s);
        m_toolbox.reset();
        QVERIFY(stopped);
    }

    void callsBeyondTheLimitWaitInOrder()
    {
        ToolLimits limits;
        limits.simultaneous = 1;
        limits.waiting = 2;
        m_toolbox = std::make_unique<Toolbox>(m_clock, limits);
        add(u"slow"_s, [this](const QJsonObject &arguments) { return waitAt(m_gate, arguments); });
        const auto first = call(u"slow"_s);
        const auto second = call(u"slow"_s);
        const auto third = call(u"slow"_s);
        const auto refused = call(u"slow"_s);
        QCOMPARE(m_toolbox->running(), 1);
        QCOMPARE(m_toolbox->waiting(), 2);
        QVERIFY2(refused->error().contains(u"Too many"_s), qPrintable(refused->error()));
        m_gate.open();
        QCOMPARE(first->times, 1);
        QCOMPARE(second->times, 0);
        m_gate.open();
        QCOMPARE(second->times, 1);
        QCOMPARE(third->times, 0);
        QVERIFY(m_toolbox->remove(u"slow"_s)); // what was accepted is carried out
        m_gate.open();
        QVERIFY(third->outcome.ok);
        QCOMPARE(m_toolbox->running() + m_toolbox->waiting(), 0);
    }

    void anOutcomeMayDestroyTheToolbox()
    {
        m_toolbox->call({u"c"_s, u"slow"_s, u"{}"_s}, {}, [this](const ToolOutcome &) { m_toolbox.reset(); });
        m_gate.open();
        QVERIFY(!m_toolbox);
    }

    void aTimeOutMayDestroyTheToolbox()
    {
        m_toolbox->call({u"c"_s, u"slow"_s, u"{}"_s}, {}, [this](const ToolOutcome &) { m_toolbox.reset(); });
        m_clock.advance(15s);
        QVERIFY(!m_toolbox);
    }
};

QTEST_APPLESS_MAIN(TestToolboxCalls)
#include "tst_toolbox_calls.moc"
