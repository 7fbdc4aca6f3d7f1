// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/summary.h"

/// What a model is asked for when a session has ended, and how what it answers is read. Pure; any thread.
namespace loquat::summary {

/// An answer is read up to here; a model that writes on is not listened to.
inline constexpr qsizetype maxAnswerChars = 16'384;
inline constexpr qsizetype maxTextChars = 2'000;
inline constexpr qsizetype maxTitleChars = 80;
inline constexpr qsizetype maxIntentChars = 200;
inline constexpr qsizetype maxOpenPointChars = 200;
inline constexpr qsizetype maxOpenPoints = 5;

/// Instructions that also hold where the provider knows no schema.
const QString &prompt();

/// JSON Schema of the answer, in the part of it that every provider takes: all fields required, no others,
/// no limits on lengths.
const QJsonObject &schema();

/// Reads an answer, never fails: takes the JSON object out of fences and prose, keeps of a truncated one what
/// is complete, drops fields of the wrong type, and takes prose as the text. Garbage gives an empty answer.
SummaryAnswer parse(const QString &answer);

/// `tag` in BCP 47's spelling ("pt_br" becomes "pt-BR"), or empty if it does not name a language.
QString languageTag(const QString &tag);

} // namespace loquat::summary
