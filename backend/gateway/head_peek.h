// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <functional>

namespace loquat {

/// Waits until a fresh connection's request head has arrived and shows it, leaving it unread (MSG_PEEK), so
/// that whoever gets the descriptor reads the request from its first byte. Deletes itself with its verdict.
class HeadPeek final : public QObject
{
    Q_OBJECT

public:
    enum class Verdict { Arrived, TooLarge, TooSlow, Gone };
    /// `head`: what was there. The descriptor is the callee's from then on.
    using Done = std::function<void(Verdict verdict, QByteArrayView head)>;

    HeadPeek(qintptr descriptor, qsizetype maxBytes, std::chrono::milliseconds time, Done done,
             QObject *parent);

private:
    void look();
    void conclude(Verdict verdict, QByteArrayView head = {});

    qintptr m_descriptor;
    qsizetype m_maxBytes;
    Done m_done;
    QSocketNotifier m_readable;
    QTimer m_deadline;
    QTimer m_again;
    qsizetype m_seen = 0;
    std::chrono::milliseconds m_pause{2};
};

} // namespace loquat
