// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace loquat {

/// What went wrong, as a value: a stable code for programs, a sentence for a person, and what to do about it.
/// `message` and `remedy` never hold secrets or conversation text, so an Error may be logged and shown.
struct Error
{
    QString code;    ///< snake_case and stable, e.g. "turn_timeout"
    QString message; ///< one sentence
    QString remedy;  ///< what would put it right; may be empty
    bool retryable = false;
    std::optional<qint64> retryAfterMs = std::nullopt; ///< how long whoever refused asks to wait
    /// How many tokens the model reads, where it refused more and that was said.
    std::optional<qint64> contextTokens = std::nullopt;

    /// The message, and the remedy if there is one.
    [[nodiscard]] QString text() const { return remedy.isEmpty() ? message : message + u' ' + remedy; }

    bool operator==(const Error &) const = default;
};

} // namespace loquat
