// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/epoll_dispatcher.h"

#include <QSemaphore>
#include <QTest>
#include <QThread>

#include <functional>

#include <sys/socket.h>
#include <unistd.h>

namespace loquat::tests {

/// Somebody in a thread with a dispatcher of its own choosing: ours, or Qt's to compare with.
class Inhabited
{
public:
    explicit Inhabited(bool ours)
    {
        if (ours)
            m_thread.setEventDispatcher(dispatcherForSockets().release());
        m_inhabitant.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Inhabited()
    {
        run([this] { qDeleteAll(m_inhabitant.children()); });
        m_thread.quit();
        m_thread.wait();
    }

    void run(const std::function<void()> &what)
    {
        QMetaObject::invokeMethod(&m_inhabitant, what, Qt::BlockingQueuedConnection);
    }
    QObject *inhabitant() { return &m_inhabitant; }
    QThread &thread() { return m_thread; }

private:
    QThread m_thread;
    QObject m_inhabitant;
};

/// Two ends that are connected; what is written to the first can be read from the second.
struct Pair
{
    int near = -1;
    int far = -1;

    Pair()
    {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0) {
            near = ends[0];
            far = ends[1];
        }
    }
    ~Pair()
    {
        ::close(near);
        ::close(far);
    }
    Q_DISABLE_COPY_MOVE(Pair)
    void say() const { QCOMPARE(::write(near, "x", 1), 1); }
    static void hear(int fd)
    {
        char byte = 0;
        QCOMPARE(::read(fd, &byte, 1), 1);
    }
};

constexpr int patience = 20'000; ///< milliseconds

/// The rows of a test that runs on both.
inline void bothDispatchers()
{
    qputenv("QT_NO_GLIB", "1"); // as the server has it
    QTest::addColumn<bool>("ours");
    QTest::newRow("ours") << true;
    QTest::newRow("Qt's") << false;
}

} // namespace loquat::tests
