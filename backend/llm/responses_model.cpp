// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/responses_model.h"

#include "llm/base_url.h"
#include "llm/responses_parser.h"
#include "llm/responses_request.h"

namespace loquat {

using namespace Qt::StringLiterals;

ResponsesSettings::ResponsesSettings()
{
    baseUrl = QUrl(u"https://api.openai.com/v1"_s);
    model = u"gpt-4o-mini"_s;
    provider = u"openai-responses"_s;
    providerName = u"OpenAI"_s;
}

ResponsesModel::ResponsesModel(const ResponsesSettings &settings, UpstreamPool &pool, Clock &clock)
    : HttpModel(settings, pool, clock)
{
}

QUrl ResponsesModel::url() const
{
    return below(settings().baseUrl, u"/responses"_s);
}

void ResponsesModel::authorize(QNetworkRequest &request) const
{
    request.setRawHeader("Authorization", "Bearer " + settings().apiKey.toUtf8());
}

QByteArray ResponsesModel::body(const ChatRequest &request) const
{
    return responsesRequest(request, settings().model);
}

std::unique_ptr<ReplyParser> ResponsesModel::makeParser() const
{
    return std::make_unique<ResponsesParser>(settings().providerName);
}

} // namespace loquat
