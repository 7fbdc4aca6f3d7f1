// SPDX-License-Identifier: GPL-3.0-or-later
// How a client comes to a session, what it is told then, and how it goes.
#include "session/session.h"

namespace loquat {

using namespace Qt::StringLiterals;

bool Session::attach(SessionClient *client, const ClientHello &hello)
{
    if (hello.provenUser) {
        if (m_open ? *hello.provenUser != m_state.userId : m_claim && m_claim != hello.provenUser) {
            client->close(m_open ? CloseReason::NotTheOwner : CloseReason::Contended);
            return false;
        }
        if (!m_open)
            m_claim = hello.provenUser;
    }
    if (m_client && m_client != client) {
        m_client->close(CloseReason::Replaced);
        clientWentAway();
    }
    m_client = client;
    m_holding = true;
    ++m_attachments;
    begin(hello);
    return true;
}

void Session::begin(const ClientHello &hello)
{
    // A client that has left again by the time the journal answered still opened the session: it may have
    // spoken.
    if (deferUntilOpen([this, hello] { begin(hello); }))
        return;
    m_grace.reset();
    m_state.connected = m_client != nullptr;
    m_state.protocol = hello.protocol;
    m_state.nodeId = m_parts.settings.nodeId;
    m_state.moved = false;
    m_state.status = SessionStatus::Active;
    useProfile(hello.profile);
    const bool resumed = m_state.lastSeq > 0;
    closeInterruptedTurns();
    QJsonObject how{{"protocol"_L1, hello.protocol}};
    if (!hello.profile.isEmpty())
        how["profile"_L1] = hello.profile;
    if (!resumed) {
        how["user_id"_L1] = m_state.userId;
        how["model"_L1] = m_state.model;
        how["node_id"_L1] = m_state.nodeId;
    }
    const Event event =
        emitEvent(resumed ? EventType::SessionResumed : EventType::SessionStarted, Role::System, {}, how);
    if (!resumed)
        m_state.startedAtMs = event.atMs; // as its row says it
    const bool simulated = m_parts.model.firstOf(m_profile->providers).isSimulated();
    const outbound::SessionStarted started{m_state.sessionId, m_state.userId, m_state.model, simulated,
                                           resumed,           m_state.mode,   event.seq};
    m_outbox.then(
        [this, started, after = hello.after, attachment = m_attachments] {
            if (attachment == m_attachments)
                welcome(started, after);
        },
        event.seq);
    publish();
}

void Session::welcome(outbound::SessionStarted started, std::optional<qint64> after)
{
    m_holding = false;
    // The event of this very return was no earlier client's to see: before it lies all that one may know.
    const qint64 before = started.seq - 1;
    if (!after || (*after == 0 && !started.resumed)) {
        tell(started);
        return tellRunning(before);
    }
    if (*after > before || !m_replay.reachesBackTo(*after)) {
        tell(outbound::Resync{resyncSnapshot()});
        return tell(started);
    }
    started.seq = 0;
    started.after = after;
    tell(started);
    for (const Outbound &missed : m_replay.since(*after, before))
        if (m_client)
            m_client->send(missed);
    tellSaidNow();
}

void Session::tellRunning(qint64 before)
{
    if (m_toldTurn == 0)
        return;
    // Starts are told in order: what waits before this one has been told.
    for (const WaitingTurn &waiting : std::as_const(m_waiting))
        if (m_client && waiting.turn < m_toldTurn)
            m_client->send(outbound::TurnStarted{waiting.turn});
    if (m_client)
        m_client->send(outbound::TurnStarted{m_toldTurn});
    for (const Outbound &told : m_replay.ofTurn(m_toldTurn, before))
        if (m_client)
            m_client->send(told);
    tellSaidNow();
}

void Session::tellSaidNow()
{
    if (m_client && !m_saidNow.isEmpty())
        m_client->send(outbound::Token{m_runningTurn, m_saidNow});
}

QJsonObject Session::resyncSnapshot() const
{
    QJsonObject snapshot{{"session_id"_L1, m_state.sessionId}, {"user_id"_L1, m_state.userId},
                         {"mode"_L1, nameOf(m_state.mode)},    {"last_seq"_L1, m_state.lastSeq},
                         {"messages"_L1, m_replay.messages()}, {"complete"_L1, m_replay.isComplete()}};
    if (m_turn && !isPaused())
        snapshot["running"_L1] = QJsonObject{{"turn"_L1, m_runningTurn}, {"text"_L1, m_saidNow}};
    else if (m_steering && !m_waiting.isEmpty()) // asked for, and a person's to give
        snapshot["running"_L1] = QJsonObject{{"turn"_L1, m_waiting.first().turn}, {"text"_L1, QString()}};
    return snapshot;
}

void Session::detach(SessionClient *client, bool clean)
{
    if (m_client != client)
        return;
    m_client = nullptr;
    leave(clean);
}

void Session::leave(bool clean)
{
    if (deferUntilOpen([this, clean] { leave(clean); }))
        return;
    if (m_client || m_state.status != SessionStatus::Active)
        return; // somebody else took it meanwhile, or it has ended
    m_state.connected = false;
    clientWentAway();
    if (clean) {
        end(u"closed"_s);
        return;
    }
    m_grace = m_parts.clock.after(m_parts.settings.gracePeriod, [this] { end(u"lost"_s); });
    publish();
}

} // namespace loquat
