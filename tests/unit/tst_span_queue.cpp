// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/span_queue.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects a collector that is in trouble from being asked too much, and the spans that wait for it.
class TestSpanQueue : public QObject
{
    Q_OBJECT

    static QJsonArray some(int many, int from = 0)
    {
        QJsonArray spans;
        for (int n = from; n < from + many; ++n)
            spans.append(QJsonObject{{"n"_L1, n}});
        return spans;
    }
    static int first(const QJsonArray &batch) { return batch.first()["n"_L1].toInt(); }

private Q_SLOTS:
    void whatWaitedGoesInBatchesOneAfterTheOther()
    {
        SpanQueue queue(2s);
        queue.add(some(1'300));
        QCOMPARE(queue.take().size(), 512);
        QCOMPARE(queue.answered({200}), 0ms);
        QCOMPARE(first(queue.take()), 512);
        QCOMPARE(queue.answered({202}), 0ms);
        QCOMPARE(queue.take().size(), 276);
        QCOMPARE(queue.answered({200}), 0ms);
        QVERIFY(queue.isEmpty());
        QCOMPARE(queue.refused() + queue.overflowed(), 0);
    }

    void thePauseDoublesUntilItIsWell()
    {
        SpanQueue queue(2s);
        queue.add(some(600));
        QList<qint64> pauses;
        for (const int status : {0, 503, 429, 408, 502, 504, 503}) {
            QCOMPARE(first(queue.take()), 0);
            pauses.append(queue.answered({status}) / 1s);
        }
        QCOMPARE(pauses, (QList<qint64>{2, 4, 8, 16, 32, 60, 60}));
        queue.take();
        QCOMPARE(queue.answered({200}), 0ms);
        queue.take();
        QCOMPARE(queue.answered({503}), 2s);
        QCOMPARE(queue.waiting(), 88);
        QCOMPARE(queue.refused(), 0);
    }

    void whatTheCollectorAsksForIsWaited()
    {
        SpanQueue queue(2s);
        queue.add(some(1));
        const auto asks = [&queue](SpanQueue::Pause pause) {
            queue.take();
            return queue.answered({503, pause});
        };
        QCOMPARE(asks(30s), 30s);
        QCOMPARE(asks(5min), 5min);
        QCOMPARE(asks(240h), 1h);
        QCOMPARE(asks(0s), 2s);
    }

    void aPauseIsSecondsOrADate()
    {
        const QDateTime now(QDate(2026, 11, 20), QTime(8, 0), Qt::UTC);
        QCOMPARE(SpanQueue::retryAfter("30", now), std::optional(SpanQueue::Pause(30s)));
        QCOMPARE(SpanQueue::retryAfter(" 99999999999999 ", now), std::optional(SpanQueue::Pause(1h)));
        QCOMPARE(SpanQueue::retryAfter("Fri, 20 Nov 2026 08:01:30 GMT", now),
                 std::optional(SpanQueue::Pause(90s)));
        QCOMPARE(SpanQueue::retryAfter("Fri, 20 Nov 2026 07:00:00 GMT", now),
                 std::optional(SpanQueue::Pause(0s)));
        for (const char *no : {"", "soon", "-1"})
            QVERIFY(!SpanQueue::retryAfter(no, now));
    }

    void whatIsTooLargeIsHalved()
    {
        SpanQueue queue(2s);
        queue.add(some(1'000));
        queue.take();
        QCOMPARE(queue.answered({413}), 0ms);
        QCOMPARE(queue.take().size(), 256);
        QCOMPARE(queue.answered({413}), 0ms);
        const QJsonArray batch = queue.take();
        QCOMPARE(batch.size(), 128);
        QCOMPARE(first(batch), 0);
        QCOMPARE(queue.answered({200}), 0ms);
        QCOMPARE(queue.take().size(), 136); // and grows again, slowly
        QCOMPARE(queue.refused(), 0);
    }

    void oneThatIsTooLargeAloneIsRefused()
    {
        SpanQueue queue(2s);
        queue.add(some(2));
        queue.take();
        QCOMPARE(queue.answered({413}), 0ms);
        queue.take();
        QCOMPARE(queue.answered({413}), 2s);
        QCOMPARE(queue.refused(), 1);
        QCOMPARE(first(queue.take()), 1);
    }

    void whatIsRefusedIsCounted()
    {
        SpanQueue queue(2s);
        queue.add(some(600));
        queue.take();
        QCOMPARE(queue.answered({400}), 2s);
        QCOMPARE(queue.refused(), 512);
        QCOMPARE(first(queue.take()), 512);
    }

    void theOldestMakeRoom()
    {
        SpanQueue queue(2s);
        queue.add(some(int(SpanQueue::maxWaiting)));
        queue.take();
        queue.add(some(10, 10'000));
        QCOMPARE(queue.overflowed(), 0);
        (void)queue.answered({503});
        QCOMPARE(queue.overflowed(), 10);
        QCOMPARE(queue.waiting(), SpanQueue::maxWaiting);
        QCOMPARE(first(queue.take()), 10);
    }
};

QTEST_GUILESS_MAIN(TestSpanQueue)
#include "tst_span_queue.moc"
