// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

#include <algorithm>

namespace loquat {

/// How many replies a client was told the beginning of and not the end. Several wait for an operator.
class OpenReplies
{
public:
    void note(const Outbound &message)
    {
        if (std::holds_alternative<outbound::TurnStarted>(message))
            ++m_count;
        else if (std::holds_alternative<outbound::TurnDone>(message))
            m_count = std::max(0, m_count - 1);
        else if (std::holds_alternative<outbound::Token>(message) ||
                 std::holds_alternative<outbound::ToolStarted>(message))
            m_count = std::max(1, m_count); // it began before this client came
    }
    [[nodiscard]] int count() const { return m_count; }

private:
    int m_count = 0;
};

} // namespace loquat
