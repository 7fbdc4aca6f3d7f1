// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_log.h"

#include <QByteArray>

namespace loquat {

/// An event and its row's texts, made where there is more than one thread to make them.
struct EncodedEvent
{
    EncodedEvent() = default;
    explicit EncodedEvent(const Event &of, EventLog::Order order = EventLog::Order::Alone);

    Event event;
    EventLog::Order order = EventLog::Order::Alone;
    QByteArray sessionId;
    QByteArray time;
    QByteArray type;
    QByteArray role;
    QByteArray content;
    QByteArray meta;
};

} // namespace loquat
