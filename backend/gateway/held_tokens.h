// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/sse_frame.h"

#include <QHash>

#include <vector>

namespace loquat {

/// Pieces of replies that wait for their place among the events of /api/live: behind the message they answer,
/// which may not be on disk yet when they are said, and before the reply they make up.
class HeldTokens
{
public:
    /// What the feed tells, in its order.
    void said(const Event &event);
    void said(const Delta &delta);
    /// The feed lost something: what is told later waits for nothing that was said before.
    void forgetEvents();

    /// What goes before `event`, which is told next.
    QByteArray takeBefore(const Event &event);
    void told(const Event &event);
    /// What waits for nothing any more. A session's stay in order.
    QByteArray takeDue();
    QByteArray takeAll();

    void clear();
    [[nodiscard]] qsizetype bytes() const { return m_bytes; }

private:
    struct Held
    {
        int turn;
        qint64 behind; ///< seq of the event that goes first
        QByteArray frame;
    };
    struct Said
    {
        qint64 newest = 0; ///< seq of its newest event in the feed
        qint64 told = 0;   ///< and among the events
        std::vector<Held> held;
    };

    template <typename Accepts> QByteArray take(Said &from, Accepts accepts);
    template <typename Accepts> QByteArray takeOfEach(Accepts accepts);

    QHash<QString, Said> m_sessions; ///< that wait for something
    qsizetype m_bytes = 0;
};

} // namespace loquat
