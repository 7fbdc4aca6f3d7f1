// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "tools/mcp_transport.h"

#include <QList>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace loquat {

/// Modern servers take each request by itself; legacy ones want a handshake first.
enum class McpEra { Unknown, Modern, Legacy };

struct McpRemoteTool
{
    QString name;
    QString description;
    QJsonObject inputSchema;

    bool operator==(const McpRemoteTool &) const = default;
};

struct McpClientLimits
{
    std::chrono::milliseconds probe{5'000};      ///< silence after which a server counts as legacy
    std::chrono::milliseconds handshake{60'000}; ///< programs may have to be downloaded first
    std::chrono::milliseconds list{30'000};
    int pages = 50; ///< of the list of tools
};

/// Speaks the protocol with one server: finds out its era, lists its tools again whenever they change, calls
/// them. Every call is answered exactly once, at the latest when the client is destroyed.
class McpClient final : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(Expected<QJsonObject>)>;

    McpClient(std::unique_ptr<McpTransport> transport, Clock &clock, McpEra era = McpEra::Unknown,
              McpClientLimits limits = {});
    ~McpClient() override;

    void start();
    /// What was found out; worth keeping for the server's next start.
    [[nodiscard]] McpEra era() const { return m_era; }
    using Progressed = std::function<void(const QString &howFar)>;

    /// tools/call; `done` never comes from within. `progressed`, if set: before it, whenever the server says
    /// so. The id is for cancel().
    qint64 call(const QString &tool, const QJsonObject &arguments, Progressed progressed, Done done);
    /// Tells the server that nobody waits any more. `done` gets an error.
    void cancel(qint64 id, const QString &why);

Q_SIGNALS:
    void toolsListed(const QList<loquat::McpRemoteTool> &tools);
    /// The server is gone or unusable. The last signal.
    void closed(const loquat::Error &why);

private:
    struct Pending
    {
        QString method;
        QJsonObject params;
        Done done;
        std::unique_ptr<Clock::Timer> timer;
        bool repeated = false;
        Progressed progressed = {};
    };

    qint64 request(const QString &method, const QJsonObject &params,
                   std::optional<std::chrono::milliseconds> limit, Done done);
    void transmit(qint64 id, const Pending &pending);
    void finish(qint64 id, const Expected<QJsonObject> &result);
    void failAll(const Error &why);
    void probe();
    void probed(const Expected<QJsonObject> &result);
    void handshake(const std::function<void()> &then);
    void list();
    void listPage(const QString &cursor, int page);
    void received(const McpMessage &message);
    void refused(qint64 id, int status, const McpMessage &answer);
    void repeatInNewSession(qint64 id);
    void answer(const McpMessage &request);
    void progressed(const QJsonObject &params);
    void fail(const Error &why);

    const std::unique_ptr<McpTransport> m_transport;
    Clock &m_clock;
    McpEra m_era;
    const McpClientLimits m_limits;
    std::map<qint64, Pending> m_pending;
    qint64 m_lastId = 0;
    QList<McpRemoteTool> m_listed; ///< by the list under way
    std::vector<std::function<void()>> m_afterHandshake;
    bool m_listing = false;
    bool m_listAgain = false;
    bool m_shaking = false;
    bool m_closed = false;
};

} // namespace loquat
