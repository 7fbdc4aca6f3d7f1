// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect_refusals.h"

#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

QStringList RefusalsAfterReply::operator()(const Outbound &message)
{
    constexpr qsizetype most = 64; // who goes on like that learns nothing from more
    if (const auto *started = std::get_if<outbound::SessionStarted>(&message))
        m_mode = started->mode;
    else if (const auto *changed = std::get_if<outbound::ModeChanged>(&message))
        m_mode = changed->mode;
    m_replies.note(message);
    const bool waits = m_mode == Mode::Ai && m_replies.count() > 0;
    const QStringList frames = m_encode(message);
    if (const auto *problem = std::get_if<outbound::Problem>(&message);
        problem && problem->seq == 0 && waits) {
        // What the disk holds up comes to its end by itself.
        if (!problem->error.code.startsWith("store_"_L1) && m_held.size() < most)
            m_held += frames;
        return {};
    }
    return waits ? frames : frames + std::exchange(m_held, {});
}

} // namespace loquat
