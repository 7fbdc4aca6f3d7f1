// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_mcp.h"

namespace loquat::fakes {

using namespace Qt::StringLiterals;

ScriptedMcp::ScriptedMcp(Log &log, bool http)
    : m_log(log)
    , m_http(http)
{
    m_log.current = this;
}

ScriptedMcp::~ScriptedMcp()
{
    if (m_log.current == this)
        m_log.current = nullptr;
}

void ScriptedMcp::say(const QByteArray &json)
{
    const auto message = parseMcpMessage(json);
    Q_ASSERT(message.has_value());
    Q_EMIT received(*message);
}

void ScriptedMcp::result(const QByteArray &json)
{
    const QByteArray id = QByteArray::number(m_log.last()["id"_L1].toInteger());
    say(R"({"result":)" + json + R"(,"id":)" + id + R"(,"jsonrpc":"2.0"})");
}

void ScriptedMcp::failure(int code, const QByteArray &data)
{
    const QByteArray id = QByteArray::number(m_log.last()["id"_L1].toInteger());
    say(R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + QByteArray::number(code) +
        R"(,"message":"no","data":)" + data + "}}");
}

void ScriptedMcp::refuse(int status, const QByteArray &json)
{
    const auto message = parseMcpMessage(json);
    Q_EMIT refused(m_log.last()["id"_L1].toInteger(), status, message ? *message : McpMessage{});
}

void ScriptedMcp::close()
{
    Q_EMIT closed({u"mcp_closed"_s, u"gone"_s, {}, true});
}

} // namespace loquat::fakes
