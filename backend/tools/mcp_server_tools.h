// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_client.h"
#include "tools/mcp_settings.h"
#include "tools/toolbox.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <memory>

class QNetworkAccessManager;

namespace loquat {

/// Keeps one server running and its tools in a toolbox, under their own names or, where those are taken, as
/// server__tool. A server that goes away comes back after a while that doubles each time; its tools stay
/// listed meanwhile, and calling them fails with a sentence.
class McpServerTools final : public QObject
{
    Q_OBJECT

public:
    using MakeTransport = std::function<std::unique_ptr<McpTransport>()>;

    /// `toolbox` and `clock` outlive it.
    McpServerTools(McpServerSettings settings, Toolbox &toolbox, Clock &clock, MakeTransport makeTransport,
                   McpClientLimits limits = {});
    ~McpServerTools() override;

    void start();
    [[nodiscard]] const McpServerSettings &settings() const { return m_settings; }
    [[nodiscard]] bool isUp() const { return m_up; }
    /// The names among the settings' `policies` that no tool of the server has; of use once it is up.
    [[nodiscard]] QStringList policiesOfNobody() const;
    /// Null while the server is away.
    [[nodiscard]] McpClient *client() const { return m_up ? m_client.get() : nullptr; }

Q_SIGNALS:
    void up(); ///< its tools are in the toolbox
    void down(const loquat::Error &why);
    /// A tool cannot be offered.
    void toolRefused(const QString &tool, const loquat::Error &why);

private:
    struct Offered
    {
        McpRemoteTool remote;
        QString name; ///< in the toolbox
    };

    void offer(const QList<McpRemoteTool> &tools);
    void offerOne(const McpRemoteTool &tool);
    void lost(const Error &why);

    const McpServerSettings m_settings;
    Toolbox &m_toolbox;
    Clock &m_clock;
    const MakeTransport m_makeTransport;
    const McpClientLimits m_limits;
    std::unique_ptr<McpClient> m_client;
    McpEra m_era = McpEra::Unknown;
    QHash<QString, Offered> m_offered; ///< by remote name
    QSet<QString> m_leftOut;           ///< remote names that the toolbox refused
    std::unique_ptr<Clock::Timer> m_restart;
    int m_failures = 0;
    qint64 m_upSinceMs = 0;
    bool m_up = false;
};

/// Makes the transport that `settings` ask for. HTTP transports share `network`.
McpServerTools::MakeTransport mcpTransportMaker(const McpServerSettings &settings,
                                                std::shared_ptr<QNetworkAccessManager> network);

} // namespace loquat
