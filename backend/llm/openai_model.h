// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "llm/upstream_pool.h"

#include <QUrl>

#include <chrono>

namespace loquat {

struct OpenAiSettings
{
    QUrl baseUrl{QStringLiteral("https://api.openai.com/v1")};
    QString apiKey; ///< empty: no Authorization header, as local servers want it
    QString model = QStringLiteral("gpt-4o-mini");
    QString providerName = QStringLiteral("OpenAI"); ///< as errors name it
    QString userAgent = QStringLiteral("Loquat");    ///< "Loquat/<version>"
    std::chrono::milliseconds firstByteLimit{30'000};
    std::chrono::milliseconds betweenBytesLimit{30'000};
    std::chrono::milliseconds replyLimit{600'000}; ///< also for a server that only sends comments
};

/// Any server that speaks OpenAI's chat.completions: OpenAI, OpenRouter, Groq, Ollama, vLLM, llama.cpp.
class OpenAiModel final : public ChatModel
{
public:
    /// `pool` and `clock` belong to the thread of the model and outlive it and its replies.
    OpenAiModel(OpenAiSettings settings, UpstreamPool &pool, Clock &clock);

    [[nodiscard]] QString name() const override { return m_settings.model; }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

private:
    [[nodiscard]] QNetworkRequest httpRequest() const;

    const OpenAiSettings m_settings;
    UpstreamPool &m_pool;
    Clock &m_clock;
};

} // namespace loquat
