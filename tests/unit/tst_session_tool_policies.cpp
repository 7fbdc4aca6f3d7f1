// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

#include <algorithm>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects what a conversation may do: which tools it has, which of them a person must allow, and that a
/// rule holds by whatever name the model calls one.
class TestSessionToolPolicies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aProfileSaysWhichToolsAConversationHas()
    {
        struct Case
        {
            QHash<QString, QString> stated;
            ToolPolicy own;
            QString expected;
        };
        for (const Case &each : QList<Case>{
                 {{}, ToolPolicy::Allow, u"runs"_s},
                 {{}, ToolPolicy::Deny, u"denied"_s},
                 {{{u"refund"_s, u"deny"_s}}, ToolPolicy::Allow, u"denied"_s},
                 {{{u"refund"_s, u"ask"_s}}, ToolPolicy::Allow, u"waits"_s},
                 {{{u"refund"_s, u"allow"_s}}, ToolPolicy::Ask, u"runs"_s},
                 {{{u"refund"_s, u"allow"_s}}, ToolPolicy::Deny, u"runs"_s},
                 {{{u"refund"_s, u"allow"_s}, {u"*"_s, u"deny"_s}}, ToolPolicy::Allow, u"runs"_s},
                 {{{u"*"_s, u"deny"_s}}, ToolPolicy::Allow, u"denied"_s},
                 {{{u"*"_s, u"allow"_s}}, ToolPolicy::Ask, u"waits"_s}, // not named: its own rule stands
             }) {
            SessionStage stage;
            stage.settings.profile.toolPolicies = each.stated;
            stage.restart();
            stage.tools.add(u"refund"_s);
            stage.tools.policies[u"refund"_s] = each.own;
            Session &session = stage.connectClient();
            session.userMessage(u"money back"_s);
            stage.settle();
            QCOMPARE(stage.model.lastCall().request.tools.size(), each.expected == "denied"_L1 ? 0 : 1);
            stage.reply().callTools({{u"1"_s, u"refund"_s, u"{}"_s}});
            QCOMPARE(stage.tools.count(), each.expected == "runs"_L1 ? 1 : 0);
            QCOMPARE(session.snapshot().phase == Phase::WaitingForApproval, each.expected == "waits"_L1);
            if (each.expected == "runs"_L1)
                QVERIFY(stage.tools.at(0).context.allowed);
            if (each.expected == "denied"_L1) {
                QVERIFY(!stage.client.last<outbound::ToolEnded>().ok);
                QCOMPARE(stage.model.count(), 2); // the model reads why
            }
        }
    }

    void aRuleHoldsWhicheverServerHasTheBareName()
    {
        struct Case
        {
            QHash<QString, QString> stated;
            ToolPolicy own;
            ToolPolicy expected;
        };
        for (const Case &each : QList<Case>{
                 {{{u"refund"_s, u"deny"_s}}, ToolPolicy::Allow, ToolPolicy::Deny},
                 {{{u"refund"_s, u"deny"_s}, {u"prod__refund"_s, u"ask"_s}},
                  ToolPolicy::Allow,
                  ToolPolicy::Ask},
                 {{{u"refund"_s, u"allow"_s}}, ToolPolicy::Ask, ToolPolicy::Ask}, // meant for the other
             }) {
            SessionStage stage;
            stage.settings.profile.toolPolicies = each.stated;
            stage.restart();
            stage.tools.add(u"prod__refund"_s);
            stage.tools.names[u"prod__refund"_s] = {u"prod__refund"_s, u"refund"_s};
            stage.tools.policies[u"prod__refund"_s] = each.own;
            Session &session = stage.connectClient();
            session.userMessage(u"money back"_s);
            stage.settle();
            stage.reply().callTools({{u"1"_s, u"prod__refund"_s, u"{}"_s}});
            QCOMPARE(stage.tools.count(), 0);
            QCOMPARE(session.snapshot().phase == Phase::WaitingForApproval, each.expected == ToolPolicy::Ask);
        }
    }

    void aToolNobodyHasIsNotAskedFor()
    {
        SessionStage stage;
        stage.settings.profile.toolPolicies = {{u"*"_s, u"ask"_s}};
        stage.restart();
        Session &session = stage.connectClient();
        session.userMessage(u"money back"_s);
        stage.reply().callTools({{u"1"_s, u"no_such_tool"_s, u"{}"_s}});
        QCOMPARE(stage.tools.count(), 1); // the runner says so better
    }

    void aToolThatNeedsApprovalWaitsForIt()
    {
        for (const QString &decision : {u"approved"_s, u"denied"_s, u"expired"_s}) {
            SessionStage stage;
            Session &session = stage.connectClientAndAskForRefund();
            QCOMPARE(stage.tools.count(), 0); // not called yet
            QCOMPARE(stage.client.last<outbound::ToolWaits>().tool, u"refund"_s);
            QVERIFY(session.snapshot().phase == Phase::WaitingForApproval);
            if (decision == "expired"_L1)
                stage.clock.advance(stage.settings.approvalLimit);
            else
                QVERIFY(session.command({decision == "approved"_L1 ? CommandKind::Approve : CommandKind::Deny,
                                         {},
                                         u"1"_s,
                                         u"ana"_s}));
            const auto events = stage.log.events(u"s1"_s);
            const auto verdict = std::ranges::find_if(
                events, [&](const Event &event) { return event.meta["decision"_L1].toString() == decision; });
            QVERIFY(verdict != events.end());
            QCOMPARE(verdict->meta["by"_L1].toString(), decision == "expired"_L1 ? QString() : u"ana"_s);
            if (decision == "approved"_L1) {
                QCOMPARE(stage.tools.running(), 1);
                stage.tools.finish(u"1"_s, u"done"_s);
            }
            QCOMPARE(stage.client.last<outbound::ToolEnded>().ok, decision == "approved"_L1);
            stage.settle();
            QCOMPARE(stage.model.count(), 2); // the model goes on with the outcome
            QCOMPARE(session.command({CommandKind::Approve, {}, u"1"_s, u"ana"_s}).error().code,
                     u"nothing_to_approve"_s);
        }
    }

    void whoDecidesReadsInTheListWhatItIsAbout()
    {
        SessionStage stage;
        for (const QString &tool : {u"refund"_s, u"cancel"_s}) {
            stage.tools.add(tool);
            stage.tools.policies[tool] = ToolPolicy::Ask;
        }
        Session &session = stage.connectClient();
        session.userMessage(u"money back"_s);
        stage.reply().callTools(
            {{u"1"_s, u"refund"_s, uR"({"order": "ORD-1", "amount": 5})"_s}, {u"2"_s, u"cancel"_s, u"{}"_s}});
        QCOMPARE(stage.observer.snapshot.preview, uR"(refund(amount=5, order="ORD-1"))"_s);
        QVERIFY(session.command({CommandKind::Deny, {}, u"1"_s, {}}));
        QCOMPARE(stage.observer.snapshot.preview, u"cancel()"_s);
        QVERIFY(session.command({CommandKind::Deny, {}, u"2"_s, {}}));
        stage.reply().push(u"Sorry."_s);
        stage.reply().finish();
        QCOMPARE(stage.observer.snapshot.preview, u"Sorry."_s);
    }

    void anApprovalIsNotCutOffByTheTurnsLimit()
    {
        SessionStage stage;
        stage.settings.approvalLimit = 3 * stage.settings.turnLimit;
        stage.restart();
        Session &session = stage.connectClientAndAskForRefund();
        stage.clock.advance(2 * stage.settings.turnLimit);
        QVERIFY(session.snapshot().phase == Phase::WaitingForApproval);
        QVERIFY(session.command({CommandKind::Approve, {}, u"1"_s, u"ana"_s}));
        stage.clock.advance(stage.settings.turnLimit); // from then on the clock runs again
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionToolPolicies)
#include "tst_session_tool_policies.moc"
