// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

/// What providers say when a conversation is longer than the model reads. There is no common code for it.
namespace loquat::context_refusal {

/// `codes`: the code, type and status it gave, lower case; `text`: its sentence.
[[nodiscard]] bool isOne(const QString &codes, const QString &text);
/// How many tokens the model reads, where the sentence tells.
[[nodiscard]] std::optional<qint64> toldWindow(const QString &text);

} // namespace loquat::context_refusal
