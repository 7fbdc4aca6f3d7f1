// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tools_model.h"

#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

Event of(EventType type, const QString &callId, const QString &content, QJsonObject meta = {})
{
    static qint64 seq = 0;
    meta["call_id"_L1] = callId;
    return anEvent(u"s"_s, ++seq, type, content, meta);
}

Event call(const QString &id, const QString &tool)
{
    return of(EventType::ToolCall, id, tool);
}

Event result(const QString &id, bool ok, int ms, QJsonObject meta = {})
{
    meta["ok"_L1] = ok;
    meta["ms"_L1] = ms;
    return of(EventType::ToolResult, id, u"{}"_s, meta);
}

QVariant at(const ToolsModel &tools, const QString &name, int role)
{
    for (int row = 0; row < tools.rowCount(); ++row)
        if (tools.index(row).data(ToolsModel::NameRole) == name)
            return tools.index(row).data(role);
    return {};
}

} // namespace

/// Protects what an operator reads of how the tools are doing.
class TestToolsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aToolIsARowWithItsCallsAndTheirMeanTime()
    {
        ToolsModel tools;
        const QAbstractItemModelTester tester(&tools);
        QVERIFY(tools.summary().isEmpty());
        tools.apply({{}, {call(u"1"_s, u"weather"_s), call(u"2"_s, u"balance"_s)}}, 0);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::StateWordRole), u"1 call is open"_s);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::MeanTimeRole), u"–"_s);
        tools.apply({{}, {result(u"1"_s, true, 100), call(u"3"_s, u"weather"_s), result(u"3"_s, true, 300)}},
                    0);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::StateWordRole), u"ok"_s);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::CallsRole), u"2"_s);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::MeanTimeRole), u"200 ms"_s);
        QCOMPARE(tools.summary(), u"2 tools · 3 calls"_s);
        QCOMPARE(tools.index(0).data(ToolsModel::NameRole), u"balance"_s); // by name: rows do not jump about
    }

    void whatFailedAndWhatWasDeniedAreTwoThings()
    {
        ToolsModel tools;
        tools.apply({{},
                     {call(u"1"_s, u"refund"_s), result(u"1"_s, false, 30'000), call(u"2"_s, u"email"_s),
                      of(EventType::ToolApproval, u"2"_s, {}, {{"decision"_L1, u"denied"_s}}),
                      result(u"2"_s, false, 0)}},
                    0);
        QCOMPARE(at(tools, u"refund"_s, ToolsModel::FailedRole), u"1"_s);
        QCOMPARE(at(tools, u"refund"_s, ToolsModel::StateWordRole), u"last call failed"_s);
        QCOMPARE(at(tools, u"email"_s, ToolsModel::FailedRole), u"0"_s);
        QCOMPARE(at(tools, u"email"_s, ToolsModel::DeniedRole), u"1"_s);
        QCOMPARE(at(tools, u"email"_s, ToolsModel::StateWordRole), u"last call denied"_s);
        QCOMPARE(at(tools, u"email"_s, ToolsModel::MeanTimeRole), u"–"_s);
        QCOMPARE(tools.summary(), u"2 tools · 2 calls · 1 failed"_s);
    }

    void aToolThatThereIsNotIsCalledThat()
    {
        ToolsModel tools;
        tools.apply({{}, {call(u"1"_s, u"made_up"_s), result(u"1"_s, false, 0, {{"unknown"_L1, true}})}}, 0);
        QCOMPARE(at(tools, u"made_up"_s, ToolsModel::StateWordRole), u"no such tool"_s);
    }

    void aCallWhoseSessionEndedRunsNoMore()
    {
        ToolsModel tools;
        tools.apply({{}, {call(u"1"_s, u"weather"_s)}}, 0);
        auto session = aSession(u"s"_s);
        session.status = SessionStatus::Completed;
        tools.apply({{session}, {}}, 0);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::StateWordRole), u"called"_s);
        tools.apply({{}, {result(u"1"_s, true, 5)}}, 0); // late; nobody counts below nothing
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::StateWordRole), u"called"_s);
    }

    void namesWithoutEndEndSomewhere()
    {
        ToolsModel tools;
        for (int i = 0; i < ToolsModel::longest + 20; ++i)
            tools.apply({{}, {call(QString::number(i), u"tool_%1"_s.arg(i))}}, 0);
        QCOMPARE(tools.count(), ToolsModel::longest);
    }

    void theLastCallIsLongerAgoEverySecond()
    {
        ToolsModel tools;
        const Event made = call(u"1"_s, u"weather"_s);
        tools.apply({{}, {made}}, made.atMs);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::LastRole), u"now"_s);
        tools.tick(made.atMs + 42'000);
        QCOMPARE(at(tools, u"weather"_s, ToolsModel::LastRole), u"42 s ago"_s);
    }
};

QTEST_GUILESS_MAIN(TestToolsModel)
#include "tst_tools_model.moc"
