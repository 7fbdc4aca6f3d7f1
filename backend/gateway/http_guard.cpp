// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http_guard.h"

#include "gateway/problem.h"

namespace loquat {

using namespace Qt::StringLiterals;

Error oneRequestOnly()
{
    return {u"bad_request"_s, u"A connection carries one request, and says how long it is."_s,
            u"Send Content-Length, and the next request on a connection of its own."_s, false};
}

HttpGuard::HttpGuard(QTcpSocket *socket, const GatewayLimits &limits, qint64 whole, GatewayCounters &counters)
    : QObject(socket)
    , m_socket(socket)
    , m_limits(limits)
    , m_counters(counters)
    , m_whole(whole)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        m_counters.count(Refused::SlowRequest);
        m_socket->abort();
    });
    m_deadline.start(limits.requestTime);
    connect(socket, &QTcpSocket::readyRead, this, &HttpGuard::arrived);
    connect(socket, &QTcpSocket::bytesWritten, this, &HttpGuard::sent, Qt::QueuedConnection);
}

void HttpGuard::arrived()
{
    // This is told before the server, which then takes all there is: no byte is seen twice.
    const qint64 before = m_seen;
    m_seen += m_socket->bytesAvailable();
    if (m_seen > m_limits.maxRequestBytes) {
        m_counters.count(Refused::RequestTooLarge);
        m_socket->abort();
    } else if (before >= m_whole && before > 0) {
        m_socket->readAll(); // a second request
    } else if (m_seen > m_whole) {
        // A second began with the end of the first: the server must see neither.
        m_counters.count(Refused::BadRequest);
        QObject::disconnect(m_socket, &QTcpSocket::readyRead, nullptr, nullptr);
        m_socket->readAll();
        m_socket->write(problemResponse(400, oneRequestOnly()));
    }
}

void HttpGuard::sent()
{
    if (m_socket->bytesToWrite() == 0)
        m_socket->disconnectFromHost();
}

} // namespace loquat
