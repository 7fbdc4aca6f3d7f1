// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"
#include "session/live_sessions.h"

#include <QTest>

#include <algorithm>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

/// What watches sessions in the service, as far as it matters here.
struct Watching final : SessionObserver
{
    LiveSessions live;
    qsizetype putOff = 0;
    qsizetype mostPutOff = 0;
    int askedForMore = 0;
    std::function<void()> recover = [] {};

    void onEvent(const Event &) override {}
    void onDelta(const Delta &) override {}
    void onSnapshot(const SessionSnapshot &session) override { live.onSnapshot(session); }
    void onPutOff(qsizetype more) override
    {
        putOff += more;
        mostPutOff = std::max(mostPutOff, putOff);
    }
    void onRoomForMore() override
    {
        ++askedForMore;
        recover();
    }
};

/// Many sessions end while the model makes no summary.
struct Overload : SessionStage
{
    Watching watching;
    QStringList ids;

    Overload(qsizetype maxWaiting, qsizetype maxPutOff)
    {
        settings.maxWaitingSummaries = maxWaiting;
        settings.maxPutOffSummaries = maxPutOff;
        hub = std::make_unique<SessionHub>(
            SessionParts{log, model, tools, clock, watching, &context, settings}, log);
        watching.recover = [this] {
            log.unfinished(&context, [this](const Expected<QStringList> &left) { hub->recover(*left); });
        };
        model.player = [](ScriptedReply &reply, const ChatRequest &request) {
            if (request.purpose == Purpose::Summary)
                return; // not yet
            reply.push(u"Hi"_s);
            reply.finish();
        };
    }

    void endMany(int many)
    {
        for (int i = 0; i < many; ++i) {
            ids.append(u"s%1"_s.arg(i));
            say(ids.last(), u"hello"_s);
        }
    }
    void say(const QString &id, const QString &text)
    {
        Session &session = connectClient(id);
        session.userMessage(text);
        settle();
        session.end(u"ended"_s);
        settle();
    }
    qsizetype inMemory()
    {
        return std::ranges::count_if(ids, [this](const QString &id) { return hub->find(id) != nullptr; });
    }
    /// The model sums up again.
    void drain()
    {
        for (qsizetype rounds = 0; !hub->isQuiet() && rounds < 10 * ids.size(); ++rounds) {
            for (qsizetype i = 0; i < model.count(); ++i)
                if (ScriptedReply *reply = model.reply(i); reply && !model.call(i).ended) {
                    reply->push(u"They greeted."_s);
                    reply->finish();
                }
            settle();
        }
    }
    void expectOneSummaryEach()
    {
        QVERIFY(hub->isQuiet());
        for (const QString &id : std::as_const(ids))
            QCOMPARE(log.types(id).count(EventType::Summary), 1);
        QCOMPARE(watching.live.size(), 0);
        QCOMPARE(watching.putOff, 0);
    }
};

} // namespace

/// Protects what is promised when sessions end faster than they are summed up: a summary each, and nothing
/// that grows.
class TestSummaryOverload : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsOwedWaitsOnDiskAndInNoList()
    {
        Overload stage(20, 1'000);
        stage.endMany(100);
        const qsizetype most = 20 + Summariser::maxParallel;
        QCOMPARE(stage.inMemory(), most);
        QCOMPARE(stage.watching.live.size(), most);
        QCOMPARE(stage.watching.putOff, 100 - most);
        stage.drain();
        stage.expectOneSummaryEach();
        QCOMPARE(stage.watching.askedForMore, 0);
    }

    void whatWaitsOnDiskCanBeGoneOnWith()
    {
        Overload stage(5, 1'000);
        stage.endMany(30);
        stage.say(stage.ids.last(), u"one thing more"_s);
        stage.drain();
        stage.expectOneSummaryEach();
    }

    void whoeverIsConnectedIsInTheListAgain()
    {
        Overload stage(5, 1'000);
        stage.endMany(30);
        const QString last = stage.ids.last();
        QVERIFY(!stage.watching.live.find(last));
        stage.connectClient(last);
        stage.settle();
        QCOMPARE(stage.watching.live.find(last)->status, SessionStatus::Active);
        stage.drain();
        QVERIFY(stage.watching.live.find(last)); // nobody sums up a conversation that goes on
        QVERIFY(!stage.log.types(last).contains(EventType::Summary));
    }

    void moreThanAreRememberedAreLookedForWhenThereIsRoom()
    {
        Overload stage(5, 10);
        stage.endMany(100);
        QCOMPARE(stage.watching.putOff, 10);
        stage.drain();
        stage.expectOneSummaryEach();
        QCOMPARE(stage.watching.mostPutOff, 10);
        QVERIFY(stage.watching.askedForMore > 0);
    }

    void whatIsAskedForTwiceIsDoneOnce()
    {
        Overload stage(5, 1'000);
        stage.endMany(30);
        const qsizetype putOff = stage.watching.putOff;
        stage.hub->recover(stage.ids);
        QCOMPARE(stage.watching.putOff, putOff);
        stage.drain();
        stage.expectOneSummaryEach();
    }
};

QTEST_GUILESS_MAIN(TestSummaryOverload)
#include "tst_summary_overload.moc"
