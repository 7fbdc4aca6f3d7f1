// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArrayView>
#include <QStringList>

#include <optional>

namespace loquat {

/// Understands one provider's answer as its bytes come in; no I/O. One per call.
class ReplyParser
{
public:
    ReplyParser() = default;
    virtual ~ReplyParser() = default;
    Q_DISABLE_COPY_MOVE(ReplyParser)

    /// Returns the texts that `bytes` brought, in order, none of them empty.
    virtual QStringList feed(QByteArrayView bytes) = 0;
    /// The connection has ended, well or not: what came is all there will be.
    virtual QStringList end() = 0;

    /// No more bytes are needed: there is an outcome or an error.
    [[nodiscard]] virtual bool isOver() const = 0;
    /// The reply is whole, although the server may have more to say (usage, an end mark).
    [[nodiscard]] virtual bool sawFinish() const = 0;
    [[nodiscard]] virtual const std::optional<Error> &error() const = 0;
    /// Once isOver() without an error. Tool calls may lack an id.
    [[nodiscard]] virtual ChatOutcome outcome() const = 0;
    [[nodiscard]] virtual const Usage &usage() const = 0;
};

} // namespace loquat
