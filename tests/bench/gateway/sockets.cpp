// SPDX-License-Identifier: GPL-3.0-or-later
#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace loquat::bench {

namespace {

sockaddr_in loopback(uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void set(int fd, int level, int option)
{
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

} // namespace

void giveUp(const char *what)
{
    std::perror(what);
    std::exit(1);
}

int listenOn(uint16_t port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    set(fd, SOL_SOCKET, SO_REUSEADDR);
    set(fd, SOL_SOCKET, SO_REUSEPORT);
    const sockaddr_in address = loopback(port);
    if (::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
        ::listen(fd, 4096) != 0)
        giveUp("listen");
    return fd;
}

uint16_t portOf(int listener)
{
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    return ntohs(address.sin_port);
}

int acceptFrom(int listener)
{
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        set(fd, IPPROTO_TCP, TCP_NODELAY);
    return fd;
}

int connectTo(uint16_t port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        giveUp("socket");
    set(fd, IPPROTO_TCP, TCP_NODELAY);
    const sockaddr_in address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
        giveUp("connect");
    return fd;
}

void drop(int fd)
{
    const linger abrupt{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
    ::close(fd);
}

long sendSome(int fd, std::string_view bytes)
{
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0)
        return sent;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

void raiseDescriptorLimit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

struct Poller::Ready
{
    std::array<epoll_event, 1024> events;
};

Poller::Poller()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_ready(new Ready)
{
}

Poller::~Poller()
{
    ::close(m_epoll);
    delete m_ready;
}

void Poller::add(int fd, uint32_t events, void *tag) const
{
    epoll_event event{events, {tag}};
    if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        giveUp("epoll");
}

void Poller::change(int fd, uint32_t events, void *tag) const
{
    epoll_event event{events, {tag}};
    ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
}

int Poller::poll(int milliseconds)
{
    return ::epoll_wait(m_epoll, m_ready->events.data(), int(m_ready->events.size()), milliseconds);
}

void *Poller::tagAt(int index) const
{
    return m_ready->events[size_t(index)].data.ptr;
}

uint32_t Poller::eventsAt(int index) const
{
    return m_ready->events[size_t(index)].events;
}

} // namespace loquat::bench
