// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"
#include "gateway/api_limits.h"
#include "gateway/api_reply.h"
#include "gateway/gateway_counters.h"
#include "gateway/operator_access.h"
#include "gateway/operator_fleet.h"
#include "session/live_feed.h"
#include "session/live_sessions.h"
#include "store/api/event_tail.h"

namespace loquat {

/// What the operators' side needs from outside. Thread-safe, all of it.
struct OperatorParts
{
    /// The answer comes in the thread of `context`.
    using RunCommand = std::function<void(const QString &sessionId, const Command &command, QObject *context,
                                          std::function<void(Expected<void>)> done)>;
    /// The session as a file of a format: json | jsonl | markdown | csv; nullopt: there is no such format.
    using ExportSession = std::function<std::optional<QByteArray>(
        const QString &format, const SessionRow &row, const QList<Event> &events)>;

    SessionHistory &history;
    EventTail &tail;
    LiveFeed &feed; ///< one of its own
    LiveSessions &live;
    RunCommand command; ///< by the node that leads the session
    std::function<BackendStatus()> status;
    ExportSession exportSession;
    OperatorPolicy policy;
    /// What a page of this origin is told besides; unset: nothing.
    std::function<HttpHeaders(const QByteArray &origin)> headersFor = {};
    ApiLimits limits = {};
    RunCommand commandHere = {};                               ///< by this node only
    std::function<void(const QString &sessionId)> retell = {}; ///< Gateway::retell()
    OperatorFleet *fleet = nullptr;                            ///< none: there are no other nodes
    std::shared_ptr<GatewayCounters> counters = std::make_shared<GatewayCounters>();

    /// A session's events from where the newest are: from the journal, what was appended just before
    /// included, from the node that leads the session, or from the database. `hereOnly`: from the journal.
    void events(const EventQuery &query, bool hereOnly, QObject *context, SessionHistory::Events found) const;
};

} // namespace loquat
