// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_protocol.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr int serverError = -32000;
constexpr int headerMismatch = -32020;     // the modern era's own errors: from here …
constexpr int unsupportedVersion = -32022; // … to here
constexpr qsizetype errorTextLength = 500; ///< of what a server says about its failure

Error errorOf(const McpError &error)
{
    return {u"mcp_error_%1"_s.arg(error.code),
            error.message.isEmpty() ? u"The MCP server answered with error %1."_s.arg(error.code)
                                    : error.message.left(errorTextLength),
            {},
            false};
}

} // namespace

QJsonObject mcpClientInfo()
{
    return {{"name"_L1, "loquat"_L1}, {"version"_L1, QCoreApplication::applicationVersion()}};
}

QJsonObject mcpModernMeta()
{
    return {{"io.modelcontextprotocol/protocolVersion"_L1, mcpModernVersion},
            {"io.modelcontextprotocol/clientCapabilities"_L1, QJsonObject{}},
            {"io.modelcontextprotocol/clientInfo"_L1, mcpClientInfo()}};
}

McpRefusal judgeRefusal(int status, const McpMessage &answer)
{
    const bool hasError = answer.kind == McpMessage::Kind::Failure;
    McpRefusal refusal;
    refusal.error = hasError ? errorOf(answer.error)
                             : Error{u"mcp_http"_s,
                                     status == 0 ? u"The MCP server cannot be reached."_s
                                                 : u"The MCP server answered HTTP %1."_s.arg(status),
                                     {},
                                     status == 0 || status >= 500};
    // An outage or a missing key says nothing about the era.
    if (status == 0 || status == 401 || status == 403 || status == 429 || status >= 500)
        refusal.meansLegacy = false;
    const int code = hasError ? answer.error.code : 0;
    if (code <= headerMismatch && code >= unsupportedVersion) {
        // A modern server of another version is of use only if it takes handshakes as well.
        const auto supported = answer.error.data["supported"_L1].toArray();
        refusal.meansLegacy = code == unsupportedVersion && supported.contains(mcpLegacyVersion);
    }
    return refusal;
}

bool isLostSession(int status, const McpMessage &answer)
{
    // The specification says 404; the reference servers say 400 and a general error, or a sentence.
    return status == 404 ||
           (status == 400 && (answer.kind != McpMessage::Kind::Failure || answer.error.code == serverError));
}

} // namespace loquat
