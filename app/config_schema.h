// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>

namespace loquat {

/// What is wrong with a document and where.
struct SchemaComplaint
{
    QString path;  ///< $.limits.maxToolRounds
    QString what;  ///< "'five' is not a whole number"
    QString right; ///< "a whole number from 0 to 100"
};

/// Checks `document` against a JSON Schema (draft 7), in words for the person who wrote it. Nothing: it is
/// fine.
std::optional<SchemaComplaint> complaintAbout(const QJsonObject &document, const QJsonObject &schema);

} // namespace loquat
