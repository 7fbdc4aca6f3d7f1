// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.h"
#include "tools/http_tool_settings.h"
#include "tools/mcp_settings.h"

#include <QProcessEnvironment>

namespace loquat {

/// The tools that loquat.json asks for, checked.
struct ToolPlan
{
    QList<HttpToolSettings> web;
    QList<McpServerSettings> servers; ///< those to start
    QStringList notes;                ///< what has no effect though somebody wrote it, one line each
};

/// Errors say what is wrong with the file.
Expected<ToolPlan> planTools(const Config &config, const QProcessEnvironment &environment);

} // namespace loquat
