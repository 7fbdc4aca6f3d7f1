// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/encode.h"

namespace loquat {

/// How a kind of client is spoken to.
struct Dialect
{
    QLatin1StringView name;
    Encode (*encoder)(); ///< a new one for each client
    /// Its clients know no frames of their own: a JSON object that names neither a type nor a message is
    /// something that a person said.
    bool plainText = false;
};

namespace dialects {
QStringList encodeFrames(const Outbound &message);  ///< {"type":"token","token":…}: everything
QStringList encodeContent(const Outbound &message); ///< {"type":"content","value":…} and tools
QStringList encodeText(const Outbound &message);    ///< tokens as raw text
} // namespace dialects

/// frames | content | text | sentinel | ai-sdk; nullptr for any other name.
const Dialect *findDialect(const QString &name);
const Dialect &framesDialect();
QStringList dialectNames();

} // namespace loquat
