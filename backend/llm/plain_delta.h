// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace loquat {

/// Reads the chunks of a chat completion that bring text and nothing else, as nearly all do, without building
/// what a JSON parser builds. Whatever it is not sure of it leaves to that parser, so that both together
/// understand what the parser alone would. One per stream.
class PlainDeltas
{
public:
    /// What a chunk says; nothing if there is, or may be, more to it than its text.
    [[nodiscard]] std::optional<QString> textOf(QByteArrayView chunk);
    /// The name of the model in the last chunk with a text; may be empty.
    [[nodiscard]] const QString &model() const { return m_model; }

private:
    // Chunks of a stream differ in their text only, but for a time or a padding now and then.
    QByteArray m_before;
    QByteArray m_after;
    QString m_model;
};

} // namespace loquat
