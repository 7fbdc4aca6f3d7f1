// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QJsonObject>

namespace loquat {

/// What no schema and no arguments may be deeper than: both are walked by recursion.
inline constexpr int maxSchemaDepth = 64;

/// A schema that is safe to hand to the validator, whoever wrote it: without what it would check with
/// std::regex, which takes a stack for long texts and for ever for some patterns (pattern, patternProperties,
/// format). Fails on what would make it recurse without end or divide by zero.
Expected<QJsonObject> checkableSchema(const QJsonObject &schema);

/// A schema as draft 7 has it, of one that generators write: without keywords that are null (Go's unset
/// values), with numbers for the exclusiveMinimum and exclusiveMaximum that OpenAPI 3.0 has as true or false.
QJsonObject tidySchema(const QJsonObject &schema);

/// Checks the patterns of the properties and items of `schema`, with an engine that counts its steps. Empty:
/// all match.
QString patternComplaint(const QJsonObject &schema, const QJsonValue &value, const QString &path = {});

[[nodiscard]] bool isTooDeep(const QJsonValue &value, int allowed = maxSchemaDepth);

} // namespace loquat
