// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/live_feed.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Delta delta(const QString &session, int turn, const QString &text)
{
    return {session, turn, text, 1, 0};
}

Event message(const QString &session, qint64 seq)
{
    return {session, seq, 0, EventType::UserMessage, Role::User, u"x"_s, {}};
}

} // namespace

/// Protects the console's smoothness: however much happens, a batch holds only what can be seen, in order.
class TestLiveFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nobodyWatchesSoNothingIsKept()
    {
        LiveFeed feed;
        feed.publish(message(u"a"_s, 1));
        QVERIFY(feed.take().isEmpty());
    }

    void tokensOfASessionBecomeOneUntilAnEventComesBetween()
    {
        LiveFeed feed;
        feed.setActive(true);
        feed.publish(delta(u"a"_s, 1, u"Hel"_s));
        feed.publish(delta(u"b"_s, 1, u"other"_s));
        feed.publish(delta(u"a"_s, 1, u"lo"_s));
        feed.publish(message(u"a"_s, 2));
        feed.publish(delta(u"a"_s, 2, u"next"_s));
        const LiveBatch batch = feed.take();
        QCOMPARE(batch.stream.size(), 4);
        QCOMPARE(std::get<Delta>(batch.stream[0]).text, u"Hello"_s);
        QCOMPARE(std::get<Delta>(batch.stream[0]).tokens, 2);
        QCOMPARE(std::get<Event>(batch.stream[2]).seq, 2);
        QCOMPARE(std::get<Delta>(batch.stream[3]).text, u"next"_s);
        feed.publish(delta(u"a"_s, 2, u"!"_s)); // what was taken no longer grows
        QCOMPARE(std::get<Delta>(feed.take().stream[0]).text, u"!"_s);
    }

    void onlyTheNewestSnapshotOfASessionIsKept()
    {
        LiveFeed feed;
        feed.setActive(true);
        SessionSnapshot snapshot;
        snapshot.sessionId = u"a"_s;
        for (int turns = 1; turns <= 3; ++turns) {
            snapshot.turns = turns;
            feed.publish(snapshot);
        }
        const LiveBatch batch = feed.take();
        QCOMPARE(batch.sessions.size(), 1);
        QCOMPARE(batch.sessions[0].turns, 3);
    }

    void aReaderIsWokenOncePerBatch()
    {
        LiveFeed feed;
        feed.setActive(true);
        QSignalSpy filled(&feed, &LiveFeed::filled);
        feed.publish(message(u"a"_s, 1));
        feed.publish(message(u"a"_s, 2));
        QCOMPARE(filled.size(), 1);
        feed.take();
        feed.publish(message(u"a"_s, 3));
        QCOMPARE(filled.size(), 2);
    }

    void aReaderThatDoesNotReadIsToldThatItMissedSomething()
    {
        LiveFeed feed;
        feed.setActive(true);
        for (qint64 seq = 1; seq <= LiveFeed::maxStreamItems + 1; ++seq)
            feed.publish(message(u"a"_s, seq));
        bool gapped = false;
        const LiveBatch batch = feed.take(&gapped);
        QVERIFY(gapped);
        QVERIFY(batch.stream.size() <= LiveFeed::maxStreamItems);
        QCOMPARE(std::get<Event>(batch.stream.last()).seq, LiveFeed::maxStreamItems + 1);
        feed.take(&gapped);
        QVERIFY(!gapped);
    }

    void threadsPublishWithoutLosingAnything()
    {
        LiveFeed feed;
        feed.setActive(true);
        constexpr int perThread = 2'000;
        std::vector<std::unique_ptr<QThread>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back(QThread::create([&feed, session = QString::number(t)] {
                for (qint64 seq = 1; seq <= perThread; ++seq) {
                    feed.publish(delta(session, 1, u"."_s));
                    feed.publish(message(session, seq));
                }
            }));
            threads.back()->start();
        }
        QHash<QString, qint64> lastSeq;
        qsizetype tokens = 0;
        const auto read = [&] {
            for (const auto &item : feed.take().stream) {
                if (const auto *one = std::get_if<Event>(&item)) {
                    QCOMPARE(one->seq, lastSeq[one->sessionId] + 1);
                    lastSeq[one->sessionId] = one->seq;
                } else {
                    tokens += std::get<Delta>(item).tokens;
                }
            }
        };
        while (std::ranges::any_of(threads, [](const auto &thread) { return thread->isRunning(); }))
            read();
        read();
        QCOMPARE(tokens, 4 * perThread);
        for (const qint64 seq : std::as_const(lastSeq))
            QCOMPARE(seq, perThread);
    }
};

QTEST_GUILESS_MAIN(TestLiveFeed)
#include "tst_live_feed.moc"
