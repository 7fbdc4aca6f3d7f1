// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect_replies.h"
#include "gateway/encode.h"

namespace loquat {

/// For clients that cannot tell what a sentence belongs to: what was refused while the assistant replies is
/// said after it, so that it neither becomes part of the reply nor ends it. A person may take hours.
class RefusalsAfterReply
{
public:
    explicit RefusalsAfterReply(Encode encode)
        : m_encode(std::move(encode))
    {
    }

    QStringList operator()(const Outbound &message);

private:
    Encode m_encode;
    OpenReplies m_replies;
    Mode m_mode = Mode::Ai;
    QStringList m_held;
};

} // namespace loquat
