// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

ClientHello proven(const QString &user)
{
    ClientHello hello{u"frames"_s};
    hello.provenUser = user;
    return hello;
}

struct Stage : SessionStage
{
    RecordingClient stranger;

    Session &as(const QString &user, RecordingClient &who)
    {
        return hub->attach(u"s1"_s, user, &who, proven(user));
    }
    void say(Session &session)
    {
        session.userMessage(u"hello"_s);
        reply().push(u"Hi"_s);
        reply().finish();
    }
    [[nodiscard]] qsizetype written() { return log.events().size(); }
};

} // namespace

/// Protects a conversation from whoever knows its id: it is the user's who opened it.
class TestSessionOwner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLiveSessionIsItsUsers()
    {
        Stage stage;
        Session &session = stage.as(u"ana"_s, stage.client);
        stage.say(session);
        const auto before = stage.written();
        stage.as(u"bob"_s, stage.stranger);
        QCOMPARE(stage.stranger.closed, CloseReason::NotTheOwner);
        QVERIFY(stage.stranger.messages.isEmpty());
        QVERIFY(!stage.client.closed);
        QCOMPARE(stage.written(), before);
        stage.client.clear();
        stage.say(session);
        QVERIFY(stage.client.kinds().contains(u"done"_s));
    }

    void aStoredSessionIsItsUsersToo()
    {
        Stage stage;
        Session &session = stage.as(u"ana"_s, stage.client);
        stage.say(session);
        session.detach(&stage.client, false);
        stage.restart(); // as after a crash: it was never ended
        Session &again = stage.as(u"bob"_s, stage.stranger);
        again.userMessage(u"what did she say?"_s);
        stage.settle();
        QCOMPARE(stage.stranger.closed, CloseReason::NotTheOwner);
        QVERIFY(stage.stranger.messages.isEmpty());
        for (const Event &event : stage.log.events())
            QVERIFY(!event.content.contains("what did she"_L1));

        RecordingClient hers;
        stage.as(u"ana"_s, hers);
        stage.settle();
        QVERIFY(!hers.closed);
        QVERIFY(hers.last<outbound::SessionStarted>().resumed);
        QCOMPARE(hers.last<outbound::SessionStarted>().userId, u"ana"_s);
    }

    void whileTheJournalReadsNobodyElseGetsIn()
    {
        SessionStage plain;
        MemoryEventLog slow(MemoryEventLog::Answers::Queued);
        SessionHub hub(SessionParts{slow, plain.model, plain.tools, plain.clock, plain.observer,
                                    &plain.context, plain.settings},
                       slow);
        RecordingClient ana;
        RecordingClient bob;
        hub.attach(u"s1"_s, u"ana"_s, &ana, proven(u"ana"_s));
        hub.attach(u"s1"_s, u"bob"_s, &bob, proven(u"bob"_s));
        QCOMPARE(bob.closed, CloseReason::Contended);
        QTRY_VERIFY(!ana.messages.isEmpty());
        QVERIFY(!ana.closed);
        QCOMPARE(ana.last<outbound::SessionStarted>().userId, u"ana"_s);
    }

    void whoProvesNothingIsTakenAtTheirWord()
    {
        Stage stage;
        stage.say(stage.connectClient());
        stage.hub->attach(u"s1"_s, u"user-2"_s, &stage.stranger, {u"frames"_s});
        QVERIFY(!stage.stranger.closed);
        QCOMPARE(stage.client.closed, CloseReason::Replaced);
    }
};

QTEST_GUILESS_MAIN(TestSessionOwner)
#include "tst_session_owner.moc"
