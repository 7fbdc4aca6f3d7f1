// SPDX-License-Identifier: GPL-3.0-or-later
#include "inhabited_thread.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QSocketNotifier>
#include <QTimer>

#include <memory>

using namespace loquat;
using namespace loquat::tests;

/// Protects that a thread on our dispatcher serves its sockets as one on Qt's, whenever they are closed.
class TestEpollSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void socketsAreReadAndWritten_data() { bothDispatchers(); }
    void socketsAreReadAndWritten()
    {
        QFETCH(bool, ours);
        const Pair pair;
        Inhabited room(ours);
        QSemaphore heard;
        QSemaphore writable;
        QSocketNotifier *reader = nullptr;
        QSocketNotifier *writer = nullptr;
        room.run([&] {
            reader = new QSocketNotifier(pair.far, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&] {
                Pair::hear(pair.far);
                heard.release();
            });
            // Two on one descriptor.
            writer = new QSocketNotifier(pair.far, QSocketNotifier::Write, room.inhabitant());
            QObject::connect(writer, &QSocketNotifier::activated, writer, [&] {
                writer->setEnabled(false);
                writable.release();
            });
        });
        QVERIFY(writable.tryAcquire(1, patience));
        pair.say();
        QVERIFY(heard.tryAcquire(1, patience));
        room.run([&] { reader->setEnabled(false); });
        pair.say();
        room.run([&] { writer->setEnabled(true); });
        QVERIFY(writable.tryAcquire(1, patience)); // the loop has been round: the reader was not asked
        QCOMPARE(heard.available(), 0);
        room.run([&] { reader->setEnabled(true); });
        QVERIFY(heard.tryAcquire(1, patience));
    }

    void aHangUpIsTold_data() { bothDispatchers(); }
    void aHangUpIsTold()
    {
        QFETCH(bool, ours);
        Pair pair;
        Inhabited room(ours);
        QSemaphore told;
        room.run([&] {
            auto *reader = new QSocketNotifier(pair.far, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&told, reader] {
                reader->setEnabled(false);
                told.release();
            });
        });
        ::close(std::exchange(pair.near, -1));
        QVERIFY(told.tryAcquire(1, patience));
    }

    void notifiersMayDeleteThemselvesAndOthersThatAreReady_data() { bothDispatchers(); }
    void notifiersMayDeleteThemselvesAndOthersThatAreReady()
    {
        QFETCH(bool, ours);
        const Pair one;
        const Pair two;
        Inhabited room(ours);
        one.say();
        two.say();
        int told = 0;
        QSemaphore over;
        room.run([&] {
            auto *first = new QSocketNotifier(one.far, QSocketNotifier::Read, room.inhabitant());
            auto *second = new QSocketNotifier(two.far, QSocketNotifier::Read, room.inhabitant());
            const auto end = [&, first, second](QSocketNotifier *self) {
                ++told;
                delete (self == first ? second : first);
                self->setEnabled(false);
                self->deleteLater();
                QTimer::singleShot(10, room.inhabitant(), [&over] { over.release(); });
            };
            QObject::connect(first, &QSocketNotifier::activated, first, [end, first] { end(first); });
            QObject::connect(second, &QSocketNotifier::activated, second, [end, second] { end(second); });
        });
        QVERIFY(over.tryAcquire(1, patience));
        QCOMPARE(told, 1);
    }

    void aDescriptorMayBeClosedFirstAndItsNumberComeBack_data() { bothDispatchers(); }
    void aDescriptorMayBeClosedFirstAndItsNumberComeBack()
    {
        QFETCH(bool, ours);
        const Pair pair;
        Inhabited room(ours);
        QSemaphore heard;
        room.run([&] {
            const int number = ::dup(pair.near);
            auto early = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
            QCoreApplication::processEvents(); // the kernel watches it
            ::close(number);
            early.reset();
            QCOMPARE(::dup2(pair.far, number), number);
            auto *reader = new QSocketNotifier(number, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&heard, number] {
                Pair::hear(number);
                heard.release();
            });
        });
        for (int i = 0; i < 3; ++i) {
            pair.say();
            QVERIFY(heard.tryAcquire(1, patience));
        }
    }

    void aNumberMayComeBackWhileItIsStillWatched_data() { bothDispatchers(); }
    void aNumberMayComeBackWhileItIsStillWatched()
    {
        QFETCH(bool, ours);
        const Pair pair;
        const Pair gone;
        Inhabited room(ours);
        QSemaphore heard;
        room.run([&] {
            const int number = ::dup(gone.far);
            auto *reader = new QSocketNotifier(number, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&heard, number] {
                Pair::hear(number);
                heard.release();
            });
            QCoreApplication::processEvents();
            QCOMPARE(::dup2(pair.far, number), number); // closes what was there
            reader->setEnabled(false);
            reader->setEnabled(true);
        });
        pair.say();
        QVERIFY(heard.tryAcquire(1, patience));
    }

    void aCopyOfAClosedDescriptorKeepsNobodyBusy()
    {
        const Pair pair;
        Inhabited room(true);
        int turns = 0;
        QSemaphore over;
        const int copy = ::dup(pair.far); // as a child process may have one
        room.run([&] {
            const int number = ::dup(copy);
            auto early = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
            QCoreApplication::processEvents();
            ::close(number);
            early.reset();
            pair.say(); // the kernel tells of it for as long as the copy lives
            QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock,
                             room.inhabitant(), [&turns] { ++turns; });
            QTimer::singleShot(100, room.inhabitant(), [&over] { over.release(); });
        });
        QVERIFY(over.tryAcquire(1, patience));
        ::close(copy);
        QVERIFY2(turns < 50, qPrintable(QString::number(turns)));
    }

    void withoutSocketsTheRestGoesOn_data() { bothDispatchers(); }
    void withoutSocketsTheRestGoesOn()
    {
        QFETCH(bool, ours);
        const Pair pair;
        Inhabited room(ours);
        QSemaphore heard;
        pair.say();
        room.run([&] {
            auto *reader = new QSocketNotifier(pair.far, QSocketNotifier::Read, room.inhabitant());
            QObject::connect(reader, &QSocketNotifier::activated, reader, [&] {
                Pair::hear(pair.far);
                heard.release();
            });
            QEventLoop within;
            QTimer::singleShot(5, &within, &QEventLoop::quit);
            within.exec(QEventLoop::ExcludeSocketNotifiers);
            QCOMPARE(heard.available(), 0);
        });
        QVERIFY(heard.tryAcquire(1, patience));
    }
};

QTEST_GUILESS_MAIN(TestEpollSockets)
#include "tst_epoll_sockets.moc"
