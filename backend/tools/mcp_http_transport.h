// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_settings.h"
#include "tools/mcp_transport.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

#include <map>
#include <memory>

namespace loquat {

/// A server at a URL ("Streamable HTTP"): a POST per message, answered by JSON or a stream of events; in the
/// legacy era also a GET, for what the server says by itself.
/// Destroying the transport ends the server's session.
class McpHttpTransport final : public McpTransport
{
    Q_OBJECT

public:
    McpHttpTransport(McpServerSettings settings, std::shared_ptr<QNetworkAccessManager> network);
    ~McpHttpTransport() override;

    void start() override {}
    void send(const QJsonObject &message) override;
    void abandon(qint64 id) override;
    void setVersion(const QString &version) override { m_version = version; }
    [[nodiscard]] bool isHttp() const override { return true; }

private:
    struct Exchange;

    [[nodiscard]] QNetworkRequest request() const;
    void follow(const std::shared_ptr<Exchange> &exchange);
    /// Opens the stream on which a server of the legacy era speaks unasked, where it has one.
    void listen();
    void read(const std::shared_ptr<Exchange> &exchange);
    void finish(const std::shared_ptr<Exchange> &exchange);

    const McpServerSettings m_settings;
    const std::shared_ptr<QNetworkAccessManager> m_network;
    std::map<QNetworkReply *, std::shared_ptr<Exchange>> m_exchanges;
    QByteArray m_session;
    QString m_version;
    QTimer m_listenAgain;
    std::optional<std::chrono::milliseconds> m_nextListenPause; ///< nothing: the server has no such stream
};

} // namespace loquat
