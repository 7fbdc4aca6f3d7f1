// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/clock.h"

#include <QTest>

using namespace loquat;
using namespace std::chrono_literals;

/// Protects the time limits of everything: what is due is called once, in its order and not early, and what
/// was cancelled is not.
class TestSystemClock : public QObject
{
    Q_OBJECT

    using Timer = std::unique_ptr<Clock::Timer>;

private Q_SLOTS:
    void whatIsDueFirstComesFirst()
    {
        SystemClock clock;
        QStringList called;
        const auto note = [&](const char *name) {
            return [&called, name] { called.append(QLatin1StringView(name)); };
        };
        const Timer never = clock.after(1h, note("never"));
        const Timer last = clock.after(30ms, note("last"));
        const Timer first = clock.after(5ms, note("first"));
        const Timer second = clock.after(10ms, note("second"));
        const Timer third = clock.after(10ms, note("third"));
        QTRY_COMPARE(called, QStringList({"first", "second", "third", "last"}));
    }

    void nothingComesEarlyOrAtOnce()
    {
        SystemClock clock;
        for (const auto delay : {0ms, 1ms, 7ms, 40ms}) {
            bool isCalled = false;
            const auto began = std::chrono::steady_clock::now();
            const Timer timer = clock.after(delay, [&] { isCalled = true; });
            QVERIFY(!isCalled);
            QTRY_VERIFY(isCalled);
            QVERIFY(std::chrono::steady_clock::now() - began >= delay);
        }
    }

    void whatIsCancelledIsNotCalled()
    {
        SystemClock clock;
        bool isOver = false;
        int called = 0;
        Timer cancelled = clock.after(1ms, [&] { ++called; });
        const Timer over = clock.after(20ms, [&] { isOver = true; });
        cancelled.reset();
        QTRY_VERIFY(isOver);
        QCOMPARE(called, 0);
    }

    void aCallMayCancelItselfAndOthersAndBeginMore()
    {
        SystemClock clock;
        int called = 0;
        Timer own;
        Timer other;
        Timer more;
        own = clock.after(1ms, [&] {
            own.reset();
            other.reset();
            more = clock.after(0ms, [&] { ++called; });
        });
        other = clock.after(1ms, [&] { called += 100; });
        QTRY_COMPARE(called, 1);
    }

    void aCallMayDropTheClock()
    {
        auto clock = std::make_unique<SystemClock>();
        bool isCalled = false;
        const Timer first = clock->after(1ms, [&] {
            isCalled = true;
            clock.reset();
        });
        const Timer never = clock->after(1ms, [] { QFAIL("its clock is gone"); });
        QTRY_VERIFY(isCalled);
        QTest::qWait(10);
    }

    void thousandsThatAreCancelledHoldUpNobody()
    {
        SystemClock clock;
        bool isCalled = false;
        for (int i = 0; i < 10'000; ++i)
            std::ignore = clock.after(std::chrono::milliseconds(i), [] { QFAIL("was cancelled"); });
        const Timer timer = clock.after(2ms, [&] { isCalled = true; });
        QTRY_VERIFY(isCalled);
    }
};

QTEST_GUILESS_MAIN(TestSystemClock)
#include "tst_system_clock.moc"
