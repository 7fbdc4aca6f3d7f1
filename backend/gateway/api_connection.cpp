// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api_connection.h"

#include "gateway/lingering_close.h"

#include <QDeadlineTimer>
#include <QPointer>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// What is wrong with how the body is announced; nullopt: nothing, `size` is its length.
std::optional<ApiReply> bodyProblem(const RequestHead &head, const ApiLimits &limits, qsizetype &size)
{
    if (head.count("transfer-encoding") > 0)
        return problemReply(411, {u"length_required"_s, u"The length of the body is not announced."_s,
                                  u"Send Content-Length instead of Transfer-Encoding."_s, false});
    const qint64 length = head.contentLength().value_or(0); // what is no number was refused at the door
    if (length > limits.maxBodyBytes)
        return problemReply(413, {u"body_too_large"_s,
                                  u"The body is larger than %1 bytes."_s.arg(limits.maxBodyBytes),
                                  {},
                                  false});
    size = qsizetype(length);
    return {};
}

} // namespace

ApiConnection::ApiConnection(QTcpSocket *socket, const RequestHead &head, const ApiLimits &limits,
                             GatewayCounters &counters, Handle handle, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_limits(limits)
    , m_handle(std::move(handle))
    , m_withBody(head.method != "HEAD")
{
    m_socket->setParent(this);
    connect(m_socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    connect(m_socket, &QTcpSocket::readyRead, this, &ApiConnection::read);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this, &counters] {
        counters.count(Refused::SlowRequest);
        m_socket->abort();
        deleteLater();
    });
    m_patience.start(m_limits.bodyTime);
    if (const auto problem = bodyProblem(head, limits, m_bodySize)) {
        counters.count(problem->status == 413 ? Refused::RequestTooLarge : Refused::BadRequest);
        answer(*problem);
    } else {
        read();
        // Whoever sent all of it already was not waiting for this (RFC 9110, 10.1.1).
        if (!m_handled && head.minorVersion > 0 &&
            head.header("expect").compare("100-continue", Qt::CaseInsensitive) == 0)
            m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    }
}

void ApiConnection::refuse(QTcpSocket *socket, const QByteArray &method, const ApiReply &reply,
                           const ApiLimits &limits, GatewayCounters &counters, QObject *parent)
{
    RequestHead head; // of which nothing more is awaited
    head.method = method;
    auto *connection = new ApiConnection(
        socket, head, limits, counters, [](const QByteArray &, const Answer &) {}, parent);
    connection->answer(reply);
}

void ApiConnection::read()
{
    if (m_answered || m_handled) {
        m_socket->readAll(); // no second request comes on this connection
        return;
    }
    m_received += m_socket->readAll();
    const qsizetype head = m_received.indexOf("\r\n\r\n");
    if (head < 0 || m_received.size() < head + 4 + m_bodySize)
        return;
    m_handled = true;
    m_patience.stop();
    m_handle(m_received.sliced(head + 4, m_bodySize), [self = QPointer(this)](const ApiReply &reply) {
        if (self)
            self->answer(reply);
    });
}

void ApiConnection::answer(const ApiReply &reply)
{
    if (std::exchange(m_answered, true))
        return;
    m_received.clear();
    m_socket->readAll();
    const QByteArray message = httpMessage(reply, m_withBody);
    const auto all = m_limits.answerTime +
                     std::chrono::milliseconds(message.size() * 1'000 / m_limits.leastBytesPerSecond);
    const auto wait = [this, end = QDeadlineTimer(all)] {
        m_patience.start(std::min(m_limits.answerTime, std::chrono::milliseconds(end.remainingTime())));
    };
    wait();
    connect(m_socket, &QTcpSocket::bytesWritten, this, wait);
    m_socket->write(message);
    // With bytes of the client still on their way, closing would reset the connection and lose the answer.
    if (!m_handled)
        new LingeringClose(m_socket->socketDescriptor(), parent());
    m_socket->disconnectFromHost();
}

} // namespace loquat
