// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/sse_frame.h"

#include <deque>
#include <limits>

namespace loquat {

/// Pieces of replies that wait for their place among the events of /api/live: behind the message they answer
/// and before the reply they make up.
class HeldTokens
{
public:
    /// `onDisk`: id of the newest event by now, which the message that `delta` answers is not behind.
    void add(const Delta &delta, qint64 onDisk)
    {
        m_held.push_back({delta.sessionId, delta.turn, onDisk, sseFrame(delta)});
        m_bytes += m_held.back().frame.size();
    }
    /// Those of which everything that goes before them is among the events up to `position`.
    QByteArray takeDue(qint64 position)
    {
        return take([position](const Held &held) { return held.onDisk <= position; });
    }
    /// Those that were said before `event` came of them.
    QByteArray takeBefore(const Event &event)
    {
        using namespace Qt::StringLiterals;
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
        return take([&event, turn](const Held &held) {
            return held.sessionId == event.sessionId && held.turn <= turn;
        });
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
        QString sessionId;
        int turn;
        qint64 onDisk;
        QByteArray frame;
    };

    template <typename Accepts> QByteArray take(Accepts accepts)
    {
        QByteArray taken;
        std::erase_if(m_held, [&](const Held &held) {
            const bool goes = accepts(held);
            if (goes)
                taken += held.frame;
            return goes;
        });
        m_bytes -= taken.size();
        return taken;
    }

    std::deque<Held> m_held;
    qsizetype m_bytes = 0;
};

} // namespace loquat
