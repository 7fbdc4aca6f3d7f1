// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool_factory.h"

#include "tools/builtin_tools.h"
#include "tools/http_tool.h"
#include "tools/mcp_server_tools.h"
#include "tools/toolbox.h"

#include <QLoggingCategory>
#include <QNetworkAccessManager>

#include <algorithm>
#include <atomic>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "loquat.tools")

/// Rules about tools that turn out not to be there: said once for all threads.
class NamesInRules
{
public:
    explicit NamesInRules(const QMap<QString, QStringList> &named)
        : m_named(named)
    {
    }

    void lookUp(const Toolbox &toolbox, const std::vector<std::unique_ptr<McpServerTools>> &servers)
    {
        if (m_said.test_and_set())
            return;
        QStringList offered;
        for (const ToolSpec &spec : toolbox.specs())
            offered += toolbox.namesOf(spec.name) << spec.name;
        for (const QString &note : notesOnUnknown(m_named, offered))
            qCWarning(log).noquote() << note;
        for (const auto &server : servers)
            for (const QString &name : server->policiesOfNobody())
                qCWarning(log).noquote() << u"mcpServers.%1.policies: no tool there is named \"%2\""_s.arg(
                    server->settings().name, name.simplified());
    }

private:
    const QMap<QString, QStringList> m_named;
    std::atomic_flag m_said;
};

/// A thread's toolbox, together with what its tools talk through.
class EquippedToolbox final : public ToolRunner
{
public:
    EquippedToolbox(const ToolPlan &plan, std::shared_ptr<NamesInRules> names, Clock &clock)
        : m_names(std::move(names))
        , m_lanes(std::make_shared<NetworkLanes>())
        , m_toolbox(clock)
    {
        for (auto &tool : builtinTools()) // examples, which give way to what somebody set up
            if (std::ranges::find(plan.web, tool->spec().name, &HttpToolSettings::name) == plan.web.end())
                add(std::move(tool), ToolPolicy::Allow);
        for (const HttpToolSettings &settings : plan.web)
            add(std::make_unique<HttpTool>(settings, m_lanes), settings.policy);
        for (const McpServerSettings &settings : plan.servers) {
            auto server = std::make_unique<McpServerTools>(
                settings, m_toolbox, clock,
                mcpTransportMaker(settings, std::make_shared<QNetworkAccessManager>()));
            QObject::connect(server.get(), &McpServerTools::toolRefused, server.get(),
                             [name = settings.name](const QString &tool, const Error &why) {
                                 qCWarning(log) << "MCP server" << name << "offers the tool" << tool
                                                << "which is left out:" << why.message;
                             });
            QObject::connect(
                server.get(), &McpServerTools::down, server.get(), [name = settings.name](const Error &why) {
                    qCWarning(log).noquote() << "MCP server is down:" << name << why.code << why.text();
                });
            QObject::connect(server.get(), &McpServerTools::up, server.get(), [this, name = settings.name] {
                qCInfo(log) << "MCP server is up:" << name;
                if (std::ranges::all_of(m_servers, [](const auto &each) { return each->isUp(); }))
                    m_names->lookUp(m_toolbox, m_servers);
            });
            m_servers.push_back(std::move(server));
        }
        for (const auto &server : m_servers)
            server->start();
    }

    [[nodiscard]] QList<ToolSpec> specs() const override { return m_toolbox.specs(); }
    void call(const ToolCall &call, const ToolContext &context,
              std::function<void(ToolOutcome)> done) override
    {
        m_toolbox.call(call, context, std::move(done));
    }
    [[nodiscard]] ToolPolicy policy(const QString &tool) const override { return m_toolbox.policy(tool); }
    [[nodiscard]] QStringList namesOf(const QString &tool) const override { return m_toolbox.namesOf(tool); }
    void cancel(const QString &sessionId, const QString &callId) override
    {
        m_toolbox.cancel(sessionId, callId);
    }

private:
    void add(std::unique_ptr<Tool> tool, ToolPolicy policy)
    {
        const QString name = tool->spec().name;
        if (const auto added = m_toolbox.add(std::move(tool), policy); !added)
            qCWarning(log) << "left out the tool" << name << added.error().code;
    }

    std::shared_ptr<NamesInRules> m_names;
    std::shared_ptr<NetworkLanes> m_lanes;
    Toolbox m_toolbox;
    std::vector<std::unique_ptr<McpServerTools>> m_servers; ///< last: they go before their toolbox
};

} // namespace

std::function<std::unique_ptr<ToolRunner>(Clock &)> toolFactory(const ToolPlan &plan)
{
    return [plan, names = std::make_shared<NamesInRules>(plan.named)](Clock &clock) {
        return std::make_unique<EquippedToolbox>(plan, names, clock);
    };
}

} // namespace loquat
