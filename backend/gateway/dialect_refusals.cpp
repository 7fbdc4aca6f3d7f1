// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect_refusals.h"

#include <algorithm>
#include <utility>

namespace loquat {

QStringList RefusalsAfterReply::operator()(const Outbound &message)
{
    constexpr qsizetype most = 64; // who goes on like that learns nothing from more
    const QStringList frames = m_encode(message);
    if (std::holds_alternative<outbound::TurnStarted>(message)) {
        ++m_replies;
    } else if (std::holds_alternative<outbound::TurnDone>(message)) {
        m_replies = std::max(0, m_replies - 1); // one that began before this client came
        if (m_replies == 0)
            return frames + std::exchange(m_held, {});
    } else if (const auto *problem = std::get_if<outbound::Problem>(&message);
               problem && problem->seq == 0 && m_replies > 0) {
        if (m_held.size() < most)
            m_held += frames;
        return {};
    }
    return frames;
}

} // namespace loquat
