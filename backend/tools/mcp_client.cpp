// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_client.h"

#include "tools/mcp_protocol.h"
#include "tools/mcp_result.h"
#include "tools/schema_rules.h"

#include <QJsonArray>
#include <QPointer>

#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

McpClient::McpClient(std::unique_ptr<McpTransport> transport, Clock &clock, McpEra era,
                     McpClientLimits limits)
    : m_transport(std::move(transport))
    , m_clock(clock)
    , m_era(era)
    , m_limits(limits)
{
    connect(m_transport.get(), &McpTransport::received, this, &McpClient::received);
    connect(m_transport.get(), &McpTransport::refused, this, &McpClient::refused);
    connect(m_transport.get(), &McpTransport::closed, this, &McpClient::fail);
}

McpClient::~McpClient()
{
    m_transport->disconnect(this);
    m_closed = true;
    failAll({u"mcp_closed"_s, u"The MCP server was stopped."_s, {}, true});
}

void McpClient::start()
{
    m_transport->start();
    if (m_era == McpEra::Unknown)
        probe();
    else if (m_era == McpEra::Modern)
        list();
    else
        handshake([this] { list(); });
}

qint64 McpClient::call(const QString &tool, const QJsonObject &arguments, Progressed progressed, Done done)
{
    QJsonObject params{{"name"_L1, tool}, {"arguments"_L1, arguments}};
    if (progressed)
        params["_meta"_L1] = QJsonObject{{"progressToken"_L1, m_lastId + 1}};
    const qint64 id = request(u"tools/call"_s, params, std::nullopt, std::move(done));
    if (const auto pending = m_pending.find(id); pending != m_pending.end())
        pending->second.progressed = std::move(progressed);
    return id;
}

void McpClient::progressed(const QJsonObject &params)
{
    const auto found = m_pending.find(params["progressToken"_L1].toInteger(-1));
    if (found == m_pending.end() || !found->second.progressed)
        return;                                 // late, or nobody asked
    const auto tell = found->second.progressed; // which may end the call
    tell(mcpProgressText(params));
}

void McpClient::cancel(qint64 id, const QString &why)
{
    if (!m_pending.contains(id))
        return;
    // A modern server over HTTP takes the end of the stream for it.
    if (m_era != McpEra::Modern || !m_transport->isHttp())
        m_transport->send(
            mcpNotification(u"notifications/cancelled"_s, {{"requestId"_L1, id}, {"reason"_L1, why}}));
    m_transport->abandon(id);
    finish(id, Error{u"mcp_cancelled"_s, why, {}, false});
}

qint64 McpClient::request(const QString &method, const QJsonObject &params,
                          std::optional<std::chrono::milliseconds> limit, Done done)
{
    const qint64 id = ++m_lastId;
    auto &pending = m_pending[id];
    pending = {method, params, std::move(done), nullptr, false};
    if (limit)
        pending.timer = m_clock.after(*limit, [this, id] {
            m_transport->abandon(id);
            finish(id, Error{u"mcp_timeout"_s, u"The MCP server does not answer."_s, {}, true});
        });
    transmit(id, pending);
    return id;
}

void McpClient::transmit(qint64 id, const Pending &pending)
{
    auto params = pending.params;
    if (m_era == McpEra::Modern || pending.method == "server/discover"_L1) {
        QJsonObject meta = mcpModernMeta();
        if (const QJsonValue token = params["_meta"_L1]["progressToken"_L1]; !token.isUndefined())
            meta["progressToken"_L1] = token;
        params["_meta"_L1] = meta;
    }
    m_transport->send(mcpRequest(id, pending.method, params));
}

void McpClient::finish(qint64 id, const Expected<QJsonObject> &result)
{
    auto found = m_pending.extract(id);
    if (found.empty())
        return; // late
    found.mapped().done(result);
}

void McpClient::failAll(const Error &why)
{
    for (auto &[id, pending] : std::exchange(m_pending, {}))
        pending.done(why);
}

void McpClient::probe()
{
    request(u"server/discover"_s, {}, m_limits.probe,
            [this](const Expected<QJsonObject> &result) { probed(result); });
}

void McpClient::probed(const Expected<QJsonObject> &result)
{
    if (m_closed)
        return;
    if (result) {
        m_era = McpEra::Modern;
        list();
    } else {
        m_era = McpEra::Legacy;
        handshake([this] { list(); });
    }
}

void McpClient::handshake(const std::function<void()> &then)
{
    m_afterHandshake.push_back(then);
    if (std::exchange(m_shaking, true))
        return;
    const QJsonObject params{{"protocolVersion"_L1, mcpLegacyVersion},
                             {"capabilities"_L1, QJsonObject{}},
                             {"clientInfo"_L1, mcpClientInfo()}};
    request(u"initialize"_s, params, m_limits.handshake, [this](const Expected<QJsonObject> &result) {
        m_shaking = false;
        const auto after = std::exchange(m_afterHandshake, {});
        if (m_closed)
            return;
        if (!result) {
            fail(result.error());
            return;
        }
        m_transport->setVersion((*result)["protocolVersion"_L1].toString());
        m_transport->send(mcpNotification(u"notifications/initialized"_s));
        for (const auto &go : after)
            go();
    });
}

void McpClient::list()
{
    if (std::exchange(m_listing, true)) {
        m_listAgain = true;
        return;
    }
    m_listed.clear();
    m_listAgain = false;
    listPage({}, 1);
}

void McpClient::listPage(const QString &cursor, int page)
{
    const QJsonObject params = cursor.isEmpty() ? QJsonObject{} : QJsonObject{{"cursor"_L1, cursor}};
    request(u"tools/list"_s, params, m_limits.list, [this, page](const Expected<QJsonObject> &result) {
        if (m_closed)
            return;
        if (!result) {
            fail(result.error());
            return;
        }
        for (const auto &value : (*result)["tools"_L1].toArray()) {
            const auto tool = value.toObject();
            m_listed.append({tool["name"_L1].toString(), tool["description"_L1].toString(),
                             tidySchema(tool["inputSchema"_L1].toObject())});
        }
        const QString next = (*result)["nextCursor"_L1].toString();
        if (!next.isEmpty() && page < m_limits.pages) {
            listPage(next, page + 1);
            return;
        }
        m_listing = false;
        if (m_listAgain)
            list();
        else
            Q_EMIT toolsListed(std::exchange(m_listed, {}));
    });
}

void McpClient::received(const McpMessage &message)
{
    switch (message.kind) {
    case McpMessage::Kind::Request:
        answer(message);
        break;
    case McpMessage::Kind::Notification: // logs are of no use here
        if (message.method == "notifications/progress"_L1)
            progressed(message.params);
        else if (message.method == "notifications/tools/list_changed"_L1 &&
                 (m_era != McpEra::Unknown && !m_shaking))
            list();
        break;
    case McpMessage::Kind::Result:
        finish(message.id.toInteger(-1), message.result);
        break;
    case McpMessage::Kind::Failure:
        refused(message.id.toInteger(-1), 200, message);
        break;
    }
}

/// `status` 200: by a JSON-RPC error.
void McpClient::refused(qint64 id, int status, const McpMessage &answer)
{
    const auto found = m_pending.find(id);
    if (found == m_pending.end())
        return;
    if (isLostSession(status, answer) && m_era == McpEra::Legacy && found->second.method != "initialize"_L1 &&
        !found->second.repeated) {
        repeatInNewSession(id);
        return;
    }
    const auto judgement = judgeRefusal(status, answer);
    if (found->second.method == "server/discover"_L1 && !judgement.meansLegacy)
        fail(judgement.error);
    else
        finish(id, judgement.error);
}

/// A server that does not know our session has not carried anything out: what it refused may be sent again.
void McpClient::repeatInNewSession(qint64 id)
{
    m_pending[id].repeated = true;
    handshake([this, id] {
        const auto found = m_pending.find(id);
        if (found == m_pending.end() || found->second.method != "tools/list"_L1)
            list(); // it may be another server by now
        if (found != m_pending.end())
            transmit(id, found->second);
    });
}

void McpClient::answer(const McpMessage &request)
{
    if (request.method == "ping"_L1)
        m_transport->send(mcpResult(request.id, {}));
    else
        m_transport->send(mcpFailure(request.id, mcpMethodNotFound, u"Not supported by this client."_s));
}

void McpClient::fail(const Error &why)
{
    if (std::exchange(m_closed, true))
        return;
    const QPointer<McpClient> self = this;
    failAll(why);
    if (self)
        Q_EMIT closed(why);
}

} // namespace loquat
