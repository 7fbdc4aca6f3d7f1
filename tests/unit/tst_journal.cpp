// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QThread>

#include <atomic>

using namespace loquat;

/// Protects what the journal promises: what was confirmed is there, in order, and what follows from it.
class TestJournal : public JournalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void whatWasStoredLoadsTheSame()
    {
        const QList<Event> events{
            started(u"s"_s),
            eventOf(u"s"_s, 2, EventType::UserMessage, u"it's \"quoted\" \\ 😀 \n"_s, {{"turn"_L1, 1}}),
            eventOf(u"s"_s, 3, EventType::ToolCall, u"lookup"_s,
                    {{"args"_L1,
                      QJsonObject{{"id"_L1, qint64(9007199254740991)}, {"deep"_L1, QJsonArray{1, 2.5}}}}}),
            eventOf(u"s"_s, 4, EventType::AiMessage, u"yes"_s, {{"final"_L1, true}})};
        for (const auto &one : events)
            QCOMPARE(append(one), u"ok"_s);
        const auto session = load(u"s"_s);
        QVERIFY(session.has_value());
        QCOMPARE(session->events, events);
        QCOMPARE(session->userId, u"zoë"_s);
        QCOMPARE(session->startedAtMs, start + 1000);
        QVERIFY(!load(u"nobody"_s));
    }

    void aReadSeesWhatWasAppendedBeforeIt()
    {
        constexpr int count = 2'000;
        m_journal->append(started(u"s"_s), this, {});
        for (int seq = 2; seq <= count; ++seq)
            m_journal->append(eventOf(u"s"_s, seq, EventType::UserMessage), this, {});
        const auto session = load(u"s"_s);
        QVERIFY(session.has_value());
        QCOMPARE(session->events.size(), count);
        for (int i = 0; i < count; ++i)
            QCOMPARE(session->events[i].seq, i + 1);
    }

    void whatNoDatabaseCanHoldIsReplaced()
    {
        const QString nasty = u"a"_s + QChar(u'\0') + u"b"_s + QChar(0xd800) + u"c"_s + QChar(0xdc00);
        QCOMPARE(append(started(u"s"_s)), u"ok"_s);
        QCOMPARE(append(eventOf(u"s"_s, 2, EventType::UserMessage, nasty,
                                {{nasty, QJsonArray{QJsonObject{{"x"_L1, nasty}}}},
                                 {"honest"_L1, u"\\ud800 \\u0000"_s}})),
                 u"ok"_s);
        const QString clean = u"ab\uFFFDc\uFFFD"_s;
        const auto stored = load(u"s"_s)->events[1];
        QCOMPARE(stored.content, clean);
        QCOMPARE(stored.meta[clean].toArray()[0].toObject()["x"_L1].toString(), clean);
        QCOMPARE(stored.meta["honest"_L1].toString(), u"\\ud800 \\u0000"_s);
    }

    void theSessionsRowFollowsFromTheEvents()
    {
        QCOMPARE(append(started(u"s"_s)), u"ok"_s);
        auto expected = SessionRow{.sessionId = u"s"_s,
                                   .userId = u"zoë"_s,
                                   .status = u"active"_s,
                                   .startedAtMs = start + 1000,
                                   .model = u"gpt"_s,
                                   .nodeId = u"n1"_s,
                                   .metadata = {{"protocol"_L1, "text"}},
                                   .lastSeq = 1};
        QCOMPARE(row(u"s"_s), expected);

        // Only the last reply of a turn counts, and what is unknown stays unknown.
        append(eventOf(u"s"_s, 2, EventType::AiMessage, u"let me see"_s,
                       {{"usage"_L1, QJsonObject{{"input_tokens"_L1, 99}}}}));
        append(eventOf(u"s"_s, 3, EventType::AiMessage, u"yes"_s,
                       {{"final"_L1, true}, {"usage"_L1, QJsonObject{{"input_tokens"_L1, 10}}}}));
        append(eventOf(
            u"s"_s, 4, EventType::AiMessage, u"no"_s,
            {{"final"_L1, true}, {"usage"_L1, QJsonObject{{"input_tokens"_L1, 5}}}, {"cost_usd"_L1, 0.25}}));
        expected.turns = 2;
        expected.lastSeq = 4;
        expected.inputTokens = 15;
        expected.costUsd = 0.25; // that of the turn whose cost is known
        QCOMPARE(row(u"s"_s), expected);

        append(eventOf(u"s"_s, 61, EventType::SessionEnded, {}, {{"reason"_L1, "closed"}}));
        expected.status = u"ending"_s;
        expected.endedAtMs = start + 61'000;
        expected.durationSeconds = 60;
        expected.lastSeq = 61;
        QCOMPARE(row(u"s"_s), expected);
        QCOMPARE(unfinished(), QStringList{u"s"_s});

        append(eventOf(u"s"_s, 62, EventType::Summary, u"They agreed."_s, {{"source"_L1, "fallback"}}));
        expected.status = u"completed"_s;
        expected.summary = u"They agreed."_s;
        expected.summarySource = u"fallback"_s;
        expected.lastSeq = 62;
        QCOMPARE(row(u"s"_s), expected);
        QCOMPARE(unfinished(), QStringList());

        append(eventOf(u"s"_s, 63, EventType::SessionResumed));
        QCOMPARE(row(u"s"_s).status, u"active"_s);
        QVERIFY(!row(u"s"_s).endedAtMs);
        // A summary that comes late does not end it again.
        append(eventOf(u"s"_s, 64, EventType::Summary, u"Late."_s, {{"source"_L1, "model"}}));
        QCOMPARE(row(u"s"_s).status, u"active"_s);
        QCOMPARE(row(u"s"_s).summarySource, u"model"_s);
    }

    void anEmptySessionIsCompletedAtItsEnd()
    {
        append(started(u"s"_s));
        append(eventOf(u"s"_s, 2, EventType::SessionEnded, {}, {{"summary"_L1, "none"}}));
        QCOMPARE(row(u"s"_s).status, u"completed"_s);
        QVERIFY(!row(u"s"_s).summary);
    }

    void manySessionsFromManyThreads()
    {
        constexpr int threads = 4;
        constexpr int sessions = 50;
        constexpr int events = 20;
        std::atomic<int> outOfOrder = 0;
        std::atomic<int> failed = 0;
        std::vector<std::unique_ptr<QThread>> workers;
        QElapsedTimer clock;
        clock.start();
        for (int t = 0; t < threads; ++t) {
            workers.emplace_back(QThread::create([&, t] {
                QObject context;
                QEventLoop loop;
                QHash<QString, qint64> last;
                int waiting = sessions * events;
                for (int seq = 1; seq <= events; ++seq)
                    for (int s = 0; s < sessions; ++s) {
                        const auto id = u"%1-%2"_s.arg(t).arg(s);
                        const auto one =
                            seq == 1 ? started(id) : eventOf(id, seq, EventType::UserMessage, id);
                        m_journal->append(one, &context, [&, id, seq](const Expected<void> &stored) {
                            failed += stored ? 0 : 1;
                            outOfOrder += last[id] + 1 == seq ? 0 : 1;
                            last[id] = seq;
                            if (--waiting == 0)
                                loop.quit();
                        });
                    }
                loop.exec();
            }));
            workers.back()->start();
        }
        for (auto &worker : workers)
            QVERIFY(worker->wait(60'000));
        qInfo() << threads * sessions * events << "events in" << clock.elapsed() << "ms";
        QCOMPARE(failed.load(), 0);
        QCOMPARE(outOfOrder.load(), 0);
        QCOMPARE(m_journal->lastId(), threads * sessions * events);
        QCOMPARE(load(u"3-49"_s)->events.size(), events);
    }

    void closeWritesEverythingAndCallsNobodyAfterwards()
    {
        int answers = 0;
        m_journal->append(started(u"s"_s), this, [&](const auto &) { ++answers; });
        for (int seq = 2; seq <= 500; ++seq)
            m_journal->append(eventOf(u"s"_s, seq, EventType::UserMessage), this,
                              [&](const auto &) { ++answers; });
        m_journal->close();
        m_journal->append(eventOf(u"s"_s, 501, EventType::UserMessage), this,
                          [&](const auto &) { ++answers; });
        QTest::qWait(50);
        QCOMPARE(answers, 0);

        m_journal.reset();
        QVERIFY(!QFile::exists(m_dir->filePath(u"loquat.db-wal"_s)));
        QVERIFY(open(settings()));
        QCOMPARE(load(u"s"_s)->events.size(), 500);
        QCOMPARE(m_journal->lastId(), 500);
        QCOMPARE(append(eventOf(u"s"_s, 501, EventType::UserMessage)), u"ok"_s);
        QCOMPARE(m_journal->lastId(), 501);
    }

    void theNewestSessionsAreListedFirst()
    {
        for (int i = 1; i <= 3; ++i) {
            auto one = started(u"s%1"_s.arg(i));
            one.atMs += i * 1000;
            append(one);
        }
        std::optional<Expected<QList<SessionRow>>> answer;
        m_journal->list(2, this, [&](const auto &rows) { answer = rows; });
        QTRY_VERIFY(answer.has_value());
        QCOMPARE((*answer)->size(), 2);
        QCOMPARE((**answer)[0].sessionId, u"s3"_s);
    }

    void replicasRememberHowFarTheyCame()
    {
        append(started(u"s"_s));
        m_journal->markShipped(u"x"_s, 1);
        m_journal->reject(u"x"_s, 1, u"because"_s);
        m_journal.reset();
        auto reader = JournalReader::open(m_dir->filePath(u"loquat.db"_s));
        QCOMPARE(*(*reader)->shippedUpTo(u"x"_s), 1);
        QCOMPARE(*(*reader)->shippedUpTo(u"y"_s), 0);
        QCOMPARE((*reader)->after(0, 10, 1000)->size(), 1);
        QCOMPARE((*reader)->after(1, 10, 1000)->size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestJournal)
#include "tst_journal.moc"
