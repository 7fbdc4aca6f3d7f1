// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

namespace loquat {

/// How much of its content an ai_message's model said itself. What follows is the sentence that stands in for
/// the rest of a reply that failed; `fallback_from` says where it begins.
inline qsizetype ownWords(const Event &event)
{
    return event.meta[QLatin1StringView("fallback_from")].toInteger(event.content.size());
}

} // namespace loquat
