// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>

namespace loquat {

/// `request` as the body of a streaming call of OpenAI's Responses API, of which nothing is stored there.
QByteArray responsesRequest(const ChatRequest &request, const QString &model);

} // namespace loquat
