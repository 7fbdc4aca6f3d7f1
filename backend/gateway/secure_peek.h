// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/head_peek.h"

#include <QSslSocket>

#include <memory>

namespace loquat {

/// HeadPeek for TLS: does the handshake, then shows the request's head, leaving it in the socket. Deletes
/// itself with its verdict.
class SecurePeek final : public QObject
{
    Q_OBJECT

public:
    /// `socket`: the callee's; nullptr if the connection is of no more use.
    using Done =
        std::function<void(HeadPeek::Verdict verdict, QByteArrayView head, std::unique_ptr<QSslSocket>)>;

    /// The descriptor is this one's. `failed`: for a handshake that came to nothing; nothing else is called
    /// then.
    SecurePeek(qintptr descriptor, const QSslConfiguration &identity, qsizetype maxBytes,
               std::chrono::milliseconds time, Done done, std::function<void()> failed, QObject *parent);
    ~SecurePeek() override;

private:
    void look();
    void broke();
    void conclude(HeadPeek::Verdict verdict, const QByteArray &head = {});

    std::unique_ptr<QSslSocket> m_socket;
    qsizetype m_maxBytes;
    bool m_shookHands = false; ///< also after the connection is gone
    Done m_done;
    std::function<void()> m_failed;
    QTimer m_deadline;
};

} // namespace loquat
