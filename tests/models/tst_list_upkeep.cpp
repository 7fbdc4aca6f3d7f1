// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

struct Fixture
{
    ScriptedLink link;
    ManualClock clock;
    ConsoleModel console{link, clock};

    QString at(const QString &id, SessionListModel::Role role)
    {
        auto *shown = console.sessions();
        return shown->index(shown->rowOf(id), 0).data(role).toString();
    }
    void end(SessionSnapshot session, qint64 atMs)
    {
        session.status = SessionStatus::Completed;
        session.lastActivityMs = atMs;
        link.show(session);
    }
};

} // namespace

/// Protects what the list keeps and forgets: the session that is looked at stays, and nothing stale is shown.
class TestListUpkeep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatEndedFirstLeavesButNotWhatIsLookedAt()
    {
        Fixture f;
        f.link.show(aSession(u"old"_s, 1)); // heard of first
        f.link.show(aSession(u"late"_s, 2));
        for (int i = 0; i < SessionListModel::maxEnded; ++i)
            f.end(aSession(u"e%1"_s.arg(i)), 10 + i);
        f.console.select(u"old"_s);
        f.end(aSession(u"late"_s), 9'000);
        QVERIFY(f.console.sessions()->rowOf(u"late"_s) >= 0);
        QVERIFY(f.console.sessions()->rowOf(u"e0"_s) < 0);
        f.end(aSession(u"old"_s), 1);
        QCOMPARE(f.console.title(), u"user of old"_s);
        QCOMPARE(f.console.stateWord(), u"ended"_s);
        QVERIFY(f.console.sessions()->rowOf(u"e1"_s) < 0);
        f.console.deselect();
        f.end(aSession(u"more"_s), 9'001);
        QVERIFY(f.console.sessions()->rowOf(u"old"_s) < 0);
    }

    void aSessionThatLeftHasNoButtons()
    {
        Fixture f;
        auto session = aSession(u"s"_s);
        f.link.show(session);
        f.console.select(u"s"_s);
        QVERIFY(f.console.actions()->canTakeOver() && f.console.composer()->isEnabled());
        session.left = true;
        f.link.show(session);
        QVERIFY(!f.console.actions()->canTakeOver() && !f.console.composer()->isEnabled());
    }

    void afterAGapThePreviewIsTheStoredOne()
    {
        Fixture f;
        auto session = aSession(u"s"_s);
        f.link.show(session);
        f.link.say({u"s"_s, 1, u"The parcel was"_s, 1, 5});
        QCOMPARE(f.at(u"s"_s, SessionListModel::PreviewRole), u"The parcel was"_s);
        session.preview = u"The parcel was sent."_s;
        f.link.show(session);
        Q_EMIT f.link.gapped();
        QCOMPARE(f.at(u"s"_s, SessionListModel::PreviewRole), u"The parcel was sent."_s);
    }

    void nothingIsKeptOfASessionThatEnded()
    {
        RunningReplies replies;
        replies.apply(anEvent(u"s"_s, 1, EventType::UserMessage));
        QCOMPARE(replies.count(), 1);
        replies.apply(anEvent(u"s"_s, 2, EventType::SessionEnded));
        replies.apply(anEvent(u"s"_s, 3, EventType::Summary));
        replies.apply(Delta{u"s"_s, 1, {}, 0, 5, true});
        QCOMPARE(replies.count(), 0);
    }

    void aReplyThatIsToldAnewBeganWhenItBegan()
    {
        RunningReplies replies;
        replies.apply(Delta{u"s"_s, 1, u"Once "_s, 1, 1'000});
        replies.apply(Delta{u"s"_s, 1, u"Once upon"_s, 2, 9'000, true}); // looked at again
        QCOMPARE(replies.find(u"s"_s)->text, u"Once upon"_s);
        QCOMPARE(replies.find(u"s"_s)->startedMs, 1'000);
        replies.apply(Delta{u"s"_s, 2, u"Then"_s, 1, 10'000});
        QCOMPARE(replies.find(u"s"_s)->startedMs, 10'000);
    }

    void whoRepliesIsNotAlwaysYou()
    {
        Fixture f;
        auto session = aSession(u"s"_s);
        f.link.show(session);
        f.console.select(u"s"_s);
        session.mode = Mode::Human;
        f.link.show(session);
        QCOMPARE(f.console.stateWord(), u"a person replies"_s);
        session.mode = Mode::Ai;
        f.link.show(session);
        f.console.actions()->toggleTakeOver();
        f.link.show(session); // of before
        session.mode = Mode::Human;
        f.link.show(session);
        QCOMPARE(f.console.stateWord(), u"you are replying"_s);
        QCOMPARE(f.at(u"s"_s, SessionListModel::StateRole), u"you are replying"_s);
        session.mode = Mode::Ai;
        f.link.show(session); // another operator released it, and takes it over
        session.mode = Mode::Human;
        f.link.show(session);
        QCOMPARE(f.console.stateWord(), u"a person replies"_s);
    }
};

QTEST_GUILESS_MAIN(TestListUpkeep)
#include "tst_list_upkeep.moc"
