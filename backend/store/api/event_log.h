// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QObject>

#include <functional>

namespace loquat {

/// Where sessions put their events. Implementations are thread-safe.
class EventLog
{
public:
    using Stored = std::function<void(Expected<void>)>;

    virtual ~EventLog() = default;
    /// Queues `event`; `stored` is called in the thread of `context` once it is on disk or cannot be (then
    /// nothing of it was written). Calls for one session arrive in the order of append(). Never blocks.
    /// `context` must live until the log is closed. The log derives the `sessions` row from the events; see
    /// event.h for their meta.
    virtual void append(const Event &event, QObject *context, Stored stored) = 0;
};

} // namespace loquat
