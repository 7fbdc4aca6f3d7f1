// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_transport.h"

#include <QJsonDocument>

namespace loquat::fakes {

/// An MCP server that the test plays by hand. `log` outlives it, so that restarts can be followed.
class ScriptedMcp final : public McpTransport
{
    Q_OBJECT

public:
    struct Log
    {
        QList<QJsonObject> sent;
        QList<qint64> abandoned;
        int starts = 0;
        ScriptedMcp *current = nullptr;

        [[nodiscard]] QJsonObject last() const { return sent.isEmpty() ? QJsonObject() : sent.constLast(); }
        [[nodiscard]] QString lastMethod() const { return last()[QLatin1String("method")].toString(); }
    };

    explicit ScriptedMcp(Log &log, bool http = false);
    ~ScriptedMcp() override;

    void start() override { ++m_log.starts; }
    void send(const QJsonObject &message) override { m_log.sent.append(message); }
    void abandon(qint64 id) override { m_log.abandoned.append(id); }
    [[nodiscard]] bool isHttp() const override { return m_http; }

    void say(const QByteArray &json);
    /// Answers the last request.
    void result(const QByteArray &json);
    void failure(int code, const QByteArray &data = "{}");
    void refuse(int status, const QByteArray &json = {});
    void close();

private:
    Log &m_log;
    const bool m_http;
};

} // namespace loquat::fakes
