// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/watched_sockets.h"

#ifdef Q_OS_LINUX

#include <QCoreApplication>

#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace loquat {

namespace {

constexpr uint failed = EPOLLHUP | EPOLLERR; // all kinds of notifiers are told, as with Qt's own dispatcher
constexpr std::array<uint, 3> askedFor{EPOLLIN, EPOLLOUT, EPOLLPRI}; ///< by QSocketNotifier::Type
constexpr size_t batch = 256;

quint64 tagOf(int fd, uint generation)
{
    return quint64(generation) << 32 | quint32(fd);
}

} // namespace

WatchedSockets::WatchedSockets()
    : m_bell(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{
    startOver();
    if (m_epoll < 0 || m_bell < 0)
        qFatal("No event loop can be had: the process has no descriptor left.");
}

WatchedSockets::~WatchedSockets()
{
    ::close(m_epoll);
    ::close(m_bell);
}

void WatchedSockets::startOver()
{
    if (m_epoll >= 0)
        ::close(m_epoll);
    m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event bell{EPOLLIN, {}};
    bell.data.u64 = tagOf(m_bell, 0);
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_bell, &bell);
    for (auto &[fd, watched] : m_watched) {
        watched.told = 0;
        markStale(fd, watched);
    }
}

void WatchedSockets::add(QSocketNotifier *notifier)
{
    const int fd = int(notifier->socket());
    Watched &watched = m_watched[fd];
    if (watched.generation == 0)
        watched.generation = ++m_generations;
    watched.notifiers[size_t(notifier->type())] = notifier;
    watched.afresh |= askedFor[size_t(notifier->type())];
    markStale(fd, watched);
}

void WatchedSockets::remove(QSocketNotifier *notifier)
{
    const auto found = m_watched.find(int(notifier->socket()));
    if (found == m_watched.end())
        return;
    QSocketNotifier *&known = found->second.notifiers[size_t(notifier->type())];
    // Another may have taken its place, on a descriptor that has the number of a closed one.
    if (known != notifier)
        return;
    known = nullptr;
    found->second.afresh &= ~askedFor[size_t(notifier->type())];
    markStale(found->first, found->second);
}

uint WatchedSockets::wanted(const Watched &watched)
{
    uint events = 0;
    for (size_t kind = 0; kind < kinds; ++kind)
        if (watched.notifiers[kind])
            events |= askedFor[kind];
    return events;
}

void WatchedSockets::markStale(int fd, Watched &watched)
{
    if (!std::exchange(watched.stale, true))
        m_stale.push_back(fd);
}

void WatchedSockets::tellKernel()
{
    for (const int fd : std::exchange(m_stale, {}))
        if (const auto found = m_watched.find(fd); found != m_watched.end()) {
            tellKernel(fd, found->second);
            if (found->second.told == 0)
                m_watched.erase(found);
        }
}

void WatchedSockets::tellKernel(int fd, Watched &watched)
{
    const uint events = wanted(watched);
    const uint afresh = std::exchange(watched.afresh, 0);
    watched.stale = false;
    if (events == watched.told && !afresh)
        return;
    epoll_event event{events, {}};
    event.data.u64 = tagOf(fd, watched.generation);
    if (events == 0)
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, &event);
    else if (::epoll_ctl(m_epoll, watched.told ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        ::epoll_ctl(m_epoll, errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
    watched.told = events;
    watched.toldBefore = m_waits;
}

int WatchedSockets::serve(int milliseconds)
{
    tellKernel();
    std::array<epoll_event, batch> ready;
    const quint64 wait = ++m_waits;
    const int count = ::epoll_wait(m_epoll, ready.data(), int(ready.size()), milliseconds);
    int told = 0;
    for (int i = 0; i < count; ++i) {
        const quint64 tag = ready[size_t(i)].data.u64;
        if (tag == tagOf(m_bell, 0))
            hush();
        else
            told += serve(int(quint32(tag)), uint(tag >> 32), ready[size_t(i)].events, wait);
    }
    return told;
}

int WatchedSockets::serve(int fd, uint generation, uint events, quint64 wait)
{
    int told = 0;
    bool known = false;
    for (size_t kind = 0; kind < kinds; ++kind) {
        // Looked up each time: whoever is told may add, remove and delete any of them.
        const auto found = m_watched.find(fd);
        if (found == m_watched.end() || found->second.generation != generation)
            break;
        known = true;
        QSocketNotifier *notifier = found->second.notifiers[kind];
        if (!notifier || !(events & (askedFor[kind] | failed)))
            continue;
        QEvent happened(QEvent::SockAct);
        QCoreApplication::sendEvent(notifier, &happened);
        ++told;
    }
    if (!known)
        forget(fd, wait);
    return told;
}

void WatchedSockets::forget(int fd, quint64 wait)
{
    // What was closed while a copy of it lives on elsewhere, in a child process say, cannot be taken from an
    // epoll any more, which goes on telling of it.
    const auto other = m_watched.find(fd);
    const bool forEver = other == m_watched.end()
                             ? ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr) != 0 && errno == EBADF
                             : other->second.told != 0 && other->second.toldBefore < wait;
    if (forEver)
        startOver();
}

void WatchedSockets::waitForBell(int milliseconds)
{
    pollfd bell{m_bell, POLLIN, 0};
    if (::poll(&bell, 1, milliseconds) > 0)
        hush();
}

void WatchedSockets::hush() const
{
    eventfd_t rung = 0;
    ::eventfd_read(m_bell, &rung);
}

void WatchedSockets::ring() const
{
    ::eventfd_write(m_bell, 1);
}

} // namespace loquat

#endif
