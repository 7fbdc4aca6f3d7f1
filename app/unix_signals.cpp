// SPDX-License-Identifier: GPL-3.0-or-later
#include "unix_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace loquat {

namespace {

sigset_t handledSignals()
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGHUP);
    return mask;
}

} // namespace

void UnixSignals::block()
{
    const sigset_t mask = handledSignals();
    pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    // A limit on the size of files is an error that the journal reports and outlives, not an end of the
    // program.
    std::signal(SIGXFSZ, SIG_IGN);
}

UnixSignals::UnixSignals(QObject *parent)
    : QObject(parent)
{
    const sigset_t mask = handledSignals();
    const int descriptor = ::signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    m_notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this, descriptor] {
        signalfd_siginfo info;
        while (::read(descriptor, &info, sizeof info) == ssize_t(sizeof info)) {
            if (info.ssi_signo == uint32_t(SIGHUP)) {
                Q_EMIT reloadRequested();
                continue;
            }
            if (++m_received == 1)
                Q_EMIT stopRequested();
            else
                Q_EMIT stopNowRequested();
        }
    });
}

void UnixSignals::letEnd()
{
    sigset_t stops;
    sigemptyset(&stops);
    for (const int number : {SIGINT, SIGTERM}) {
        std::signal(number, [](int) { std::_Exit(0); });
        sigaddset(&stops, number);
    }
    pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

UnixSignals::~UnixSignals()
{
    const auto descriptor = m_notifier->socket();
    m_notifier.reset();
    ::close(int(descriptor));
}

} // namespace loquat
