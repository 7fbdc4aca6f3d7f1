// SPDX-License-Identifier: GPL-3.0-or-later
#include "unix_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace loquat {

UnixSignals::UnixSignals(QObject *parent) : QObject(parent)
{
    // Blocked in every thread, since those that start later inherit it, and read from a descriptor instead.
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    const int descriptor = ::signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    m_notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this, descriptor] {
        signalfd_siginfo info;
        while (::read(descriptor, &info, sizeof info) == ssize_t(sizeof info)) {
            if (++m_received > 1)
                std::_Exit(1);
            Q_EMIT stopRequested();
        }
    });
}

UnixSignals::~UnixSignals()
{
    const auto descriptor = m_notifier->socket();
    m_notifier.reset();
    ::close(int(descriptor));
}

} // namespace loquat
