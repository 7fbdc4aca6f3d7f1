// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/fleet_node.h"

#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>
#include <variant>

namespace loquat {

enum class SessionStatus { Active, Ending, Completed };
enum class Mode { Ai, Paused, Human };
/// What a session does right now.
enum class Phase { Idle, Thinking, Streaming, RunningTool, WaitingForApproval, Failed };

QString nameOf(SessionStatus status); ///< active | ending | completed
QString nameOf(Mode mode);            ///< ai | paused | human
Expected<Mode> modeFromString(const QString &name);

/// A session as the list of live sessions shows it. Small and copyable; sent whole whenever it changes.
struct SessionSnapshot
{
    static constexpr qsizetype previewLength = 200;

    QString sessionId;
    QString userId;
    QString model;
    QString protocol; ///< the client's dialect, e.g. "frames"
    QString nodeId;
    SessionStatus status = SessionStatus::Active;
    Mode mode = Mode::Ai;
    Phase phase = Phase::Idle;
    QString phaseDetail; ///< the tool that runs, the error that was
    bool connected = true;
    qint64 startedAtMs = 0;
    qint64 lastActivityMs = 0;
    qint64 lastSeq = 0;
    int turns = 0;
    int toolCallsOk = 0;
    int toolCallsFailed = 0;
    int queued = 0;  ///< messages waiting for the running reply to end, or for anybody to answer
    Usage usage;     ///< of the whole session
    QString preview; ///< the last thing said, or the call to decide on, at most previewLength
    QString summary;
    QString title;   ///< of the summary; empty where it has none
    QString trouble; ///< why it is not seen and commanded as those of this node are, and what helps
    /// It leaves the list although it has not ended, since that holds too many: no more is told of it until
    /// it is listed again. What is stored tells of it.
    bool left = false;
    bool moved = false; ///< another node leads it by now, `nodeId`, which has not told of it here yet
};

/// What a session's events add up to: its tool calls, what all of its model calls took, what was said last.
void addEvent(SessionSnapshot &session, const Event &event);
/// Of that the tool calls alone.
void addToolCall(SessionSnapshot &session, const Event &event);

/// A piece of a running reply. Never a row: the finished reply is an ai_message event.
struct Delta
{
    QString sessionId;
    int turn = 0;
    QString text;
    int tokens = 0; ///< how many deltas of the model this one carries
    qint64 atMs = 0;
    /// The text is all that the reply has said so far and replaces what was known of it: for whoever begins
    /// to watch in the middle. Empty: no reply is being written.
    bool whole = false;
};

/// Everything that happened since the last batch. Apply in the order deltas and events carry: `stream` holds
/// both in the order they were emitted per session; `sessions` holds the newest snapshot of each session that
/// changed.
struct LiveBatch
{
    QList<SessionSnapshot> sessions;
    QList<std::variant<Event, Delta>> stream;

    [[nodiscard]] bool isEmpty() const { return sessions.isEmpty() && stream.isEmpty(); }
};

/// Health of the backend as the status bar says it.
struct BackendStatus
{
    QString address;      ///< ws://127.0.0.1:8000, empty while not listening
    QString trouble;      ///< of a backend elsewhere: why nothing is heard of it, and what to do
    int openSessions = 0; ///< of this node, without those that are ending
    int streamingSessions = 0;
    double tokensPerSecond = 0;
    std::optional<qint64> ttftP50Ms; ///< over the last minutes; absent before the first reply
    std::optional<qint64> ttftP99Ms;
    QString model; ///< e.g. "gpt-4o-mini" or "simulated"
    bool modelSimulated = false;
    bool modelOk = true;
    QString modelDetail; ///< why it is not ok, in the provider's words: for operators alone
    QString modelCode;   ///< the same as an error's code; of this process only
    enum class Store { JournalOnly, InSync, CatchingUp, Unreachable, Failing };
    Store store = Store::JournalOnly;
    QString storeName;      ///< "SQLite", "Supabase", "Postgres"
    QString storeDetail;    ///< the reason and the remedy when not well
    qint64 storeQueued = 0; ///< events not yet in Postgres
    QList<FleetNode> nodes; ///< of several on one database, this one first; none: it is alone
    QString nodesTrouble;   ///< why the others are not known, and what helps
    QString notice;         ///< why the list of live sessions is not all there is; empty: it is
};

} // namespace loquat

Q_DECLARE_METATYPE(loquat::SessionSnapshot)
Q_DECLARE_METATYPE(loquat::LiveBatch)
