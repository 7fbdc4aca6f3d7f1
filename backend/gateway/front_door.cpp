// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/front_door.h"

#include "gateway/api_query.h"
#include "gateway/head_peek.h"
#include "gateway/problem.h"

#include <QTcpSocket>

#include <unistd.h>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// nullptr: the connection is gone.
QTcpSocket *socketOf(qintptr descriptor, QObject *parent)
{
    auto *socket = new QTcpSocket(parent);
    if (socket->setSocketDescriptor(descriptor))
        return socket;
    delete socket;
    ::close(int(descriptor));
    return nullptr;
}

} // namespace

FrontDoor::FrontDoor(const GatewayLimits &limits, const Dialect &dialect, QStringList profiles,
                     std::atomic<int> &connections, HandOver handOver)
    : m_limits(limits)
    , m_dialect(dialect)
    , m_profiles(std::move(profiles))
    , m_connections(connections)
    , m_handOver(std::move(handOver))
{
    setListenBacklogSize(4096);
}

void FrontDoor::incomingConnection(qintptr descriptor)
{
    new HeadPeek(
        descriptor, m_limits.maxHeadBytes, m_limits.headTime,
        [this, descriptor](HeadPeek::Verdict verdict, QByteArrayView head) {
            switch (verdict) {
            case HeadPeek::Verdict::Arrived:
                headArrived(descriptor, head);
                break;
            case HeadPeek::Verdict::TooLarge:
                refuse(descriptor,
                       {431, {u"head_too_large"_s, u"The request's header is too large."_s, {}, false}});
                break;
            case HeadPeek::Verdict::TooSlow:
            case HeadPeek::Verdict::Gone:
                ::close(int(descriptor));
                break;
            }
        },
        this);
}

void FrontDoor::headArrived(qintptr descriptor, QByteArrayView bytes)
{
    const auto head = parseRequestHead(bytes);
    if (!head)
        refuse(descriptor, {400, {u"bad_request"_s, u"This is not an HTTP/1.1 request."_s, {}, false}});
    else if (m_operators && isForOperators(head->path()))
        m_operators([descriptor](QObject *parent) { return socketOf(descriptor, parent); }, *head);
    else if (head->wantsWebSocket)
        admit(descriptor, *head);
    else
        serveHttp(descriptor);
}

void FrontDoor::admit(qintptr descriptor, const RequestHead &head)
{
    const auto request = parseUpgrade(head, m_dialect, m_profiles);
    if (!request) {
        refuse(descriptor, request.error());
    } else if (m_connections.fetch_add(1) >= m_limits.maxConnections) {
        --m_connections;
        refuse(descriptor,
               {503, {u"overloaded"_s, u"Too many clients are connected."_s, u"Try again soon."_s, true}});
    } else {
        m_handOver(descriptor, *request);
    }
}

void FrontDoor::serveHttp(qintptr descriptor)
{
    auto *socket = new QTcpSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    addPendingConnection(socket);
}

void FrontDoor::refuse(qintptr descriptor, const Refusal &refusal)
{
    auto *socket = new QTcpSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    // The request must be read before the connection is closed: with bytes left unread TCP resets it, and the
    // client never sees the answer.
    connect(
        socket, &QTcpSocket::readyRead, socket,
        [socket, response = problemResponse(refusal.status, refusal.error)] {
            socket->readAll();
            socket->write(response);
            socket->disconnectFromHost();
        },
        Qt::SingleShotConnection);
}

} // namespace loquat
