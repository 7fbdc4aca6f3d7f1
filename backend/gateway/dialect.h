// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

#include <QStringList>

namespace loquat {

/// How a kind of client is spoken to: one text frame per string. Encoders are pure functions over the same
/// messages.
struct Dialect
{
    QLatin1StringView name;
    QStringList (*encode)(const Outbound &message);
};

namespace dialects {
QStringList encodeFrames(const Outbound &message);   ///< {"type":"token","token":…}: everything
QStringList encodeContent(const Outbound &message);  ///< {"type":"content","value":…} and tools
QStringList encodeText(const Outbound &message);     ///< tokens as raw text
QStringList encodeSentinel(const Outbound &message); ///< raw tokens, then [END_OF_RESPONSE]
} // namespace dialects

/// frames | content | text | sentinel; nullptr for any other name.
const Dialect *findDialect(const QString &name);
const Dialect &framesDialect();
QStringList dialectNames();

} // namespace loquat
