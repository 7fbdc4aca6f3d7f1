// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/http_model.h"

namespace loquat {

struct GeminiSettings : HttpModelSettings
{
    GeminiSettings();
    QString versionPath = QStringLiteral("/v1beta"); ///< between the base URL and /models
};

/// Google's Gemini by its own API.
class GeminiModel final : public HttpModel
{
public:
    GeminiModel(const GeminiSettings &settings, UpstreamPool &pool, Clock &clock);

protected:
    [[nodiscard]] QUrl url() const override;
    void authorize(QNetworkRequest &request) const override;
    [[nodiscard]] QByteArray body(const ChatRequest &request) const override;
    [[nodiscard]] std::unique_ptr<ReplyParser> makeParser() const override;

private:
    const QString m_versionPath;
};

} // namespace loquat
