// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/arrival.h"

#include "gateway/relay_request.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds locateTime{5'000}; ///< then the database counts as away
constexpr std::chrono::milliseconds reachTime{3'000};
constexpr std::chrono::milliseconds pause{500};
constexpr qsizetype maxKept = 64;
constexpr auto closeLater = QWebSocketProtocol::CloseCode(1013);

} // namespace

Arrival::Arrival(Socket client, QString sessionId, SessionLocator &locator, QObject *context,
                 const GatewayLimits &limits, Handover handover, QStringList said, QObject *parent)
    : QObject(parent)
    , m_client(std::move(client))
    , m_sessionId(std::move(sessionId))
    , m_locator(locator)
    , m_context(context)
    , m_limits(limits)
    , m_handover(std::move(handover))
    , m_relayed(isRelayed(m_client->request()))
    , m_said(std::move(said))
    , m_saidCharacters(m_said.join(QString()).size())
{
    m_client->setMaxAllowedIncomingFrameSize(limits.maxMessageBytes);
    m_client->setMaxAllowedIncomingMessageSize(limits.maxMessageBytes);
    connect(m_client.get(), &QWebSocket::textMessageReceived, this, &Arrival::keep);
    connect(m_client.get(), &QWebSocket::disconnected, this, &Arrival::finish);
    m_timer.setSingleShot(true);
    m_since.start();
    locate();
}

Arrival::~Arrival()
{
    // This may run in a signal of either.
    for (Socket *socket : {&m_client, &m_node})
        if (*socket) {
            (*socket)->disconnect(this);
            socket->release()->deleteLater();
        }
}

void Arrival::locate()
{
    const int look = ++m_look;
    m_timer.disconnect(this);
    connect(&m_timer, &QTimer::timeout, this, [this] { located({}); });
    m_timer.start(locateTime);
    m_locator.locate(m_sessionId, m_context,
                     [guard = QPointer(this), look](const std::optional<QUrl> &where) {
                         if (guard && guard->m_look == look)
                             guard->located(where);
                     });
}

void Arrival::located(const std::optional<QUrl> &where)
{
    ++m_look;
    m_timer.stop();
    if (!m_client)
        return;
    if (!where) {
        m_client->disconnect(this);
        m_handover.here(std::move(m_client), m_said);
        finish();
    } else if (m_relayed) {
        // Never from node to node to node: whoever sent it here looks again.
        m_client->close(closeLater, u"led by another node"_s);
        finish();
    } else {
        reach(*where);
    }
}

void Arrival::reach(const QUrl &node)
{
    const RelayRequest request = relayRequest(m_client->request(), m_client->peerAddress(), node);
    m_node = std::make_unique<QWebSocket>(request.origin);
    connect(m_node.get(), &QWebSocket::connected, this, [this] {
        m_timer.stop();
        m_client->disconnect(this);
        m_node->disconnect(this);
        m_handover.there(std::move(m_client), std::move(m_node), m_said);
        finish();
    });
    connect(m_node.get(), &QWebSocket::disconnected, this, &Arrival::lookAgain);
    m_timer.disconnect(this);
    connect(&m_timer, &QTimer::timeout, this, &Arrival::lookAgain);
    m_timer.start(reachTime);
    m_node->open(request.request, request.options);
}

void Arrival::lookAgain()
{
    m_node->disconnect(this);
    m_node->abort();
    m_node.release()->deleteLater();
    if (m_since.hasExpired(m_limits.relayTime.count()))
        return giveUp();
    m_timer.disconnect(this);
    connect(&m_timer, &QTimer::timeout, this, &Arrival::locate);
    m_timer.start(pause);
}

void Arrival::keep(const QString &frame)
{
    m_saidCharacters += frame.size();
    m_said.append(frame);
    if (m_said.size() > maxKept || quint64(m_saidCharacters) > m_limits.maxMessageBytes)
        giveUp();
}

void Arrival::giveUp()
{
    m_client->close(closeLater, u"the session's node cannot be reached, try again"_s);
    finish();
}

void Arrival::finish()
{
    ++m_look;
    m_timer.stop();
    deleteLater();
}

} // namespace loquat
