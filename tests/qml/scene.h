// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/metrics_model.h"
#include "scripted_link.h"

namespace loquat::fakes {

/// A busy afternoon: many sessions in every state, and one conversation with tools, a whisper and a reply
/// that is being written. What the pictures of the console show.
void playScene(ScriptedLink &link, qint64 nowMs);

/// A session that shows every other kind of entry.
inline const QString otherSceneSession = QStringLiteral("s-1");

/// The session whose conversation is worth looking at.
inline const QString sceneSession = QStringLiteral("550e8400-e29b-41d4");

/// A conversation that is over and summed up.
void playEnded(ScriptedLink &link, qint64 nowMs);
inline const QString endedSceneSession = QStringLiteral("s-over");

/// What a search for "refund" finds.
void playHistory(ScriptedLink &link, qint64 nowMs);
/// Three nodes, one of them silent, a session that went to another, and too many to list.
void playNodes(ScriptedLink &link, qint64 nowMs);
/// Tools that were called, one that was denied and one that failed, and a second call that waits.
void playTools(ScriptedLink &link, qint64 nowMs);
/// Five minutes of traffic that rises and falls.
void playMetrics(MetricsModel &metrics, const BackendStatus &now);

} // namespace loquat::fakes
