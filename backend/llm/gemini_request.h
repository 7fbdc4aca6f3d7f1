// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>

namespace loquat {

/// `request` as the body of Gemini's streamGenerateContent. What another provider, or another `model`, left
/// in the history for itself stays out.
QByteArray geminiRequest(const ChatRequest &request, const QString &model);

} // namespace loquat
