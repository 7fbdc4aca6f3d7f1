// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

const QString id = u"s"_s;

struct Fixture
{
    ScriptedLink link;
    ManualClock clock;
    ConsoleModel console{link, clock};

    Fixture() { link.stored[id] = {anEvent(id, 1, EventType::UserMessage, u"hi"_s, {{"turn"_L1, 1}})}; }
    SessionSnapshot session() const
    {
        auto one = aSession(id);
        one.lastSeq = 1;
        return one;
    }
    void open()
    {
        link.show(session());
        console.select(id);
    }
    CommandKind last() const { return link.sent.last().command.kind; }
    QString textAt(int row)
    {
        return console.transcript()->index(row).data(TranscriptModel::TextRole).toString();
    }
};

} // namespace

/// Protects what the console does with its link: what it loads, skips and reloads, and what it commands when.
class TestConsole : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void selectingLoadsAndLiveEventsFollow()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.console.loadState(), ConsoleModel::LoadState::Ready);
        QCOMPARE(f.console.transcript()->count(), 1);
        f.link.say({id, 1, u"Hel"_s, 1, 5});
        f.link.happen(anEvent(id, 2, EventType::AiMessage, u"Hello"_s));
        f.link.happen(anEvent(u"other"_s, 1, EventType::UserMessage, u"elsewhere"_s));
        QCOMPARE(f.console.transcript()->count(), 2);
        QCOMPARE(f.textAt(1), u"Hello"_s);
    }

    void whatHappensWhileLoadingIsNeitherLostNorDoubled()
    {
        Fixture f;
        f.link.holdLoads = true;
        f.open();
        QCOMPARE(f.console.loadState(), ConsoleModel::LoadState::Loading);
        f.link.happen(anEvent(id, 2, EventType::AiMessage, u"one"_s)); // stored too when the load is answered
        Q_EMIT f.link.batch({{}, {anEvent(id, 3, EventType::UserMessage, u"two"_s)}}); // not stored yet
        f.link.say({id, 2, u"thr"_s, 1, 5});
        f.link.release();
        f.link.say({id, 2, u"ee"_s, 1, 6});
        QCOMPARE(f.console.transcript()->count(), 4);
        QCOMPARE(f.textAt(1), u"one"_s);
        QCOMPARE(f.textAt(2), u"two"_s);
        QCOMPARE(f.textAt(3), u"three"_s);
    }

    void anAnswerForTheSessionBeforeIsDropped()
    {
        Fixture f;
        f.link.holdLoads = true;
        f.open();
        f.link.show(aSession(u"empty"_s));
        f.console.select(u"empty"_s);
        f.link.release();
        QCOMPARE(f.console.transcript()->count(), 0);
        QCOMPARE(f.console.loadState(), ConsoleModel::LoadState::Ready);
    }

    void gapsReload()
    {
        Fixture f;
        f.open();
        f.link.stored[id].append(anEvent(id, 2, EventType::AiMessage, u"missed"_s));
        Q_EMIT f.link.gapped();
        QCOMPARE(f.link.loads, 2);
        QCOMPARE(f.console.transcript()->count(), 2);
    }

    void aFailedLoadSaysSoAndCanBeRetried()
    {
        Fixture f;
        f.link.loadError = Error{u"x"_s, u"The journal is busy."_s, u"Try again."_s, true};
        f.open();
        QCOMPARE(f.console.loadState(), ConsoleModel::LoadState::Failed);
        QCOMPARE(f.console.loadError(), u"The journal is busy. Try again."_s);
        f.link.loadError.reset();
        f.console.reload();
        QCOMPARE(f.console.loadState(), ConsoleModel::LoadState::Ready);
    }

    void buttonsFollowTheSession()
    {
        Fixture f;
        auto &actions = *f.console.actions();
        QVERIFY(!actions.canTakeOver() && !actions.canStop() && !actions.canPause() && !actions.canEnd());
        f.open();
        QVERIFY(!actions.canStop());
        actions.stop();
        QVERIFY(f.link.sent.isEmpty());
        auto session = f.session();
        session.phase = Phase::Streaming;
        f.link.show(session);
        QVERIFY(actions.canStop());
        actions.stop();
        QCOMPARE(f.last(), CommandKind::Cancel);
        actions.togglePause();
        QCOMPARE(f.last(), CommandKind::Pause);
        actions.toggleTakeOver();
        QCOMPARE(f.last(), CommandKind::TakeOver);
        session.mode = Mode::Human;
        f.link.show(session);
        QCOMPARE(actions.takeOverLabel(), u"Release"_s);
        QVERIFY(!actions.canPause());
        actions.toggleTakeOver();
        QCOMPARE(f.last(), CommandKind::Release);
        session.mode = Mode::Paused;
        f.link.show(session);
        actions.togglePause();
        QCOMPARE(f.last(), CommandKind::Resume);
        session.status = SessionStatus::Completed;
        f.link.show(session);
        QVERIFY(!actions.canTakeOver() && !actions.canStop() && !actions.canPause() && !actions.canEnd());
    }

    void endingIsAskedForTwice()
    {
        Fixture f;
        f.open();
        f.console.actions()->end();
        QVERIFY(f.link.sent.isEmpty());
        f.console.actions()->forgetEnd();
        f.console.actions()->end();
        QVERIFY(f.link.sent.isEmpty());
        f.clock.advance(SessionActions::doubleClick - std::chrono::milliseconds(1));
        f.console.actions()->end(); // the second half of a double click
        QVERIFY(f.link.sent.isEmpty());
        f.clock.advance(SessionActions::doubleClick);
        f.console.actions()->end();
        QCOMPARE(f.last(), CommandKind::End);
        QCOMPARE(f.link.sent.size(), 1);
    }

    void approvalNamesTheCall()
    {
        Fixture f;
        f.link.stored[id].append(anEvent(id, 2, EventType::ToolCall, u"refund"_s, {{"call_id"_L1, u"c7"_s}}));
        f.open();
        QVERIFY(!f.console.actions()->canDecide());
        auto session = f.session();
        session.phase = Phase::WaitingForApproval;
        session.phaseDetail = u"refund"_s;
        f.link.show(session);
        QVERIFY(f.console.actions()->canDecide());
        f.console.actions()->deny();
        QCOMPARE(f.last(), CommandKind::Deny);
        QCOMPARE(f.link.sent.last().command.callId, u"c7"_s);
    }

    void whispersRepliesAndNotes()
    {
        Fixture f;
        f.open();
        auto &composer = *f.console.composer();
        composer.setText(u"  "_s);
        QVERIFY(!composer.canSend());
        composer.setText(u" be kind "_s);
        composer.send();
        QCOMPARE(f.last(), CommandKind::Whisper);
        QCOMPARE(f.link.sent.last().command.text, u"be kind"_s);
        QVERIFY(composer.text().isEmpty());
        composer.setMode(ComposerModel::Mode::Note);
        composer.setText(u"vip"_s);
        composer.send();
        QCOMPARE(f.last(), CommandKind::Note);
        composer.setMode(ComposerModel::Mode::Reply);
        composer.setText(u"I am a person"_s);
        composer.send(); // the assistant still answers: take over first
        QCOMPARE(f.link.sent.size(), 4);
        QCOMPARE(f.link.sent[2].command.kind, CommandKind::TakeOver);
        QCOMPARE(f.link.sent[3].command.kind, CommandKind::Reply);
        QCOMPARE(f.link.sent[3].command.text, u"I am a person"_s);
    }

    void aRefusalIsShownAndTheDraftKept()
    {
        Fixture f;
        f.open();
        f.link.refusal = Error{u"x"_s, u"The session has ended."_s, u"Choose another."_s, false};
        f.console.composer()->setText(u"hello"_s);
        f.console.composer()->send();
        QCOMPARE(f.console.commands()->error(), u"The session has ended."_s);
        QCOMPARE(f.console.composer()->text(), u"hello"_s);
        QVERIFY(f.console.composer()->canSend());
        f.console.commands()->dismissError();
        QVERIFY(f.console.commands()->error().isEmpty());
    }

    void everySessionKeepsItsDraft()
    {
        Fixture f;
        f.open();
        f.console.composer()->setText(u"for s"_s);
        f.link.show(aSession(u"t"_s));
        f.console.select(u"t"_s);
        QVERIFY(f.console.composer()->text().isEmpty());
        f.console.select(id);
        QCOMPARE(f.console.composer()->text(), u"for s"_s);
    }

    void neighboursAreTheRowsShown()
    {
        Fixture f;
        f.console.selectNeighbour(1);
        QVERIFY(f.console.selectedId().isEmpty());
        f.link.show(aSession(u"a"_s, 3));
        f.link.show(aSession(u"b"_s, 2));
        f.link.show(aSession(u"c"_s, 1));
        f.console.selectNeighbour(1);
        QCOMPARE(f.console.selectedId(), u"a"_s);
        f.console.selectNeighbour(1);
        f.console.selectNeighbour(1);
        f.console.selectNeighbour(1);
        QCOMPARE(f.console.selectedId(), u"c"_s);
        f.console.selectNeighbour(-1);
        QCOMPARE(f.console.selectedId(), u"b"_s);
        QCOMPARE(f.console.selectedRow(), 1);
    }

    void theStatusBarCountsWhatTheListCounts()
    {
        Fixture f;
        QCOMPARE(f.console.status()->sessions(), u"0 sessions open"_s);
        auto here = f.session();
        f.link.health.openSessions = 1; // the backend's own; the list has those of other nodes as well
        f.link.show(here);
        Q_EMIT f.link.statusChanged();
        QCOMPARE(f.console.status()->sessions(), u"1 session open"_s);
        f.link.show(aSession(u"elsewhere"_s));
        QCOMPARE(f.console.status()->sessions(), u"2 sessions open"_s);
        QCOMPARE(f.console.counts(), u"2 open · 0 streaming"_s);
        here.status = SessionStatus::Ending;
        f.link.show(here);
        QCOMPARE(f.console.status()->sessions(), u"1 session open"_s);
        QCOMPARE(f.console.counts(), u"1 open · 0 streaming"_s);
    }

    void aListThatIsNotWholeSaysSo()
    {
        Fixture f;
        QVERIFY(f.console.status()->notice().isEmpty());
        f.link.health.notice = u"There are more."_s;
        Q_EMIT f.link.statusChanged();
        QCOMPARE(f.console.status()->notice(), u"There are more."_s);
    }

    void timePassesWithoutEvents()
    {
        Fixture f;
        auto session = f.session();
        session.startedAtMs = session.lastActivityMs = f.clock.nowMs();
        session.model = u"m"_s;
        f.link.show(session);
        f.console.select(id);
        f.clock.advance(std::chrono::seconds(72));
        QCOMPARE(f.console.subtitle(), u"m · 1 min 12 s"_s);
        QCOMPARE(f.console.sessions()->index(0, 0).data(SessionListModel::AgeRole).toString(), u"1 min"_s);
    }
};

QTEST_GUILESS_MAIN(TestConsole)
#include "tst_console.moc"
