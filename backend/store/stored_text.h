// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace loquat {

/// `text` as both databases can hold it: without U+0000, and U+FFFD for each half of a surrogate pair that
/// stands alone. Done before the journal, so that the journal and Postgres hold the same.
QString storedText(const QString &text);

/// Compact JSON of `object`, its keys and strings as storedText() makes them, in UTF-8.
QByteArray storedJson(const QJsonObject &object);
QJsonObject objectFromStored(const QString &json);

/// 2023-11-14T22:13:20.123Z
QString storedTime(qint64 msSinceEpoch);
QByteArray storedTimeUtf8(qint64 msSinceEpoch);
qint64 msFromStored(const QString &time);

} // namespace loquat
