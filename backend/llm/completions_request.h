// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>

namespace loquat {

/// `request` as the body of a streaming chat.completions call.
QByteArray completionsRequest(const ChatRequest &request, const QString &model);

} // namespace loquat
