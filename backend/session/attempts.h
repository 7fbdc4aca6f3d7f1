// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/clock.h"

#include <QJsonArray>

namespace loquat {

/// `attempts`, as events tell of them: see Event.
[[nodiscard]] QJsonArray attemptsMeta(const QList<FailedAttempt> &attempts);

/// When whoever answers was asked: once those who were asked `before` had failed. `askedMs`: when the call
/// began; both by the clock's monotonic time.
[[nodiscard]] qint64 answererAskedMs(qint64 askedMs, const QList<FailedAttempt> &before, const Clock &clock);

} // namespace loquat
