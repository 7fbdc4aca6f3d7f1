// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "tools/toolbox.h"

#include <QJsonArray>
#include <QTest>

#include <array>
#include <coroutine>
#include <functional>
#include <stdexcept>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Lets the test decide when a coroutine goes on.
struct Gate
{
    std::vector<std::coroutine_handle<>> waiting;

    void open()
    {
        for (const auto handle : std::exchange(waiting, {}))
            handle.resume();
    }
};

struct AtGate
{
    Gate &gate;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) const { gate.waiting.push_back(handle); }
    void await_resume() const {}
};

class TestTool final : public Tool
{
public:
    using Body = std::function<QCoro::Task<Expected<QJsonValue>>(QJsonObject)>;

    TestTool(ToolSpec spec, Body body)
        : m_spec(std::move(spec))
        , m_body(std::move(body))
    {
    }
    ~TestTool() override
    {
        if (destroyed)
            *destroyed = true;
    }
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext) override
    {
        return m_body(std::move(arguments));
    }

    bool *destroyed = nullptr;

private:
    const ToolSpec m_spec;
    const Body m_body;
};

QCoro::Task<Expected<QJsonValue>> echo(QJsonObject arguments)
{
    co_return QJsonValue(arguments);
}

QCoro::Task<Expected<QJsonValue>> throwLater(QJsonObject)
{
    throw std::runtime_error("out of cheese");
    co_return QJsonValue();
}

QCoro::Task<Expected<QJsonValue>> throwAtOnce(QJsonObject)
{
    throw 42; // not a coroutine: nothing catches it on the way
}

QCoro::Task<Expected<QJsonValue>> waitAt(Gate &gate, QJsonObject arguments)
{
    co_await AtGate{gate};
    co_return QJsonValue(arguments);
}

QCoro::Task<Expected<QJsonValue>> refuse(QJsonObject)
{
    co_return Error{u"nope"_s, u"The shop is closed."_s, {}, false};
}

QCoro::Task<Expected<QJsonValue>> talkForever(QJsonObject)
{
    co_return QJsonValue(QString(100'000, u'x'));
}

const QJsonObject anyObject{{"type"_L1, "object"_L1}};

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

/// Protects the promise that a tool call always ends in exactly one outcome that a model can read.
class TestToolbox : public QObject
{
    Q_OBJECT

private:
    fakes::ManualClock m_clock;
    std::unique_ptr<Toolbox> m_toolbox;
    Gate m_gate;

    struct Ended
    {
        ToolOutcome outcome;
        int times = 0;
        [[nodiscard]] QString error() const { return outcome.result["error"_L1].toString(); }
    };

    void add(const QString &name, const TestTool::Body &body, const QJsonObject &schema = anyObject)
    {
        QVERIFY(m_toolbox->add(std::make_unique<TestTool>(ToolSpec{name, {}, schema}, body)).has_value());
    }

    std::shared_ptr<Ended> call(const QString &name, const QString &arguments = u"{}"_s,
                                const QString &session = u"s1"_s)
    {
        auto ended = std::make_shared<Ended>();
        ToolContext who;
        who.sessionId = session;
        m_toolbox->call({u"c1"_s, name, arguments}, who, [ended](const ToolOutcome &outcome) {
            ended->outcome = outcome;
            ++ended->times;
        });
        return ended;
    }

private Q_SLOTS:
    void init()
    {
        m_toolbox = std::make_unique<Toolbox>(m_clock);
        add(u"echo"_s, echo,
            {{"type"_L1, "object"_L1},
             {"properties"_L1,
              QJsonObject{
                  {"n"_L1, QJsonObject{{"type"_L1, "number"_L1}, {"minimum"_L1, 1}}},
                  {"to"_L1, QJsonObject{{"type"_L1, "object"_L1},
                                        {"properties"_L1,
                                         QJsonObject{{"city"_L1, QJsonObject{{"type"_L1, "string"_L1}}}}}}}}},
             {"required"_L1, QJsonArray{"n"_L1}},
             {"additionalProperties"_L1, false}});
        add(u"slow"_s, [this](const QJsonObject &arguments) { return waitAt(m_gate, arguments); });
        add(u"refuse"_s, refuse);
    }

    void cleanup()
    {
        m_toolbox.reset();
        m_gate.open();
    }

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
