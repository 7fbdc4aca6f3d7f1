// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_message.h"

#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error malformed(const QString &why)
{
    return {u"mcp_message"_s, u"The MCP server sent %1."_s.arg(why), {}, false};
}

QJsonObject message(const QJsonValue &id)
{
    return {{"jsonrpc"_L1, "2.0"_L1}, {"id"_L1, id}};
}

} // namespace

Expected<McpMessage> parseMcpMessage(QByteArrayView bytes)
{
    if (bytes.size() > maxMcpMessageBytes)
        return malformed(u"a message that is too long"_s);
    const auto document = QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size()));
    if (!document.isObject())
        return malformed(u"something that is not a JSON object"_s);
    const auto json = document.object();
    if (json["jsonrpc"_L1] != "2.0"_L1)
        return malformed(u"something that is not JSON-RPC 2.0"_s);

    McpMessage parsed;
    parsed.id = json["id"_L1];
    if (json["method"_L1].isString()) {
        parsed.kind = parsed.id.isUndefined() ? McpMessage::Kind::Notification : McpMessage::Kind::Request;
        parsed.method = json["method"_L1].toString();
        parsed.params = json["params"_L1].toObject();
    } else if (json["error"_L1].isObject()) {
        const auto error = json["error"_L1].toObject();
        parsed.kind = McpMessage::Kind::Failure;
        parsed.error = {error["code"_L1].toInt(), error["message"_L1].toString(),
                        error["data"_L1].toObject()};
    } else if (json["result"_L1].isObject() && !parsed.id.isUndefined()) {
        parsed.kind = McpMessage::Kind::Result;
        parsed.result = json["result"_L1].toObject();
    } else {
        return malformed(u"a message that is neither a request nor an answer"_s);
    }
    return parsed;
}

QJsonObject mcpRequest(qint64 id, const QString &method, const QJsonObject &params)
{
    auto json = message(id);
    json["method"_L1] = method;
    json["params"_L1] = params;
    return json;
}

QJsonObject mcpNotification(const QString &method, const QJsonObject &params)
{
    QJsonObject json{{"jsonrpc"_L1, "2.0"_L1}, {"method"_L1, method}};
    if (!params.isEmpty())
        json["params"_L1] = params;
    return json;
}

QJsonObject mcpResult(const QJsonValue &id, const QJsonObject &result)
{
    auto json = message(id);
    json["result"_L1] = result;
    return json;
}

QJsonObject mcpFailure(const QJsonValue &id, int code, const QString &text)
{
    auto json = message(id);
    json["error"_L1] = QJsonObject{{"code"_L1, code}, {"message"_L1, text}};
    return json;
}

Expected<void> McpLines::feed(QByteArrayView bytes, const std::function<void(QByteArrayView)> &sink)
{
    while (!m_failed && !bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const auto piece = end < 0 ? bytes : bytes.first(end);
        if (m_line.size() + piece.size() > m_limit) {
            m_failed = true;
            break;
        }
        m_line.append(piece);
        if (end < 0)
            break;
        bytes = bytes.sliced(end + 1);
        const QByteArray line = std::exchange(m_line, {}).trimmed();
        if (!line.isEmpty())
            sink(line);
    }
    if (m_failed)
        return malformed(u"a line that is too long"_s);
    return {};
}

} // namespace loquat
