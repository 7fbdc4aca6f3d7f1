// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QByteArray>

namespace loquat {

/// An event and its row's texts, made where there is more than one thread to make them.
struct EncodedEvent
{
    EncodedEvent() = default;
    explicit EncodedEvent(const Event &of);

    Event event;
    QByteArray sessionId;
    QByteArray time;
    QByteArray type;
    QByteArray role;
    QByteArray content;
    QByteArray meta;
};

} // namespace loquat
