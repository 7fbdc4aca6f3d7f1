// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api_limits.h"
#include "gateway/api_reply.h"
#include "gateway/gateway_counters.h"
#include "gateway/request_head.h"

#include <QObject>
#include <QTcpSocket>
#include <QTimer>

#include <functional>

namespace loquat {

/// One HTTP request of the API and its answer, after which the connection is closed. Qt's HTTP server knows
/// no limit for a body and no time-out, and cannot stream: what operators use is therefore read and written
/// here. Deletes itself.
class ApiConnection final : public QObject
{
    Q_OBJECT

public:
    using Answer = std::function<void(ApiReply)>;
    /// Gets the body; may answer at once or later, once.
    using Handle = std::function<void(const QByteArray &body, Answer answer)>;

    /// Takes `socket`, of which the head is there to be read but not read.
    ApiConnection(QTcpSocket *socket, const RequestHead &head, const ApiLimits &limits,
                  GatewayCounters &counters, Handle handle, QObject *parent);

    /// Answers a request of `method` with `reply`, whatever is sent.
    static void refuse(QTcpSocket *socket, const QByteArray &method, const ApiReply &reply,
                       const ApiLimits &limits, GatewayCounters &counters, QObject *parent);

private:
    void read();
    void answer(const ApiReply &reply);

    QTcpSocket *m_socket;
    const ApiLimits &m_limits;
    Handle m_handle;
    const bool m_withBody; ///< not to HEAD
    QByteArray m_received;
    qsizetype m_bodySize = 0;
    bool m_handled = false;
    bool m_answered = false;
    QTimer m_patience; ///< for the body first, then for the reader to take the answer
};

} // namespace loquat
