// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/http_model.h"

namespace loquat {

struct AnthropicSettings : HttpModelSettings
{
    AnthropicSettings();
    QString versionPath = QStringLiteral("/v1"); ///< between the base URL and /messages
};

/// Anthropic's Claude by its Messages API.
class AnthropicModel final : public HttpModel
{
public:
    AnthropicModel(const AnthropicSettings &settings, UpstreamPool &pool, Clock &clock);

protected:
    [[nodiscard]] QUrl url() const override;
    void authorize(QNetworkRequest &request) const override;
    void decorate(QNetworkRequest &request) const override;
    [[nodiscard]] QByteArray body(const ChatRequest &request) const override;
    [[nodiscard]] std::unique_ptr<ReplyParser> makeParser() const override;

private:
    const QString m_versionPath;
};

} // namespace loquat
