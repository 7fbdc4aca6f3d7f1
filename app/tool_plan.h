// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.h"
#include "tools/http_tool_settings.h"
#include "tools/mcp_settings.h"

#include <QMap>
#include <QProcessEnvironment>

namespace loquat {

/// The tools that loquat.json asks for, checked.
struct ToolPlan
{
    QList<HttpToolSettings> web;      ///< each name once
    QList<McpServerSettings> servers; ///< those to start
    QMap<QString, QStringList> named; ///< the tools that rules are about, and where those stand
    QStringList notes;                ///< what has no effect though somebody wrote it, one line each
};

/// Errors say what is wrong with the file. The notes tell of rules about tools that nobody has, unless an MCP
/// server may have them.
Expected<ToolPlan> planTools(const Config &config, const QProcessEnvironment &environment);

/// What to say of the `named` that are not among `offered`.
QStringList notesOnUnknown(const QMap<QString, QStringList> &named, const QStringList &offered);

} // namespace loquat
