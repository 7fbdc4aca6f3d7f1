// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "tools/toolbox.h"

#include <QJsonArray>
#include <QTest>

#include <coroutine>
#include <functional>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

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

inline QCoro::Task<Expected<QJsonValue>> echo(QJsonObject arguments)
{
    co_return QJsonValue(arguments);
}

inline QCoro::Task<Expected<QJsonValue>> waitAt(Gate &gate, QJsonObject arguments)
{
    co_await AtGate{gate};
    co_return QJsonValue(arguments);
}

inline QCoro::Task<Expected<QJsonValue>> refuse(QJsonObject)
{
    co_return Error{u"nope"_s, u"The shop is closed."_s, {}, false};
}

inline const QJsonObject anyObject{{"type"_L1, "object"_L1}};

/// A toolbox with a tool that answers at once, one that waits at the gate, and one that refuses.
class ToolboxFixture : public QObject
{
protected:
    void begin()
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

    void end()
    {
        m_toolbox.reset();
        m_gate.open();
    }

    ManualClock m_clock;
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
};

} // namespace loquat::fakes
