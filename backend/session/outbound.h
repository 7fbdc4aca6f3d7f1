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
    qint64 seq = 0;
};

struct Token
{
    int turn = 0;
    QString text;
};

struct ToolStarted
{
    QString tool;
    QJsonValue args;
    QString callId;
    qint64 seq = 0;
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
    qint64 seq = 0; ///< 0: not an event (a refused message, say)
};

struct Pong
{
};

} // namespace loquat::outbound

namespace loquat {

using Outbound =
    std::variant<outbound::SessionStarted, outbound::TurnStarted, outbound::Token, outbound::ToolStarted,
                 outbound::ToolEnded, outbound::TurnDone, outbound::OperatorMessage, outbound::ModeChanged,
                 outbound::Problem, outbound::Pong, outbound::ToolWaits, outbound::Resync>;

/// Why a session lets its client go.
enum class CloseReason {
    Ended,
    Replaced,
    ShuttingDown,
    NotTheOwner,  ///< the session is another user's
    LedElsewhere, ///< by another node
    Contended     ///< somebody else asks for it at this moment, and whose it is is not known yet
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
