// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_model.h"

#include "llm/base_url.h"
#include "llm/gemini_parser.h"
#include "llm/gemini_request.h"

namespace loquat {

using namespace Qt::StringLiterals;

GeminiSettings::GeminiSettings()
{
    baseUrl = QUrl(u"https://generativelanguage.googleapis.com"_s);
    model = u"gemini-2.5-flash"_s;
    provider = u"gemini"_s;
    providerName = u"Gemini"_s;
}

GeminiModel::GeminiModel(const GeminiSettings &settings, UpstreamPool &pool, Clock &clock)
    : HttpModel(settings, pool, clock)
    , m_versionPath(settings.versionPath)
{
}

QUrl GeminiModel::url() const
{
    QUrl url =
        below(settings().baseUrl, u"/models/%1:streamGenerateContent"_s.arg(settings().model), m_versionPath);
    url.setQuery(u"alt=sse"_s);
    return url;
}

void GeminiModel::authorize(QNetworkRequest &request) const
{
    request.setRawHeader("x-goog-api-key", settings().apiKey.toUtf8());
}

QByteArray GeminiModel::body(const ChatRequest &request) const
{
    return geminiRequest(request, settings().model);
}

std::unique_ptr<ReplyParser> GeminiModel::makeParser() const
{
    return std::make_unique<GeminiParser>(settings().providerName, settings().model);
}

} // namespace loquat
