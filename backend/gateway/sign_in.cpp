// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/sign_in.h"

#include "gateway/client_frame.h"
#include "gateway/lingering_close.h"
#include "gateway/message_limits.h"

namespace loquat {

using namespace Qt::StringLiterals;

SignIn::SignIn(Socket client, QTcpSocket *transport, Authenticator &authenticator,
               const GatewayLimits &limits, GatewayCounters &counters, Handover handover, QObject *parent)
    : QObject(parent)
    , m_client(std::move(client))
    , m_transport(transport)
    , m_authenticator(authenticator)
    , m_counters(counters)
    , m_handover(std::move(handover))
{
    limitMessages(*m_client, limits.maxFrameBytes, limits.maxMessageBytes, counters, this);
    connect(m_client.get(), &QWebSocket::textMessageReceived, this, &SignIn::heard);
    connect(m_client.get(), &QWebSocket::binaryMessageReceived, this, [this] { refuse(u"sign in first"_s); });
    connect(
        m_client.get(), &QWebSocket::aboutToClose, this,
        [this] { LingeringClose::afterAbruptEnd(*m_client, m_transport, this->parent()); },
        Qt::SingleShotConnection); // Qt tells of it twice
    connect(m_client.get(), &QWebSocket::disconnected, this, &QObject::deleteLater);
    m_late.setSingleShot(true);
    connect(&m_late, &QTimer::timeout, this, [this] { refuse(u"sign in"_s); });
    m_late.start(limits.headTime);
}

SignIn::~SignIn()
{
    if (!m_client)
        return;
    m_client->disconnect(this);
    m_client.release()->deleteLater(); // this may run in one of its signals
}

void SignIn::heard(const QString &frame)
{
    if (m_client->state() != QAbstractSocket::ConnectedState)
        return;
    m_said.append(frame);
    if (m_said.size() > maxFrames)
        return refuse(u"sign in first"_s);
    if (m_said.size() > 1)
        return;
    const auto parsed = parseClientFrame(frame);
    if (!parsed || parsed->kind != ClientFrame::Kind::Auth)
        return refuse(u"sign in first"_s);
    // The thread's inhabitant outlives what is asked for; this may not.
    m_authenticator.check(parsed->text.toUtf8(), parent(),
                          [guard = QPointer(this)](const Expected<Identity> &found) {
                              if (guard)
                                  guard->checked(found);
                          });
}

void SignIn::checked(const Expected<Identity> &found)
{
    if (m_client->state() != QAbstractSocket::ConnectedState)
        return;
    if (!found)
        return refuse(found.error().code);
    m_late.stop();
    m_client->disconnect(this);
    m_handover(std::move(m_client), *found, m_said);
    deleteLater();
}

void SignIn::refuse(const QString &reason)
{
    if (m_client->state() != QAbstractSocket::ConnectedState)
        return;
    m_counters.count(Refused::Credentials);
    m_client->close(QWebSocketProtocol::CloseCodePolicyViolated, reason);
}

} // namespace loquat
