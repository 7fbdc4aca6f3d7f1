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
    QString folder = {};                  ///< where it is started; empty: where Loquat was
    QProcessEnvironment environment = {}; ///< all that the program gets
    QUrl url = {};
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    QString userAgent = QStringLiteral("Loquat");
    ToolPolicy policy = ToolPolicy::Allow; ///< of the tools not in `policies`
    QHash<QString, ToolPolicy> policies = {};
    std::chrono::milliseconds callTimeout{60'000};
    QStringList ignored = {}; ///< keys that other programs heed
};

/// The "mcpServers" of other applications: {"name":{"command","args","env","cwd"} or {"url","headers"}}, and
/// of ours "policy", "policies":{tool:policy} and "timeout_ms". "${NAME}" in `env`, `args`, `cwd`, `url` and
/// `headers` is NAME of `environment`. Programs get what a shell needs of it and their `env`, not Loquat's
/// keys. Those with "disabled":true are left out, whatever else they say. Other keys are ignored, unless one
/// of these seems to be meant. Errors name the key.
Expected<QList<McpServerSettings>> mcpServersFromJson(const QJsonObject &servers,
                                                      const QProcessEnvironment &environment);

} // namespace loquat
