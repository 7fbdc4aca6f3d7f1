// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/openai_model.h"

#include "llm/base_url.h"
#include "llm/completions_parser.h"
#include "llm/completions_request.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

HttpModelSettings withProvider(HttpModelSettings settings)
{
    if (settings.provider.isEmpty())
        settings.provider = settings.baseUrl.host() == "api.groq.com"_L1 ? u"groq"_s : u"openai"_s;
    return settings;
}

} // namespace

OpenAiSettings::OpenAiSettings()
{
    baseUrl = QUrl(u"https://api.openai.com/v1"_s);
    model = u"gpt-4o-mini"_s;
    providerName = u"OpenAI"_s;
}

OpenAiModel::OpenAiModel(OpenAiSettings settings, UpstreamPool &pool, Clock &clock)
    : HttpModel(withProvider(std::move(settings)), pool, clock)
    , m_dialect(CompletionsDialect::ofHost(this->settings().baseUrl.host()))
{
}

QUrl OpenAiModel::url() const
{
    return below(settings().baseUrl, u"/chat/completions"_s);
}

void OpenAiModel::authorize(QNetworkRequest &request) const
{
    request.setRawHeader("Authorization", "Bearer " + settings().apiKey.toUtf8());
}

QByteArray OpenAiModel::body(const ChatRequest &request) const
{
    if (m_tools != request.tools) {
        m_tools = request.tools;
        m_toolsJson = completionsTools(m_tools);
    }
    return completionsRequest(request, settings().model, m_dialect, m_toolsJson);
}

std::unique_ptr<ReplyParser> OpenAiModel::makeParser() const
{
    return std::make_unique<CompletionsParser>(settings().providerName);
}

} // namespace loquat
