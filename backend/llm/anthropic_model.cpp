// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_model.h"

#include "llm/anthropic_parser.h"
#include "llm/anthropic_request.h"
#include "llm/base_url.h"

namespace loquat {

using namespace Qt::StringLiterals;

AnthropicSettings::AnthropicSettings()
{
    baseUrl = QUrl(u"https://api.anthropic.com"_s);
    model = u"claude-haiku-4-5"_s;
    provider = u"anthropic"_s;
    providerName = u"Anthropic"_s;
}

AnthropicModel::AnthropicModel(const AnthropicSettings &settings, UpstreamPool &pool, Clock &clock)
    : HttpModel(settings, pool, clock)
    , m_versionPath(settings.versionPath)
{
}

QUrl AnthropicModel::url() const
{
    return below(settings().baseUrl, u"/messages"_s, m_versionPath);
}

void AnthropicModel::authorize(QNetworkRequest &request) const
{
    request.setRawHeader("x-api-key", settings().apiKey.toUtf8());
}

void AnthropicModel::decorate(QNetworkRequest &request) const
{
    request.setRawHeader("anthropic-version", "2023-06-01");
}

QByteArray AnthropicModel::body(const ChatRequest &request) const
{
    return anthropicRequest(request, settings().model);
}

std::unique_ptr<ReplyParser> AnthropicModel::makeParser() const
{
    return std::make_unique<AnthropicParser>(settings().providerName, settings().model);
}

} // namespace loquat
