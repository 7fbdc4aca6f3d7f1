// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/http_model.h"

namespace loquat {

struct ResponsesSettings : HttpModelSettings
{
    ResponsesSettings();
};

/// OpenAI by its Responses API.
class ResponsesModel final : public HttpModel
{
public:
    ResponsesModel(const ResponsesSettings &settings, UpstreamPool &pool, Clock &clock);

protected:
    [[nodiscard]] QUrl url() const override;
    void authorize(QNetworkRequest &request) const override;
    [[nodiscard]] QByteArray body(const ChatRequest &request) const override;
    [[nodiscard]] std::unique_ptr<ReplyParser> makeParser() const override;
};

} // namespace loquat
