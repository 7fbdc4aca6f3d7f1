// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_line.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

QUrl webSocketUrl(const QString &address)
{
    QUrl url(address);
    url.setScheme(url.scheme() == "https"_L1 ? u"wss"_s : u"ws"_s);
    if (url.path() == "/"_L1)
        url.setPath({});
    return url;
}

} // namespace

NodeLine::NodeLine(const FleetNode &node, const QString &token, const Pace &pace)
    : m_node(node)
    , m_pace(pace)
    , m_client({webSocketUrl(node.address), token, true}, pace.client)
{
    connect(&m_client, &OperatorClient::batch, this, &NodeLine::batch);
    connect(&m_client, &OperatorClient::gapped, this, &NodeLine::gapped);
    connect(&m_client, &OperatorClient::lost, this, &NodeLine::lost);
    connect(&m_client, &OperatorClient::welcome, this, [this] {
        m_trouble.clear();
        Q_EMIT changed();
    });
    m_used.start();
}

bool NodeLine::isIdle() const
{
    return !m_watches && m_client.waiting() == 0 && m_used.hasExpired(m_pace.linger.count());
}

void NodeLine::lost(const QString &why)
{
    m_why = why;
    m_lost.start();
    if (refusesToken())
        m_trouble =
            u"Node %1 does not take this node's operator token; set the same LOQUAT_OPERATOR_TOKEN on "
            "all nodes. Until then its conversations are shown message by message, and cannot be "
            "commanded from here."_s.arg(m_node.nodeId);
    else
        m_trouble =
            u"Node %1 cannot be reached at %2 (%3). Until it can, this conversation is shown message "
            "by message, and cannot be commanded from here."_s.arg(m_node.nodeId, m_node.address, why);
    Q_EMIT changed();
}

bool NodeLine::refusesToken() const
{
    return m_why.contains("401"_L1) || m_why.contains("403"_L1);
}

void NodeLine::use()
{
    m_used.start();
    if (m_trouble.isEmpty())
        m_client.open();
}

void NodeLine::heardOf()
{
    if (!m_trouble.isEmpty() && m_lost.hasExpired(m_pace.client.firstRetry.count()))
        m_client.open();
}

void NodeLine::watch(const QStringList &sessionIds)
{
    m_watches = !sessionIds.isEmpty();
    use();
    m_client.watch(sessionIds);
}

Error NodeLine::unreachable() const
{
    return {u"node_unreachable"_s,
            u"Node %1, which leads this session, cannot be reached at %2 (%3)."_s.arg(m_node.nodeId,
                                                                                      m_node.address, m_why),
            refusesToken() ? u"Set the same LOQUAT_OPERATOR_TOKEN on all nodes."_s
                           : u"Check that node, and that its LOQUAT_NODE_URL can be reached from this one."_s,
            true};
}

void NodeLine::command(const QString &sessionId, const Command &command, OperatorClient::Done done)
{
    m_used.start();
    m_client.open();
    m_client.command(sessionId, command, [this, done = std::move(done)](const Expected<void> &outcome) {
        const bool unasked = !outcome && outcome.error().code == OperatorClient::notConnected().code;
        done(unasked ? Expected<void>(unreachable()) : outcome);
    });
}

void NodeLine::loadEvents(const EventQuery &query, SessionHistory::Events found)
{
    m_used.start();
    m_client.loadEvents(query, std::move(found));
}

} // namespace loquat
