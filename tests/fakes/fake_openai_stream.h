// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_openai_script.h"

namespace loquat::fakes {

/// The events of the answer that `script` describes, accidents included.
QList<FakeStep> streamedAnswer(const QJsonObject &script);
/// The same answer as one JSON object, as servers send it that do not stream.
QByteArray wholeAnswer(const QJsonObject &script);

QByteArray compact(const QJsonObject &object);
/// The error object of a script, or one made up for `status`.
QJsonObject errorOf(const QJsonObject &script, int status);

} // namespace loquat::fakes
