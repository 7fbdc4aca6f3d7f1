// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/sse_frame.h"

#include <QHash>

#include <limits>
#include <vector>

namespace loquat {

/// Pieces of replies that wait for their place among the events of /api/live: behind the message they answer
/// and before the reply they make up.
class HeldTokens
{
public:
    /// `onDisk`: id of the newest event by now, which the message that `delta` answers is not behind.
    void add(const Delta &delta, qint64 onDisk)
    {
        auto &held = m_held[delta.sessionId];
        held.push_back({delta.turn, onDisk, sseFrame(delta)});
        m_bytes += held.back().frame.size();
    }
    /// Those of which everything that goes before them is among the events up to `position`. A session's
    /// stay in order.
    QByteArray takeDue(qint64 position)
    {
        QByteArray taken;
        for (auto each = m_held.begin(); each != m_held.end();) {
            taken += take(*each, [position](const Held &held) { return held.onDisk <= position; });
            each = each->empty() ? m_held.erase(each) : std::next(each);
        }
        return taken;
    }
    /// Those that were said before `event` came of them.
    QByteArray takeBefore(const Event &event)
    {
        using namespace Qt::StringLiterals;
        const auto known = m_held.find(event.sessionId);
        if (known == m_held.end())
            return {};
        switch (event.type) {
        case EventType::AiMessage:
        case EventType::ToolCall:
        case EventType::ErrorRaised:
        case EventType::SessionEnded:
            break;
        default:
            return {};
        }
        const int turn = int(event.meta["turn"_L1].toInteger(std::numeric_limits<int>::max()));
        return take(*known, [turn](const Held &held) { return held.turn <= turn; });
    }
    void clear()
    {
        m_held.clear();
        m_bytes = 0;
    }
    [[nodiscard]] qsizetype bytes() const { return m_bytes; }

private:
    struct Held
    {
        int turn;
        qint64 onDisk;
        QByteArray frame;
    };

    template <typename Accepts> QByteArray take(std::vector<Held> &from, Accepts accepts)
    {
        QByteArray taken;
        std::erase_if(from, [&](const Held &held) {
            const bool goes = accepts(held);
            if (goes)
                taken += held.frame;
            return goes;
        });
        m_bytes -= taken.size();
        return taken;
    }

    QHash<QString, std::vector<Held>> m_held; ///< by session
    qsizetype m_bytes = 0;
};

} // namespace loquat
