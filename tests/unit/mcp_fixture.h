// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "fakes/scripted_mcp.h"
#include "tools/mcp_server_tools.h"

#include <QTest>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

inline const QByteArray twoTools =
    R"({"tools":[{"name":"echo","description":"d","inputSchema":{"type":"object"}},)"
    R"({"name":"add","inputSchema":{"type":"object"}}]})";

/// An MCP server that says what it is told to, and the toolbox that its tools are in.
class McpFixture : public QObject
{
protected:
    ManualClock m_clock;
    ScriptedMcp::Log m_log;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<McpServerTools> m_server;
    std::optional<ToolOutcome> m_outcome;

    void startServer(bool http = false)
    {
        McpServerSettings settings{.name = u"far"_s};
        settings.policies[u"add"_s] = ToolPolicy::Ask;
        if (http)
            settings.url = QUrl(u"http://far.example/mcp"_s);
        m_server = std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock, [this, http] {
            return std::make_unique<ScriptedMcp>(m_log, http);
        });
        m_server->start();
    }

    ScriptedMcp &server() { return *m_log.current; }

    void goModern()
    {
        QCOMPARE(m_log.lastMethod(), u"server/discover"_s);
        server().result(R"({"supportedVersions":["2026-07-28"]})");
        QCOMPARE(m_log.lastMethod(), u"tools/list"_s);
        server().result(twoTools);
        QVERIFY(m_server->isUp());
    }

    void call(const QString &name)
    {
        m_outcome.reset();
        m_toolbox->call({u"c1"_s, name, u"{\"x\":1}"_s}, {},
                        [this](const ToolOutcome &outcome) { m_outcome = outcome; });
    }

    [[nodiscard]] QStringList names() const
    {
        QStringList names;
        for (const auto &spec : m_toolbox->specs())
            names.append(spec.name);
        return names;
    }
    [[nodiscard]] QJsonObject params() const { return m_log.last()["params"_L1].toObject(); }
    [[nodiscard]] QString error() const { return m_outcome->result["error"_L1].toString(); }

    void begin()
    {
        m_log = {};
        m_outcome.reset();
        m_toolbox = std::make_unique<Toolbox>(m_clock);
    }

    void end()
    {
        m_server.reset();
        m_toolbox.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
};

} // namespace loquat::fakes
