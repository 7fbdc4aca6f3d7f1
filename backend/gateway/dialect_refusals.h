// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/encode.h"

namespace loquat {

/// For clients that cannot tell what a sentence belongs to: what was refused while a reply runs is said after
/// it, so that it neither becomes part of the reply nor ends it.
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
    int m_replies = 0; ///< that have begun; several wait for an operator
    QStringList m_held;
};

} // namespace loquat
