// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QByteArrayView>
#include <QJsonObject>
#include <QJsonValue>

#include <functional>
#include <optional>

namespace loquat {

/// No message of a server may be longer; what a model gets to see is limited elsewhere.
constexpr qsizetype maxMcpMessageBytes = qsizetype(8) * 1024 * 1024;

struct McpError
{
    int code = 0;
    QString message;
    QJsonObject data;

    bool operator==(const McpError &) const = default;
};

/// A JSON-RPC 2.0 message as the Model Context Protocol uses them.
struct McpMessage
{
    enum class Kind { Request, Notification, Result, Failure };

    Kind kind = Kind::Notification;
    QJsonValue id; ///< undefined for notifications, null for failures that belong to no request
    QString method;
    QJsonObject params;
    QJsonObject result;
    McpError error;
};

/// One message from `bytes`. Fails on what is not JSON or not JSON-RPC.
Expected<McpMessage> parseMcpMessage(QByteArrayView bytes);

QJsonObject mcpRequest(qint64 id, const QString &method, const QJsonObject &params);
QJsonObject mcpNotification(const QString &method, const QJsonObject &params = {});
QJsonObject mcpResult(const QJsonValue &id, const QJsonObject &result);
QJsonObject mcpFailure(const QJsonValue &id, int code, const QString &message);

/// Cuts a stream into lines. Bytes in, lines out; no I/O.
class McpLines
{
public:
    explicit McpLines(qsizetype limit = maxMcpMessageBytes)
        : m_limit(limit)
    {
    }
    /// Hands every line that `bytes` completes, and that is not empty, to `sink`. Fails, for good, on a line
    /// longer than the limit.
    Expected<void> feed(QByteArrayView bytes, const std::function<void(QByteArrayView)> &sink);

private:
    const qsizetype m_limit;
    QByteArray m_line;
    bool m_failed = false;
};

} // namespace loquat
