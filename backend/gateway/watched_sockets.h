// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSocketNotifier>

#include <array>
#include <functional>
#include <unordered_map>
#include <vector>

namespace loquat {

/// Socket notifiers on an epoll, and a bell that other threads ring. Costs what is ready, not what is
/// watched.
///
/// A descriptor that is closed while it is watched leaves the epoll without a word, and its number may come
/// back as another: what the kernel watches is compared anew whenever a notifier is enabled.
class WatchedSockets
{
public:
    WatchedSockets();
    ~WatchedSockets();
    Q_DISABLE_COPY_MOVE(WatchedSockets)

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Waits up to `milliseconds` (-1: for ever) for one of them or the bell, and tells every notifier that
    /// has something. How many were told.
    int serve(int milliseconds);
    /// Waits for the bell only.
    void waitForBell(int milliseconds);
    /// From any thread.
    void ring() const;

private:
    static constexpr size_t kinds = 3; ///< QSocketNotifier::Type

    struct Watched
    {
        std::array<QSocketNotifier *, kinds> notifiers{};
        uint generation = 0;
        uint told = 0;          ///< what the kernel was asked for; 0: nothing
        quint64 toldBefore = 0; ///< the wait after which that was
        bool stale = false;     ///< to be told to the kernel before the next wait
        uint afresh = 0; ///< kinds that were added since: the kernel may have forgotten their descriptor
    };

    [[nodiscard]] static uint wanted(const Watched &watched);
    void markStale(int fd, Watched &watched);
    void tellKernel();
    void tellKernel(int fd, Watched &watched);
    int serve(int fd, uint generation, uint events, quint64 wait);
    /// For an event of a descriptor that is no longer the one which it was asked of.
    void forget(int fd, quint64 wait);
    void startOver();
    void hush() const;

    int m_epoll = -1;
    int m_bell = -1;
    uint m_generations = 0;
    quint64 m_waits = 0;
    std::unordered_map<int, Watched> m_watched; ///< by descriptor
    std::vector<int> m_stale;
};

} // namespace loquat
