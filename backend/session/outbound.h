// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/session_snapshot.h"

#include <QJsonObject>
#include <QString>

#include <variant>

namespace loquat::outbound {

// What a session tells its client, before a dialect puts it into words. `seq` is that of the event it
// reports.

struct SessionStarted
{
    QString sessionId;
    QString userId;
    QString model;
    bool simulated = false;
    bool resumed = false;
    Mode mode = Mode::Ai;
    qint64 seq = 0;                             ///< 0 where a replay of older events follows
    std::optional<qint64> after = std::nullopt; ///< what came after it follows
};

/// What the client missed can no longer be replayed: how things stand instead.
struct Resync
{
    QJsonObject snapshot; ///< see Session::resyncSnapshot()
};

/// The user's message is on disk and its turn begins.
struct TurnStarted
{
    int turn = 0;
    qint64 seq = 0; ///< 0 where it is told again, to a client that comes in the middle
};

struct Token
{
    int turn = 0;
    QString text;
    bool standsIn = false; ///< for what the model failed to say; the Problem that says why comes next
};

struct ToolStarted
{
    QString tool;
    QJsonValue args;
    QString callId;
    qint64 seq = 0;
    bool forClient = false; ///< the client is to answer it: CallForClient follows once it may
};

/// The call waits for an operator.
struct ToolWaits
{
    QString tool;
    QString callId;
    qint64 seq = 0;
};

struct ToolEnded
{
    QString tool;
    QString callId;
    QJsonValue result;
    bool ok = false;
    qint64 ms = 0;
    qint64 seq = 0;
};

/// The turn's one and only end; the reply is on disk.
struct TurnDone
{
    int turn = 0;
    QString text;
    QString finish; ///< stop | length | cancelled | failed | human
    Usage usage;
    std::optional<qint64> ttftMs;
    qint64 durationMs = 0;
    qint64 seq = 0;
    bool simulated = false; ///< the simulated model said it, alone or in place of another
};

struct OperatorMessage
{
    QString content;
    qint64 seq = 0;
};

struct ModeChanged
{
    Mode mode = Mode::Ai;
    qint64 seq = 0;
};

struct Problem
{
    Error error;
    qint64 seq = 0;   ///< 0: not an event (a refused message, say)
    QString ref = {}; ///< of what was refused, see Note
};

struct Pong
{
};

// To a client that says by itself when a reply is due.

/// What it put into the conversation is on disk.
struct Noted
{
    QString ref;
    qint64 seq = 0;
};

/// The reply it asked for begins.
struct ReplyBegins
{
    int turn = 0;
    QString ref;
};

/// A call of a tool that the client brought: it is to say what came of it.
struct CallForClient
{
    ToolCall call;
};

/// Nothing goes on any more but calls for the client. The turn goes on when it asks for a reply.
struct TurnPaused
{
    int turn = 0;
    Usage usage; ///< of the turn so far
};

} // namespace loquat::outbound

namespace loquat {

using Outbound =
    std::variant<outbound::SessionStarted, outbound::TurnStarted, outbound::Token, outbound::ToolStarted,
                 outbound::ToolEnded, outbound::TurnDone, outbound::OperatorMessage, outbound::ModeChanged,
                 outbound::Problem, outbound::Pong, outbound::ToolWaits, outbound::Resync, outbound::Noted,
                 outbound::ReplyBegins, outbound::CallForClient, outbound::TurnPaused>;

/// Why a session lets its client go.
enum class CloseReason {
    Ended,
    Replaced,
    ShuttingDown,
    NotTheOwner,  ///< the session is another user's
    LedElsewhere, ///< by another node
    Contended     ///< somebody else asks for it, or wrote to it, at this moment: it is to be looked at anew
};

/// The far end of a session's socket, whatever it speaks. Lives in the session's thread.
class SessionClient
{
public:
    virtual ~SessionClient() = default;
    virtual void send(const Outbound &message) = 0;
    virtual void close(CloseReason reason) = 0;
};

} // namespace loquat
