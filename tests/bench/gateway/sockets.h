// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace loquat::bench {

// Plain sockets on loopback for the tools of the benchmark, which must cost less than what they measure. What
// cannot be had ends the program: a measurement without it is none.

[[noreturn]] void giveUp(const char *what);

/// Listens on 127.0.0.1; 0 asks for any free port. Several may share one (SO_REUSEPORT).
int listenOn(uint16_t port);
uint16_t portOf(int listener);
/// A connection that is waiting, non-blocking and without Nagle's delay; -1: none is.
int acceptFrom(int listener);
/// Begins to connect without waiting for it.
int connectTo(uint16_t port);
/// Closes so that no port is left waiting (RST).
void drop(int fd);
/// Sends all of it or as much as fits; how much. -1: the connection is gone.
long sendSome(int fd, std::string_view bytes);
void raiseDescriptorLimit();

/// One epoll; `tag` comes back with what happened.
class Poller
{
public:
    Poller();
    ~Poller();
    Poller(const Poller &) = delete;
    Poller &operator=(const Poller &) = delete;

    void add(int fd, uint32_t events, void *tag) const;
    void change(int fd, uint32_t events, void *tag) const;
    /// Calls `happened(tag, events)` for everything that is ready within `milliseconds` (-1: for ever).
    template <typename Happened> void wait(int milliseconds, Happened happened)
    {
        const int count = poll(milliseconds);
        for (int i = 0; i < count; ++i)
            happened(tagAt(i), eventsAt(i));
    }

private:
    int poll(int milliseconds);
    [[nodiscard]] void *tagAt(int index) const;
    [[nodiscard]] uint32_t eventsAt(int index) const;

    struct Ready;
    int m_epoll;
    Ready *m_ready;
};

} // namespace loquat::bench
