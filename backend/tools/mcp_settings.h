// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "tools/tool_policy.h"

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QProcessEnvironment>
#include <QUrl>

#include <chrono>
#include <utility>

namespace loquat {

/// One server that speaks the Model Context Protocol: a program, if `url` is empty.
struct McpServerSettings
{
    QString name;
    QString command = {};
    QStringList arguments = {};
    QProcessEnvironment environment = {}; ///< all that the program gets
    QUrl url = {};
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    QString userAgent = QStringLiteral("Loquat");
    ToolPolicy policy = ToolPolicy::Allow; ///< of the tools not in `policies`
    QHash<QString, ToolPolicy> policies = {};
    std::chrono::milliseconds callTimeout{60'000};
};

/// The "mcpServers" of other applications: {"name":{"command","args","env"} or {"url","headers"}}, and of
/// ours "policy", "policies":{tool:policy} and "timeout_ms". "${NAME}" in `env`, `args`, `url` and `headers`
/// is NAME of `environment`. Programs get what a shell needs of it and their `env`, not Loquat's keys. Errors
/// name the key.
Expected<QList<McpServerSettings>> mcpServersFromJson(const QJsonObject &servers,
                                                      const QProcessEnvironment &environment);

} // namespace loquat
