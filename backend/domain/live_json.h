// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "domain/session_snapshot.h"

#include <QJsonObject>

namespace loquat {

// The live state as JSON: what the API shows and what an operator's console at the other end of a WebSocket
// reads back. What cannot be read falls back to the member's default, so that an older console follows a
// newer server.

QString nameOf(Phase phase); ///< idle | thinking | streaming | running_tool | waiting_for_approval | failed
QString nameOf(BackendStatus::Store state); ///< off | in_sync | catching_up | unreachable | failing

/// {"session_id","user_id","model","protocol","node_id","status","mode","phase","phase_detail","connected",
///  "start_time","last_activity" (ISO 8601),"last_seq","turns","tool_calls_ok","tool_calls_failed","queued",
///  "usage","preview","summary","title","trouble"}, and "left":true and "moved":true where it is
QJsonObject toJson(const SessionSnapshot &snapshot);
SessionSnapshot snapshotFromJson(const QJsonObject &json);

/// {"session_id","turn","token","tokens"}, and "whole":true where it is
QJsonObject toJson(const Delta &delta);

/// {"node_id","address","version","self","state":"alive"|"presumed_dead","start_time","heartbeat" (ISO 8601),
///  "silent_ms","sessions"}
QJsonObject toJson(const FleetNode &node);
FleetNode nodeFromJson(const QJsonObject &json);

/// {"sessions":[snapshots],"stream":[{"event":{…}} or {"delta":{…}}]}
QJsonObject toJson(const LiveBatch &batch);
/// Events of a kind that is not known here are left out. `atMs` is given to the deltas.
LiveBatch batchFromJson(const QJsonObject &json, qint64 atMs);

QJsonObject toJson(const BackendStatus &status);
BackendStatus statusFromJson(const QJsonObject &json);

/// {"code","message","remedy","retryable"}
QJsonObject toJson(const Error &error);
Error errorFromJson(const QJsonObject &json);

} // namespace loquat
