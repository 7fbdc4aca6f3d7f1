// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/door_policy.h"
#include "gateway/gateway_counters.h"
#include "gateway/head_peek.h"
#include "gateway/incoming.h"
#include "gateway/session_request.h"

#include <QObject>
#include <QStringList>
#include <QTcpServer>

#include <functional>

namespace loquat {

/// The one listener on the one port. Looks at each connection's request head without taking it from the
/// kernel's buffer, then hands the connection on: WebSocket upgrades to the gateway thread of their session,
/// the rest to the HTTP server bound to this. What can be refused before the upgrade is refused here, as
/// HTTP: too many connections, pages of other origins, tokens that are not good.
///
/// A client that is slow with its head costs one descriptor and one timer, and only until limits.headTime.
class FrontDoor final : public QTcpServer
{
    Q_OBJECT

public:
    using HandOver = std::function<void(IncomingPtr incoming, const SessionRequest &request)>;
    using TakeSocket = std::function<QTcpSocket *(QObject *parent)>;
    /// `take` gives the connection's socket, in the thread that serves it; nullptr: it is gone.
    using ToOperators = std::function<void(TakeSocket take, const RequestHead &head)>;

    /// The references outlive this.
    FrontDoor(const GatewayLimits &limits, const Dialect &dialect, QStringList profiles, DoorPolicy policy,
              GatewayCounters &counters, HandOver handOver);

    /// For connections from now on. In this object's thread.
    void useTls(const QSslConfiguration &identity) { m_policy.tls = identity; }

    /// Who answers what only operators may use, in `thread`; unset: nobody does. Before listen().
    void setOperators(ToOperators operators, QThread *thread)
    {
        m_operators = std::move(operators);
        m_operatorThread = thread;
    }

    /// Of any kind. Thread-safe.
    [[nodiscard]] int connections() const { return m_ledger.count(); }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void peek(const IncomingPtr &incoming);
    void peekSecure(const IncomingPtr &incoming);
    void peeked(const IncomingPtr &incoming, HeadPeek::Verdict verdict, QByteArrayView head);
    void headArrived(const IncomingPtr &incoming, QByteArrayView head);
    void admit(const IncomingPtr &incoming, const RequestHead &head);
    void serveHttp(const IncomingPtr &incoming, const RequestHead &head);
    /// Whether it may go on.
    bool takesPlace(const IncomingPtr &incoming, const ConnectionLedger::Entry &entry, Refused why);
    void refuse(const IncomingPtr &incoming, Refused why, const Refusal &refusal);
    /// `refused`: set if it says why the client is not served.
    void answer(const IncomingPtr &incoming, const QByteArray &response, std::optional<Refused> refused = {});

    const GatewayLimits &m_limits;
    const Dialect &m_dialect;
    const QStringList m_profiles; ///< that a connection may name
    DoorPolicy m_policy;
    GatewayCounters &m_counters;
    ConnectionLedger m_ledger;
    HandOver m_handOver;
    ToOperators m_operators;
    QThread *m_operatorThread = nullptr;
    static constexpr qsizetype maxLingering = 200;
    QObject m_lingering{this}; ///< parent of those that may still read their refusal
};

} // namespace loquat
