// SPDX-License-Identifier: GPL-3.0-or-later
#include "inhabited_thread.h"

#include <QEventLoop>
#include <QSocketNotifier>
#include <QTimer>

#include <memory>
#include <vector>

using namespace loquat;
using namespace loquat::tests;

/// Protects that a thread on our dispatcher keeps time and hears other threads as one on Qt's.
class TestEpollTimers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timersComeInTheirOrder_data() { bothDispatchers(); }
    void timersComeInTheirOrder()
    {
        QFETCH(bool, ours);
        Inhabited room(ours);
        QList<int> came;
        QSemaphore all;
        room.run([&] {
            for (const int ms : {30, 0, 10, 20})
                QTimer::singleShot(ms, Qt::PreciseTimer, room.inhabitant(), [&came, &all, ms] {
                    came.append(ms);
                    all.release();
                });
        });
        QVERIFY(all.tryAcquire(4, patience));
        QCOMPARE(came, (QList<int>{0, 10, 20, 30}));
    }

    void aTimerRepeatsUntilItIsStoppedInItsSlot_data() { bothDispatchers(); }
    void aTimerRepeatsUntilItIsStoppedInItsSlot()
    {
        QFETCH(bool, ours);
        for (const Qt::TimerType type : {Qt::PreciseTimer, Qt::CoarseTimer}) {
            Inhabited room(ours);
            int ticks = 0;
            QSemaphore over;
            room.run([&] {
                auto *timer = new QTimer(room.inhabitant());
                timer->setTimerType(type);
                QObject::connect(timer, &QTimer::timeout, timer, [&ticks, &over, timer] {
                    if (++ticks < 5)
                        return;
                    timer->stop();
                    QTimer::singleShot(10, timer, [&over] { over.release(); });
                });
                timer->start(2);
            });
            QVERIFY(over.tryAcquire(1, patience));
            QCOMPARE(ticks, 5);
        }
    }

    void aTimerMayStopAndReplaceOthersThatAreDue_data() { bothDispatchers(); }
    void aTimerMayStopAndReplaceOthersThatAreDue()
    {
        QFETCH(bool, ours);
        Inhabited room(ours);
        QStringList came;
        QSemaphore over;
        room.run([&] {
            auto *first = new QTimer(room.inhabitant());
            auto *second = new QTimer(room.inhabitant());
            QObject::connect(second, &QTimer::timeout, second, [&came] { came.append("second"); });
            QObject::connect(first, &QTimer::timeout, first, [&came, &over, first, second] {
                first->stop();
                delete second;
                came.append("first");
                // Gets the id that has just become free, and is not due.
                auto *third = new QTimer(first);
                third->setSingleShot(true);
                QObject::connect(third, &QTimer::timeout, third, [&came, &over] {
                    came.append("third");
                    over.release();
                });
                third->start(20);
                QTimer::singleShot(5, first, [&came] { came.append("before"); });
            });
            first->start(1);
            second->start(1);
            QThread::msleep(5); // both are due by now
        });
        QVERIFY(over.tryAcquire(1, patience));
        QCOMPARE(came, (QStringList{"first", "before", "third"}));
    }

    void aZeroTimerLetsOthersHaveTheirTurn_data() { bothDispatchers(); }
    void aZeroTimerLetsOthersHaveTheirTurn()
    {
        QFETCH(bool, ours);
        const Pair pair;
        Inhabited room(ours);
        QSemaphore heard;
        room.run([&] {
            auto *busy = new QTimer(room.inhabitant());
            QObject::connect(busy, &QTimer::timeout, busy, [] {});
            busy->start(0);
            auto *reader = new QSocketNotifier(pair.far, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&heard, &pair] {
                Pair::hear(pair.far);
                heard.release();
            });
            QTimer::singleShot(5, room.inhabitant(), [&heard] { heard.release(); });
        });
        pair.say();
        QVERIFY(heard.tryAcquire(2, patience));
    }

    void aTimerDoesNotInterruptItsOwnSlot_data() { bothDispatchers(); }
    void aTimerDoesNotInterruptItsOwnSlot()
    {
        QFETCH(bool, ours);
        Inhabited room(ours);
        int depth = 0;
        int deepest = 0;
        QSemaphore over;
        room.run([&] {
            auto *timer = new QTimer(room.inhabitant());
            QObject::connect(timer, &QTimer::timeout, timer, [&, timer] {
                deepest = std::max(deepest, ++depth);
                QEventLoop within;
                QTimer::singleShot(20, &within, &QEventLoop::quit);
                within.exec();
                --depth;
                timer->stop();
                over.release();
            });
            timer->start(1);
        });
        QVERIFY(over.tryAcquire(1, patience));
        QCOMPARE(deepest, 1);
    }

    void whatIsLeftOfATimer_data() { bothDispatchers(); }
    void whatIsLeftOfATimer()
    {
        QFETCH(bool, ours);
        Inhabited room(ours);
        room.run([&] {
            QTimer timer;
            QCOMPARE(timer.remainingTime(), -1);
            timer.start(10'000);
            QVERIFY(timer.remainingTime() > 5'000);
            QVERIFY(timer.remainingTime() <= 10'500);
            QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
            const auto timers = dispatcher->registeredTimers(&timer);
            QCOMPARE(timers.size(), 1);
            QCOMPARE(timers.first().interval, 10'000);
            QCOMPARE(timers.first().timerType, Qt::CoarseTimer);
            QVERIFY(dispatcher->unregisterTimers(&timer));
            QVERIFY(!dispatcher->unregisterTimers(&timer));
            QCOMPARE(dispatcher->remainingTime(timer.timerId()), -1);
        });
    }

    void timersMoveToAnotherThread_data() { bothDispatchers(); }
    void timersMoveToAnotherThread()
    {
        QFETCH(bool, ours);
        Inhabited from(ours);
        Inhabited to(ours);
        QSemaphore ticked;
        auto timer = std::make_unique<QTimer>();
        QObject::connect(timer.get(), &QTimer::timeout, timer.get(), [&] {
            if (QThread::currentThread() == &to.thread())
                ticked.release();
        });
        timer->moveToThread(&from.thread());
        from.run([&] {
            timer->start(1);
            timer->moveToThread(&to.thread());
        });
        QVERIFY(ticked.tryAcquire(3, patience));
        to.run([&] { timer.reset(); });
    }

    void whatOtherThreadsPostArrives_data() { bothDispatchers(); }
    void whatOtherThreadsPostArrives()
    {
        QFETCH(bool, ours);
        constexpr int threads = 4;
        constexpr int each = 5'000;
        Inhabited room(ours);
        QSemaphore came;
        std::vector<std::unique_ptr<QThread>> others;
        for (int i = 0; i < threads; ++i) {
            others.emplace_back(QThread::create([&] {
                for (int n = 0; n < each; ++n) {
                    QMetaObject::invokeMethod(
                        room.inhabitant(),
                        [&came, &room] {
                            // It posts to itself as well.
                            QMetaObject::invokeMethod(
                                room.inhabitant(), [&came] { came.release(); }, Qt::QueuedConnection);
                        },
                        Qt::QueuedConnection);
                    if (n % 100 == 0)
                        room.run([] {}); // it sleeps in between
                }
            }));
            others.back()->start();
        }
        QVERIFY(came.tryAcquire(threads * each, patience));
        for (const auto &other : others)
            other->wait();
    }

    void aLoopEndsWheneverItIsTold_data() { bothDispatchers(); }
    void aLoopEndsWheneverItIsTold()
    {
        QFETCH(bool, ours);
        for (int i = 0; i < 500; ++i) {
            Inhabited room(ours);
            // While it posts to itself, so that it is told at every point of its loop.
            if (i % 2)
                QMetaObject::invokeMethod(
                    room.inhabitant(),
                    [&room] {
                        QMetaObject::invokeMethod(
                            room.inhabitant(), [] {}, Qt::QueuedConnection);
                    },
                    Qt::QueuedConnection);
            room.thread().quit();
            QVERIFY(room.thread().wait(patience));
            room.thread().start(); // for the end of the room
        }
    }
};

QTEST_GUILESS_MAIN(TestEpollTimers)
#include "tst_epoll_timers.moc"
