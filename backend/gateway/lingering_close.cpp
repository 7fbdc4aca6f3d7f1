// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/lingering_close.h"

#include <QTcpSocket>
#include <QWebSocket>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace loquat {

LingeringClose::LingeringClose(qintptr descriptor, Duration pause, Duration patience, QObject *parent)
    : QObject(parent)
    , m_descriptor(::fcntl(int(descriptor), F_DUPFD_CLOEXEC, 0))
    , m_readable(m_descriptor, QSocketNotifier::Read)
{
    connect(&m_readable, &QSocketNotifier::activated, this, &LingeringClose::drain);
    for (QTimer *timer : {&m_quiet, &m_longest}) {
        timer->setSingleShot(true);
        connect(timer, &QTimer::timeout, this, &QObject::deleteLater);
    }
    m_quiet.start(pause);
    m_longest.start(patience);
}

void LingeringClose::whileItReads(const QTcpSocket *transport, Duration patience, QObject *parent)
{
    const qintptr descriptor = transport ? transport->socketDescriptor() : -1;
    if (descriptor < 0)
        return;
    auto *lingering = new LingeringClose(descriptor, patience, patience, parent);
    connect(transport, &QTcpSocket::disconnected, lingering, &LingeringClose::ownerClosed);
}

void LingeringClose::afterAbruptEnd(const QWebSocket &socket, const QTcpSocket *transport, QObject *parent)
{
    const QList abrupt{QWebSocketProtocol::CloseCodeProtocolError, QWebSocketProtocol::CloseCodeWrongDatatype,
                       QWebSocketProtocol::CloseCodePolicyViolated, QWebSocketProtocol::CloseCodeTooMuchData,
                       QWebSocketProtocol::CloseCode(1013)};
    const qintptr descriptor = transport ? transport->socketDescriptor() : -1;
    if (descriptor >= 0 && abrupt.contains(socket.closeCode()))
        new LingeringClose(descriptor, parent);
}

LingeringClose::~LingeringClose()
{
    m_readable.setEnabled(false);
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

/// Who reads why it is closed waits for the end of the connection next (RFC 6455, 7.1.1).
void LingeringClose::ownerClosed()
{
    ::shutdown(m_descriptor, SHUT_WR);
}

void LingeringClose::drain()
{
    std::array<char, 65536> ignored; // NOLINT(cppcoreguidelines-pro-type-member-init): only written to
    const ssize_t got = ::recv(m_descriptor, ignored.data(), ignored.size(), MSG_DONTWAIT);
    if (got > 0)
        m_quiet.start();
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        deleteLater();
}

} // namespace loquat
