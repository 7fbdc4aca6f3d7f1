// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>

namespace loquat {

/// Where servers that speak chat.completions differ in what they want to be asked.
struct CompletionsDialect
{
    bool isOpenAi = false;        ///< the original: knows max_completion_tokens and obfuscation
    bool hasStreamOptions = true; ///< Groq tells the usage without being asked

    static CompletionsDialect ofHost(const QString &host);
};

/// `tools` as such a call lists them, in JSON; empty if there are none. They are most of many a request and
/// always the same: keep it.
QString completionsTools(const QList<ToolSpec> &tools);
/// `request` as the body of a streaming chat.completions call; `tools`: completionsTools() of its tools.
QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                              const CompletionsDialect &dialect, const QString &tools);
inline QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                                     const CompletionsDialect &dialect = {})
{
    return completionsRequest(request, model, dialect, completionsTools(request.tools));
}

} // namespace loquat
