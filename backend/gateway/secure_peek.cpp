// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/secure_peek.h"

#include "gateway/request_head.h"

#include <QSslConfiguration>

#include <unistd.h>

namespace loquat {

SecurePeek::SecurePeek(qintptr descriptor, const QSslConfiguration &identity, qsizetype maxBytes,
                       std::chrono::milliseconds time, Done done, std::function<void()> failed,
                       QObject *parent)
    : QObject(parent)
    , m_socket(std::make_unique<QSslSocket>())
    , m_maxBytes(maxBytes)
    , m_done(std::move(done))
    , m_failed(std::move(failed))
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] { conclude(HeadPeek::Verdict::TooSlow); });
    m_deadline.start(time);
    connect(m_socket.get(), &QSslSocket::encrypted, this, [this] { m_shookHands = true; });
    connect(m_socket.get(), &QSslSocket::readyRead, this, &SecurePeek::look);
    connect(m_socket.get(), &QSslSocket::disconnected, this, &SecurePeek::broke);
    m_socket->setSslConfiguration(identity);
    if (!m_socket->setSocketDescriptor(descriptor)) {
        ::close(int(descriptor));
        QMetaObject::invokeMethod(
            this, [this] { broke(); }, Qt::QueuedConnection);
        return;
    }
    m_socket->startServerEncryption();
}

SecurePeek::~SecurePeek()
{
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket.release()->deleteLater(); // this may run in one of its signals
    }
}

void SecurePeek::look()
{
    if (!m_socket->isEncrypted())
        return;
    const QByteArray bytes = m_socket->peek(m_maxBytes + 1);
    if (isHeadComplete(QByteArrayView(bytes).first(std::min(bytes.size(), m_maxBytes))))
        conclude(HeadPeek::Verdict::Arrived, bytes);
    else if (bytes.size() > m_maxBytes)
        conclude(HeadPeek::Verdict::TooLarge);
}

void SecurePeek::broke()
{
    if (m_shookHands)
        return conclude(HeadPeek::Verdict::Gone);
    m_deadline.stop();
    m_socket->disconnect(this);
    m_failed();
    deleteLater();
}

void SecurePeek::conclude(HeadPeek::Verdict verdict, const QByteArray &head)
{
    m_deadline.stop();
    m_socket->disconnect(this);
    // Later, because a socket cannot change threads in the middle of one of its signals.
    QMetaObject::invokeMethod(
        this,
        [this, verdict, head] {
            const bool useful =
                verdict == HeadPeek::Verdict::Arrived || verdict == HeadPeek::Verdict::TooLarge;
            m_done(verdict, head, useful ? std::move(m_socket) : nullptr);
            deleteLater();
        },
        Qt::QueuedConnection);
}

} // namespace loquat
