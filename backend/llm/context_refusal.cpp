// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/context_refusal.h"

#include <QRegularExpression>

namespace loquat::context_refusal {

using namespace Qt::StringLiterals;

bool isOne(const QString &codes, const QString &text)
{
    // OpenAI and Groq; llama.cpp
    if (codes.contains("context_length_exceeded"_L1) || codes.contains("exceed_context_size"_L1))
        return true;
    static const QRegularExpression sentence(
        u"maximum context length|maximum prompt length" // vLLM, OpenRouter, DeepSeek, Mistral; xAI
        "|prompt is too long|exceed context limit"      // Anthropic
        "|input token count.*exceeds the maximum"       // Gemini
        "|exceeds? (the (available )?)?context|context length exceeded|input is too long for requested model"
        "|exceeded model token limit"                                         // Moonshot
        "|greater than the context length|context length of only"             // LM Studio
        "|`inputs` (tokens \\+ `max_new_tokens` must be|must have less than)" // TGI
        "|total number of tokens .*cannot exceed"_s,                          // Cohere
        QRegularExpression::CaseInsensitiveOption);
    return sentence.match(text).hasMatch();
}

std::optional<qint64> toldWindow(const QString &text)
{
    static const QRegularExpression number(
        u"(?:maximum (?:context|prompt) length (?:is|of)|available context size \\(|tokens allowed \\(|"
        "context limit: [\\d +]+>|tokens >|model token limit:|context length of only|n_ctx:|"
        "context window of|`max_new_tokens` must be <=|must have less than|cannot exceed) ?"
        "(\\d++)(?![,.]\\d)|(\\d++) maximum context length"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = number.match(text);
    const QString told = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
    const qint64 tokens = told.toLongLong();
    return tokens > 0 ? std::optional(tokens) : std::nullopt;
}

} // namespace loquat::context_refusal
