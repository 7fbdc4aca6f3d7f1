// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QMetaType>
#include <QString>

#include <optional>

namespace loquat {

/// A row of `sessions` as the tables hold it. What nobody told is absent, never zero.
struct SessionRow
{
    QString sessionId;
    QString userId = {};
    QString status = {}; ///< active | ending | completed
    qint64 startedAtMs = 0;
    std::optional<qint64> endedAtMs = {};
    std::optional<qint64> durationSeconds = {};
    std::optional<QString> summary = {};
    std::optional<QString> summarySource = {}; ///< model | fallback
    std::optional<QString> model = {};
    qint64 turns = 0;
    std::optional<qint64> inputTokens = {};
    std::optional<qint64> outputTokens = {};
    std::optional<double> costUsd = {};
    std::optional<QString> nodeId = {};
    QJsonObject metadata = {};
    qint64 lastSeq = 0; ///< of the newest event that is in this row: what tells a newer row from an older one

    bool operator==(const SessionRow &) const = default;
};

/// An object with the columns' names; what is absent is null, times are ISO 8601.
QJsonObject toJson(const SessionRow &row);
/// What cannot be read is absent, or the member's default.
SessionRow sessionRowFromJson(const QJsonObject &json);

} // namespace loquat
