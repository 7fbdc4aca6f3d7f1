// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace loquat {

/// What a chunk of a chat completion says, if it is no more than this.
struct PlainChunk
{
    QString text;
    QString model;
    QString finish; ///< finish_reason; empty if it goes on
    Usage usage;    ///< what it counts, if it does
};

/// Reads the chunks that bring text, an end or a count, as nearly all do, without building what a JSON parser
/// builds. Whatever it is not sure of it leaves to that parser, so that both together understand what the
/// parser alone would. One per stream.
class PlainChunks
{
public:
    /// Nothing if there is, or may be, more to it.
    [[nodiscard]] std::optional<PlainChunk> read(QByteArrayView chunk);

private:
    // Chunks of a stream that bring text differ in nothing else, but for a time or a padding now and then.
    QByteArray m_before;
    QByteArray m_after;
    QString m_model;
};

} // namespace loquat
