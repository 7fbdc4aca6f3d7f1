// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QString>

namespace loquat {

inline constexpr qsizetype maxSessionIdLength = 128;
inline constexpr qsizetype maxUserIdLength = 256;

/// 1 to 128 of A-Z a-z 0-9 . _ : -   Returns the id, or what is wrong with it.
Expected<QString> parseSessionId(const QString &text);

/// Up to 256 characters, no control characters; empty becomes "anonymous".
Expected<QString> parseUserId(const QString &text);

/// `text` without U+0000, which PostgreSQL's text cannot hold (facts: it cuts an SQL statement in two).
QString storable(QString text);

} // namespace loquat
