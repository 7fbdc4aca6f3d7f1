// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/session_statistics.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 start = 1'700'000'000'000;

Event reply(qint64 at, const QString &finish, qint64 ttft)
{
    return {u"s"_s,
            1,
            at,
            EventType::AiMessage,
            Role::Assistant,
            {},
            {{"final"_L1, true}, {"finish"_L1, finish}, {"ttft_ms"_L1, ttft}}};
}

BackendStatus at(const SessionStatistics &statistics, qint64 now)
{
    BackendStatus status;
    statistics.fill(status, now);
    return status;
}

} // namespace

/// Protects what the status bar claims.
class TestSessionStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingYetIsUnknownNotZero()
    {
        const BackendStatus status = at(SessionStatistics(), start);
        QVERIFY(!status.ttftP50Ms);
        QVERIFY(status.modelOk);
        QCOMPARE(status.tokensPerSecond, 0.0);
    }

    void percentilesAreOfTheLastMinutesOnly()
    {
        SessionStatistics statistics;
        statistics.onEvent(reply(start, u"stop"_s, 9'000));
        for (int i = 1; i <= 100; ++i)
            statistics.onEvent(reply(start + SessionStatistics::latencyWindowMs, u"stop"_s, i));
        const BackendStatus status = at(statistics, start + SessionStatistics::latencyWindowMs + 1);
        QVERIFY(*status.ttftP50Ms >= 50 && *status.ttftP50Ms <= 51);
        QVERIFY(*status.ttftP99Ms >= 99 && *status.ttftP99Ms <= 100);
    }

    void howLongAPersonThoughtIsNotTheModels()
    {
        SessionStatistics statistics;
        SessionSnapshot open;
        open.sessionId = u"s"_s;
        statistics.onSnapshot(open);
        const auto ended = [&statistics](int turn, qint64 ttft) {
            Event event = reply(start, u"stop"_s, ttft);
            event.meta["turn"_L1] = turn;
            statistics.onEvent(event);
        };
        ended(1, 200);
        statistics.onEvent({u"s"_s,
                            2,
                            start,
                            EventType::ToolApproval,
                            Role::System,
                            {},
                            {{"turn"_L1, 2}, {"decision"_L1, "asked"_L1}}});
        ended(2, 60'000);
        QCOMPARE(at(statistics, start).ttftP99Ms, 200);
        ended(3, 300);
        QCOMPARE(at(statistics, start).ttftP99Ms, 300);
    }

    void theRateIsThatOfTheLastWholeSeconds()
    {
        SessionStatistics statistics;
        for (int second = 0; second < 3; ++second)
            statistics.onDelta({u"s"_s, 1, u"x"_s, 30, start + second * 1000});
        QCOMPARE(at(statistics, start + 3'000).tokensPerSecond, 30.0);
        QCOMPARE(at(statistics, start + 60'000).tokensPerSecond, 0.0);
    }

    void openAndStreamingSessionsAreCounted()
    {
        SessionStatistics statistics;
        SessionSnapshot one;
        one.sessionId = u"1"_s;
        one.phase = Phase::Streaming;
        statistics.onSnapshot(one);
        SessionSnapshot two;
        two.sessionId = u"2"_s;
        statistics.onSnapshot(two);
        QCOMPARE(at(statistics, start).openSessions, 2);
        QCOMPARE(at(statistics, start).streamingSessions, 1);
        one.status = SessionStatus::Ending;
        statistics.onSnapshot(one);
        QCOMPARE(at(statistics, start).openSessions, 1);
        QCOMPARE(at(statistics, start).streamingSessions, 0);
        two.moved = true; // another node counts it
        statistics.onSnapshot(two);
        QCOMPARE(at(statistics, start).openSessions, 0);
    }

    void theModelIsUnwellUntilItAnswersAgain()
    {
        SessionStatistics statistics;
        statistics.onEvent({u"s"_s,
                            1,
                            start,
                            EventType::ErrorRaised,
                            Role::System,
                            u"No quota."_s,
                            {{"code"_L1, u"model_quota"_s}}});
        QVERIFY(!at(statistics, start).modelOk);
        QCOMPARE(at(statistics, start).modelDetail, u"No quota."_s);
        statistics.onEvent(reply(start, u"cancelled"_s, 1));
        QVERIFY(!at(statistics, start).modelOk);
        statistics.onEvent(reply(start, u"stop"_s, 1));
        QVERIFY(at(statistics, start).modelOk);
    }
};

QTEST_GUILESS_MAIN(TestSessionStatistics)
#include "tst_session_statistics.moc"
