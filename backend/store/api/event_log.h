// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QObject>

#include <functional>
#include <utility>

namespace loquat {

/// Where sessions put their events. Implementations are thread-safe.
class EventLog
{
public:
    using Stored = std::function<void(Expected<void>)>;

    enum class Order {
        Alone,      ///< all that was appended for the session before is answered, or does not matter
        BehindLast, ///< the last one is not answered yet: if it is refused, this one is too
    };

    virtual ~EventLog() = default;
    /// Queues `event`; `stored` is called in the thread of `context` once it is on disk or cannot be (then
    /// nothing of it was written). What is stored is stored, and told, in the order of append(). Never
    /// blocks. `context` must live until the log is closed. The log derives the `sessions` row from the
    /// events; see event.h for their meta.
    virtual void append(const Event &event, QObject *context, Stored stored, Order order) = 0;
    void append(const Event &event, QObject *context, Stored stored)
    {
        append(event, context, std::move(stored), Order::Alone);
    }
};

} // namespace loquat
