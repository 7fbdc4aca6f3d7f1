// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace loquat {

/// SIGINT and SIGTERM, which ask to stop, and SIGHUP, which asks to read files again, as Qt signals.
class UnixSignals final : public QObject
{
    Q_OBJECT

public:
    /// Call it before any thread starts: threads inherit what is blocked, and a signal goes to whichever
    /// takes it.
    static void block();
    /// Needs the application object.
    explicit UnixSignals(QObject *parent = nullptr);
    ~UnixSignals() override;
    /// From here on a signal that asks to stop ends the process with 0 where it is, also while nobody turns
    /// the event loop.
    static void letEnd();

Q_SIGNALS:
    void stopRequested();
    void stopNowRequested(); ///< somebody does not want to wait for what the first asked for
    void reloadRequested();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
    int m_received = 0;
};

} // namespace loquat
