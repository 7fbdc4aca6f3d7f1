// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h" // declares the metatype of Error
#include "tools/mcp_message.h"

#include <QObject>

namespace loquat {

/// Carries messages to and from one MCP server. Signals never come from within start() or send().
class McpTransport : public QObject
{
    Q_OBJECT

public:
    virtual void start() = 0;
    virtual void send(const QJsonObject &message) = 0;
    /// Nobody waits for the answer to this request any more.
    virtual void abandon(qint64 id) { Q_UNUSED(id) }
    /// What was agreed on in a handshake; legacy era only.
    virtual void setVersion(const QString &version) { Q_UNUSED(version) }
    /// Each request stands for itself, so the server may forget us without our hearing of it.
    [[nodiscard]] virtual bool isHttp() const { return false; }

Q_SIGNALS:
    void received(const loquat::McpMessage &message);
    /// A request was refused by HTTP with this status (0: it did not get through) and perhaps a JSON-RPC
    /// error.
    void refused(qint64 id, int status, const loquat::McpMessage &answer);
    /// The server is gone. The last signal.
    void closed(const loquat::Error &why);
};

} // namespace loquat
