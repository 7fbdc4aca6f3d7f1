// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringView>

namespace loquat {

/// The fields of the JSON object that begins with the '{' at `start` of `text`, as far as they are complete:
/// an object that breaks off keeps the fields before the break, an array its elements before it. Empty where
/// no object begins. Linear in the length; nesting costs no stack.
QJsonObject completeFields(QStringView text, qsizetype start);

} // namespace loquat
