// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/waiting_calls_model.h"

#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

SessionSnapshot waiting(const QString &id, const QString &tool, const QString &preview = {})
{
    auto session = aSession(id);
    session.phase = Phase::WaitingForApproval;
    session.phaseDetail = tool;
    session.preview = preview;
    return session;
}

} // namespace

/// Protects that every call that waits for a person is seen, with what it is for, and that the answer goes to
/// that call and no other.
class TestWaitingCallsModel : public QObject
{
    Q_OBJECT

private:
    ManualClock m_clock;
    std::unique_ptr<ScriptedLink> m_link;
    std::unique_ptr<ConsoleModel> m_console;

    [[nodiscard]] WaitingCallsModel &model() const { return *m_console->waitingCalls(); }
    [[nodiscard]] QVariant at(int row, int role) const { return model().index(row).data(role); }
    void ask(const QString &session, const QString &callId, qint64 seq, const QJsonObject &args = {}) const
    {
        m_link->happen(anEvent(session, seq, EventType::ToolCall, u"refund"_s,
                               {{"call_id"_L1, callId}, {"args"_L1, args}}));
        decide(session, callId, seq + 1, u"asked"_s);
        m_link->show(waiting(session, u"refund"_s));
    }
    void decide(const QString &session, const QString &callId, qint64 seq, const QString &decision) const
    {
        m_link->happen(anEvent(session, seq, EventType::ToolApproval, u"refund"_s,
                               {{"call_id"_L1, callId}, {"decision"_L1, decision}}));
    }

private Q_SLOTS:
    void init()
    {
        m_link = std::make_unique<ScriptedLink>();
        m_console = std::make_unique<ConsoleModel>(*m_link, m_clock);
    }

    void everyCallOfEverySessionIsThereTheOldestFirst()
    {
        const QAbstractItemModelTester tester(&model());
        ask(u"b"_s, u"2"_s, 20, {{"amount"_L1, 59.9}});
        ask(u"b"_s, u"3"_s, 30);
        ask(u"a"_s, u"1"_s, 10);
        QCOMPARE(model().count(), 3);
        QCOMPARE(at(0, WaitingCallsModel::CallIdRole), u"1"_s);
        QCOMPARE(at(1, WaitingCallsModel::UserRole), u"user of b"_s);
        QCOMPARE(at(1, WaitingCallsModel::ToolRole), u"refund"_s);
        QCOMPARE(at(1, WaitingCallsModel::ArgsRole), uR"({"amount":59.9})"_s);
        QCOMPARE(at(2, WaitingCallsModel::CallIdRole), u"3"_s);
    }

    void anAnswerGoesToThatCall()
    {
        ask(u"a"_s, u"1"_s, 10);
        ask(u"a"_s, u"2"_s, 20);
        m_link->holdCommands = true;
        model().deny(u"a"_s, u"2"_s);
        QCOMPARE(m_link->sent.size(), 1);
        QCOMPARE(m_link->sent[0].sessionId, u"a"_s);
        QCOMPARE(m_link->sent[0].command.kind, CommandKind::Deny);
        QCOMPARE(m_link->sent[0].command.callId, u"2"_s);
        QCOMPARE(at(1, WaitingCallsModel::CanDecideRole), false);
        QCOMPARE(at(0, WaitingCallsModel::CanDecideRole), true);
        model().approve(u"a"_s, u"2"_s); // a second click
        model().approve(u"a"_s, u"none"_s);
        QCOMPARE(m_link->sent.size(), 1);
        m_link->answerCommand();
        decide(u"a"_s, u"2"_s, 30, u"denied"_s);
        QCOMPARE(model().count(), 1);
        QCOMPARE(at(0, WaitingCallsModel::CallIdRole), u"1"_s);
    }

    void aRefusedAnswerSaysWhyAndCanBeGivenAgain()
    {
        ask(u"a"_s, u"1"_s, 10);
        m_link->refusal = Error{u"nothing_to_decide"_s, u"No call waits."_s, u"Look again."_s, false};
        model().approve(u"a"_s, u"1"_s);
        QVERIFY(at(0, WaitingCallsModel::TroubleRole).toString().contains("No call waits."_L1));
        QCOMPARE(at(0, WaitingCallsModel::CanDecideRole), true);
        m_link->refusal.reset();
        model().approve(u"a"_s, u"1"_s);
        QVERIFY(at(0, WaitingCallsModel::TroubleRole).toString().isEmpty());
    }

    void thoseThatWereAskedBeforeTheConsoleLookedAreLoaded()
    {
        const QAbstractItemModelTester tester(&model());
        m_link->holdLoads = true;
        for (const auto &[callId, seq] : {std::pair{u"1"_s, 10}, {u"2"_s, 20}, {u"3"_s, 30}})
            m_link->stored[u"a"_s] +=
                {anEvent(u"a"_s, seq, EventType::ToolCall, u"refund"_s,
                         {{"call_id"_L1, callId}, {"args"_L1, QJsonObject{{"n"_L1, seq}}}}),
                 anEvent(u"a"_s, seq + 1, EventType::ToolApproval, u"refund"_s,
                         {{"call_id"_L1, callId}, {"decision"_L1, "asked"_L1}})};
        m_link->stored[u"a"_s].append(anEvent(u"a"_s, 32, EventType::ToolApproval, u"refund"_s,
                                              {{"call_id"_L1, "1"_L1}, {"decision"_L1, "denied"_L1}}));
        m_link->show(waiting(u"a"_s, u"refund"_s, u"refund(n=2"_s));
        // Until they are there nobody knows which call it is that waits.
        QCOMPARE(model().count(), 1);
        QCOMPARE(at(0, WaitingCallsModel::ArgsRole), u"refund(n=2"_s);
        QCOMPARE(at(0, WaitingCallsModel::CanDecideRole), false);
        model().approve(u"a"_s, {});
        QVERIFY(m_link->sent.isEmpty());
        decide(u"a"_s, u"3"_s, 40, u"approved"_s); // meanwhile
        m_link->release();
        QCOMPARE(model().count(), 1);
        QCOMPARE(at(0, WaitingCallsModel::CallIdRole), u"2"_s);
        QCOMPARE(at(0, WaitingCallsModel::ArgsRole), uR"({"n":20})"_s);
        model().approve(u"a"_s, u"2"_s);
        QCOMPARE(m_link->sent.size(), 1);
    }

    void whatCouldNotBeLoadedIsTriedAgain()
    {
        m_link->loadError = Error{u"history_failed"_s, u"No."_s, {}, true};
        m_link->show(waiting(u"a"_s, u"refund"_s));
        QCOMPARE(model().count(), 1);
        m_link->loadError.reset();
        m_link->stored[u"a"_s].append(anEvent(u"a"_s, 5, EventType::ToolApproval, u"refund"_s,
                                              {{"call_id"_L1, "1"_L1}, {"decision"_L1, "asked"_L1}}));
        m_clock.advance(6s); // what waits says nothing by itself
        QCOMPARE(model().count(), 1);
        QCOMPARE(at(0, WaitingCallsModel::CallIdRole), u"1"_s);
        const int loads = m_link->loads;
        m_link->show(waiting(u"a"_s, u"refund"_s));
        QCOMPARE(m_link->loads, loads); // all is known
    }

    void manyAreLoadedAFewAtATimeAndTheOpenConversationFirst()
    {
        m_link->holdLoads = true;
        for (int i = 0; i < 40; ++i) {
            const QString id = u"s%1"_s.arg(i);
            m_link->stored[id].append(anEvent(id, 5, EventType::ToolApproval, u"refund"_s,
                                              {{"call_id"_L1, "1"_L1}, {"decision"_L1, "asked"_L1}}));
            m_link->show(waiting(id, u"refund"_s));
        }
        const int few = m_link->loads;
        QVERIFY(few < 8);
        m_console->select(u"s1"_s);
        Q_EMIT m_link->gapped(); // as right after connecting
        QVERIFY(m_link->loads < 3 * 8);
        while (m_link->heldLoads() > 0)
            m_link->release();
        QCOMPARE(model().count(), 40);
        for (int row = 0; row < 40; ++row)
            QCOMPARE(at(row, WaitingCallsModel::CanDecideRole), true);
    }

    void oneThatIsDecidedWhileItLoadsIsGone()
    {
        m_link->holdLoads = true;
        m_link->stored[u"a"_s].append(anEvent(u"a"_s, 5, EventType::ToolApproval, u"refund"_s,
                                              {{"call_id"_L1, "1"_L1}, {"decision"_L1, "asked"_L1}}));
        m_link->show(waiting(u"a"_s, u"refund"_s));
        m_link->show(aSession(u"a"_s));
        QCOMPARE(model().count(), 0);
        m_link->release();
        QCOMPARE(model().count(), 0);
    }

    void aSessionThatWaitsNoMoreHasNone()
    {
        for (const auto &change : std::initializer_list<void (*)(SessionSnapshot &)>{
                 [](SessionSnapshot &session) { session.phase = Phase::Streaming; },
                 [](SessionSnapshot &session) { session.status = SessionStatus::Completed; },
                 [](SessionSnapshot &session) { session.left = true; },
                 [](SessionSnapshot &session) { session.moved = true; }}) {
            init();
            ask(u"a"_s, u"1"_s, 10);
            QCOMPARE(model().count(), 1);
            auto session = waiting(u"a"_s, u"refund"_s);
            change(session);
            m_link->show(session);
            QCOMPARE(model().count(), 0);
        }
    }

    void lostBatchesLeaveWhatTheSnapshotsSay()
    {
        ask(u"a"_s, u"1"_s, 10);
        ask(u"b"_s, u"2"_s, 20);
        auto answered = waiting(u"b"_s, u"refund"_s);
        answered.phase = Phase::Idle;
        m_link->show(answered);
        Q_EMIT m_link->gapped();
        QCOMPARE(model().count(), 1);
        QCOMPARE(at(0, WaitingCallsModel::SessionIdRole), u"a"_s);
    }

    void nothingIsPromisedWhileTheBackendIsAway()
    {
        ask(u"a"_s, u"1"_s, 10);
        m_link->health.trouble = u"Not connected"_s;
        Q_EMIT m_link->statusChanged();
        QCOMPARE(at(0, WaitingCallsModel::CanDecideRole), false);
        model().approve(u"a"_s, u"1"_s);
        QVERIFY(m_link->sent.isEmpty());
    }

    void argumentsAreShownWholeUpToABound()
    {
        ask(u"a"_s, u"1"_s, 10, {{"text"_L1, QString(5'000, u'x')}});
        const QString args = at(0, WaitingCallsModel::ArgsRole).toString();
        QVERIFY(args.size() > 1'500 && args.size() < 2'100);
        QVERIFY(args.endsWith(u'…'));
    }
};

QTEST_GUILESS_MAIN(TestWaitingCallsModel)
#include "tst_waiting_calls_model.moc"
