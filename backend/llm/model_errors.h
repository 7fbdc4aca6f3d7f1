// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonValue>

#include <chrono>
#include <optional>

/// The ways a provider lets a reply down, as errors with stable codes. None holds a key; what a provider says
/// about a refused request is passed on shortened.
namespace loquat::model_errors {

inline constexpr qsizetype maxProviderText = 300;
/// The code of a refusal because the conversation is longer than the model reads; a shorter one would do.
inline const QString contextLength = QStringLiteral("model_context_length");

/// `text` on one line, at most maxProviderText characters, with everything that looks like a key blotted out.
QString presentable(const QString &text, const QString &apiKey = {});

/// How long the headers `retry-after-ms` and `Retry-After` (seconds or a date) ask to wait from `now` on.
std::optional<qint64> retryAfterMs(const QByteArray &milliseconds, const QByteArray &retryAfter,
                                   const QDateTime &now);

/// An answer with a status of 300 or more.
Error fromStatus(const QString &provider, int status, const QByteArray &body,
                 std::optional<qint64> retryAfterMs, const QString &apiKey);
/// The value of "error" inside an answer that began as a success.
Error fromStream(const QString &provider, const QJsonValue &error, const QString &apiKey = {});

Error unreachable(const QString &provider, const QString &reason);
/// A limit that passed, each with a code of its own.
Error connectTimeout(const QString &provider, std::chrono::milliseconds limit);
Error firstTokenTimeout(const QString &provider, std::chrono::milliseconds limit);
Error nextTokenTimeout(const QString &provider, std::chrono::milliseconds limit);
Error replyTimeout(const QString &provider, std::chrono::milliseconds limit);
Error brokenOff(const QString &provider);
Error protocol(const QString &provider, const QString &what);
Error emptyReply(const QString &provider);
Error filtered(const QString &provider);

} // namespace loquat::model_errors
