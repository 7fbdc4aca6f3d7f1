// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

namespace loquat {

/// What clients were told of an event, as a list of what to tell them again; empty for what they never see.
/// Tokens are not events: a reply comes as one. `saidBefore`: by the model in the same turn, before it called
/// tools, or by the person who answered in its place; `already`: how much of the reply was told before.
[[nodiscard]] QList<Outbound> outboundOf(const Event &event, const QString &saidBefore = {},
                                         qsizetype already = 0);

/// The newest events of a session that clients see, for one that comes back. Bounded: what is older is gone
/// from here, and a client that asks for it gets a snapshot.
class ReplayBuffer
{
public:
    static constexpr qsizetype maxEvents = 500;
    static constexpr qsizetype maxCharacters = 500'000;

    /// Of events in the order of their seq, whether clients see them or not.
    void keep(const Event &event);
    /// Everything after `after` is still here, and `after` has happened.
    [[nodiscard]] bool reachesBackTo(qint64 after) const
    {
        return after >= m_forgottenUpTo && after <= m_lastSeq;
    }
    /// What came after `after`, up to `last`.
    [[nodiscard]] QList<Outbound> since(qint64 after, qint64 last) const;
    /// What a turn that runs said and did before what it says now, up to event `last`.
    [[nodiscard]] QList<Outbound> ofTurn(int turn, qint64 last) const;
    /// What was said, as far as it is here: [{"seq","role","content"}].
    [[nodiscard]] QJsonArray messages() const;
    [[nodiscard]] bool isComplete() const { return m_forgottenUpTo == 0; }

private:
    [[nodiscard]] const Event *replyAround(qsizetype at, qint64 last) const;

    QList<Event> m_events;
    qsizetype m_characters = 0;
    qint64 m_forgottenUpTo = 0;
    qint64 m_lastSeq = 0;
};

} // namespace loquat
