// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/host_dialer.h"

#include <QHostInfo>
#include <QNetworkProxy>

#include <algorithm>
#include <utility>

namespace loquat {
namespace {

/// The families in turn, beginning with the one that the system prefers.
QList<QHostAddress> alternating(QList<QHostAddress> left)
{
    QList<QHostAddress> ordered;
    while (!left.isEmpty()) {
        const auto other = std::ranges::find_if(left, [&ordered](const QHostAddress &address) {
            return ordered.isEmpty() || address.protocol() != ordered.last().protocol();
        });
        ordered.append(left.takeAt(other == left.end() ? 0 : std::distance(left.begin(), other)));
    }
    return ordered;
}

} // namespace

HostDialer::HostDialer(quint16 port)
    : m_port(port)
{
    m_headStart.setSingleShot(true);
    m_headStart.setInterval(headStart);
    connect(&m_headStart, &QTimer::timeout, this, &HostDialer::tryNext);
}

void HostDialer::dial(const QString &host)
{
    if (const QHostAddress address(host); !address.isNull())
        return dial(QList{address});
    QHostInfo::lookupHost(host, this, [this](const QHostInfo &found) {
        if (found.addresses().isEmpty())
            Q_EMIT failed(QAbstractSocket::HostNotFoundError, found.errorString());
        else
            dial(found.addresses());
    });
}

void HostDialer::dial(const QList<QHostAddress> &addresses)
{
    m_left = alternating(addresses);
    tryNext();
}

void HostDialer::tryNext()
{
    if (m_left.isEmpty())
        return;
    auto *attempt = m_attempts.emplace_back(new QTcpSocket).get();
    attempt->setProxy(QNetworkProxy::NoProxy);
    // Queued: on this machine a connection stands, or fails, inside connectToHost().
    const auto queued = Qt::QueuedConnection;
    connect(
        attempt, &QTcpSocket::connected, this, [this, attempt] { succeeded(attempt); }, queued);
    connect(
        attempt, &QTcpSocket::errorOccurred, this, [this, attempt] { lost(attempt); }, queued);
    m_headStart.start();
    attempt->connectToHost(m_left.takeFirst(), m_port);
}

SocketOwner HostDialer::take(const QTcpSocket *attempt)
{
    const auto found = std::ranges::find(m_attempts, attempt, &SocketOwner::get);
    if (found == m_attempts.end())
        return nullptr;
    SocketOwner taken = std::move(*found);
    m_attempts.erase(found);
    taken->disconnect(this);
    return taken;
}

void HostDialer::succeeded(const QTcpSocket *attempt)
{
    SocketOwner taken = take(attempt);
    if (!taken)
        return;
    if (taken->state() != QAbstractSocket::ConnectedState) // any more
        return goOn(*taken);
    m_socket = std::move(taken);
    m_headStart.stop();
    m_left.clear();
    m_attempts.clear();
    Q_EMIT connected();
}

void HostDialer::lost(const QTcpSocket *attempt)
{
    if (const SocketOwner taken = take(attempt))
        goOn(*taken);
}

void HostDialer::goOn(const QTcpSocket &lost)
{
    if (!m_left.isEmpty())
        tryNext();
    else if (m_attempts.empty())
        Q_EMIT failed(lost.error(), lost.errorString());
}

} // namespace loquat
