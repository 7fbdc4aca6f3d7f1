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

/// `request` as the body of a streaming chat.completions call.
QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                              const CompletionsDialect &dialect = {});

} // namespace loquat
