// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

/// One to three sentences about the conversation in `messages`.
QString summaryOf(const QList<ChatMessage> &messages);

/// The same with a title and the rest that a summary has, as one JSON object: what a model answers that is
/// given a schema.
QString structuredSummaryOf(const QList<ChatMessage> &messages);

} // namespace loquat::simulated
