// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_state.h"
#include "scripted_link.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects the word that stands for what a session does, its colour, and who is called to help.
class TestSessionState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void states_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("phase");
        QTest::addColumn<QString>("detail");
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("needsYou");
        const auto row = [](const char *name, Mode mode, Phase phase, const char *detail, const char *word,
                            const char *kind, bool needsYou) {
            QTest::newRow(name) << int(mode) << int(phase) << QString::fromUtf8(detail)
                                << QString::fromUtf8(word) << QString::fromUtf8(kind) << needsYou;
        };
        row("idle", Mode::Ai, Phase::Idle, "", "idle", "dim", false);
        row("thinking", Mode::Ai, Phase::Thinking, "", "thinking", "info", false);
        row("streaming", Mode::Ai, Phase::Streaming, "", "streaming", "ok", false);
        row("tool", Mode::Ai, Phase::RunningTool, "get_weather", "running get_weather", "info", false);
        row("approval", Mode::Ai, Phase::WaitingForApproval, "refund", "tool needs approval", "warn", true);
        row("failed", Mode::Ai, Phase::Failed, "provider 429", "failed: provider 429", "bad", false);
        row("paused", Mode::Paused, Phase::Idle, "", "paused", "warn", false);
        row("human", Mode::Human, Phase::Idle, "", "a person replies", "human", true);
        row("human while a reply ends", Mode::Human, Phase::Streaming, "", "streaming", "ok", false);
    }

    void states()
    {
        QFETCH(int, mode);
        QFETCH(int, phase);
        QFETCH(QString, detail);
        auto session = aSession(u"a"_s);
        session.phase = Phase(phase);
        session.phaseDetail = detail;
        session.mode = Mode(mode);
        const SessionState state = stateOf(session);
        QTEST(state.word, "word");
        QTEST(state.kind, "kind");
        QTEST(state.needsYou, "needsYou");
    }

    void whoeverRepliesSeesThatNobodyIsThere()
    {
        auto session = aSession(u"a"_s);
        session.connected = false;
        session.mode = Mode::Human;
        QCOMPARE(stateOf(session, true).word, u"you are replying, user disconnected"_s);
        session.mode = Mode::Paused;
        QCOMPARE(stateOf(session).word, u"paused, user disconnected"_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionState)
#include "tst_session_state.moc"
