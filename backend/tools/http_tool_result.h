// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/http_tool_settings.h"

#include <QJsonValue>
#include <QNetworkReply>

namespace loquat {

/// What a service answered.
struct HttpToolAnswer
{
    int status = 0; ///< 0 if none came
    QNetworkReply::NetworkError error = QNetworkReply::NoError;
    QByteArray body;
    bool cut = false; ///< there was more than was read
};

/// What the model gets to see of an answer: JSON or text, without the secrets, cut to size with a note; or
/// why there is nothing, in words it can read.
Expected<QJsonValue> httpToolResult(const HttpToolSettings &settings, const HttpToolAnswer &answer);

} // namespace loquat
