// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_settings.h"
#include "tools/mcp_transport.h"

#include <QProcess>

#include <memory>

namespace loquat {

/// A server that is a program of ours: a JSON message a line on its standard input and output. What it writes
/// to standard error is dropped. Destroying the transport ends the program without waiting for it: first its
/// input is closed, then it is asked to end, then it is killed.
class McpStdioTransport final : public McpTransport
{
    Q_OBJECT

public:
    explicit McpStdioTransport(const McpServerSettings &settings);
    ~McpStdioTransport() override;

    void start() override;
    void send(const QJsonObject &message) override;

private:
    void read();
    void fail(const Error &why);

    const QString m_name;
    std::unique_ptr<QProcess> m_process;
    McpLines m_lines;
    bool m_closed = false;
};

} // namespace loquat
