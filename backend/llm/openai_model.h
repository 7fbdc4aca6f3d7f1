// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/completions_request.h"
#include "llm/http_model.h"

namespace loquat {

struct OpenAiSettings : HttpModelSettings
{
    OpenAiSettings();
};

/// Any server that speaks OpenAI's chat.completions: OpenAI, OpenRouter, Groq, Ollama, vLLM, llama.cpp.
class OpenAiModel final : public HttpModel
{
public:
    /// A provider that is not named is known by its address: "groq" or else "openai".
    OpenAiModel(OpenAiSettings settings, UpstreamPool &pool, Clock &clock);

protected:
    [[nodiscard]] QUrl url() const override;
    void authorize(QNetworkRequest &request) const override;
    [[nodiscard]] QByteArray body(const ChatRequest &request) const override;
    [[nodiscard]] std::unique_ptr<ReplyParser> makeParser() const override;

private:
    const CompletionsDialect m_dialect;
    mutable QList<ToolSpec> m_tools; ///< of the last request,
    mutable QString m_toolsJson;     ///< and what became of them
};

} // namespace loquat
