// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/live_reader.h"

#include "gateway/security_headers.h"
#include "gateway/sse_frame.h"

#include <QPointer>

namespace loquat {

LiveReader::LiveReader(QTcpSocket *socket, LiveTail &tail, std::optional<qint64> after,
                       const ApiLimits &limits, GatewayCounters &counters, const HttpHeaders &headers,
                       QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_tail(tail)
    , m_limits(limits)
    , m_counters(counters)
    , m_told(after.value_or(tail.position()))
{
    m_socket->setParent(this);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    connect(m_socket, &QTcpSocket::readyRead, this, [this] { m_socket->readAll(); });
    connect(m_socket, &QTcpSocket::bytesWritten, this, [this] {
        m_tookSomething = true;
        advance();
    });
    connect(&m_tail, &LiveTail::advanced, this, &LiveReader::advance);
    connect(&m_tail, &LiveTail::tokens, this, &LiveReader::tokens);
    m_socket->readAll();
    m_socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                    "Connection: close\r\nX-Accel-Buffering: no\r\n");
    m_socket->write(dataSecurityHeaders);
    for (const auto &[name, value] : headers)
        m_socket->write(name + ": " + value + "\r\n");
    m_socket->write("\r\nretry: 2000\n: every event of every session\n\n");
    if (m_told > m_tail.position()) {
        // Of another journal, or of one that lost its end: nobody knows what this reader knows.
        m_told = m_tail.position();
        m_socket->write(sseGap("events"));
    }
    advance();
}

void LiveReader::beat()
{
    advance();
    if (m_socket->bytesToWrite() == 0) {
        m_stalled = {};
        m_socket->write(": still here\n\n");
        return;
    }
    m_stalled = m_tookSomething ? std::chrono::milliseconds(0) : m_stalled + m_limits.heartbeat;
    m_tookSomething = false;
    if (m_stalled >= m_limits.stallTime) {
        m_counters.count(Refused::SlowReader);
        m_socket->abort();
        deleteLater();
    }
}

void LiveReader::advance()
{
    while (!m_reading && !isSlow() && m_told < m_tail.position()) {
        if (const auto frames = m_tail.recent(m_told, m_limits.maxUnsentBytes)) {
            m_told = std::max(frames->upTo, m_told);
            if (frames->bytes.isEmpty())
                return;
            m_socket->write(frames->bytes);
            continue;
        }
        m_reading = true;
        m_tail.read(m_told, [self = QPointer(this)](const Expected<LiveTail::Frames> &frames) {
            if (!self)
                return;
            self->m_reading = false;
            if (!frames)
                return; // the next event has it tried again
            self->m_told = frames->upTo;
            self->m_socket->write(frames->bytes);
            self->advance();
        });
    }
}

void LiveReader::tokens(const QByteArray &frames)
{
    // Behind with the events, tokens would belong to what has not been told.
    if (m_told < m_tail.position() || isSlow()) {
        m_lostTokens = true;
        return;
    }
    if (std::exchange(m_lostTokens, false))
        m_socket->write(sseGap("tokens"));
    m_socket->write(frames);
}

} // namespace loquat
