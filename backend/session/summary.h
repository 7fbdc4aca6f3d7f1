// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QJsonObject>
#include <QStringList>

#include <optional>

namespace loquat {

/// What a model told about a conversation. What it did not tell, or not well, is empty.
struct SummaryAnswer
{
    QString text = {}; ///< one to three sentences, in the conversation's language
    QString title = {};
    QString intent = {};         ///< what the user wanted
    QString outcome = {};        ///< resolved | partial | unresolved | abandoned | handed_over
    QStringList openPoints = {}; ///< what is left to do
    QString language = {};       ///< of the conversation, BCP 47, e.g. "pt-BR"

    bool operator==(const SummaryAnswer &) const = default;
};

/// The summary of an ended session, as its event carries it.
struct SessionSummary
{
    SummaryAnswer answer; ///< its text is never empty
    QString source;       ///< who wrote the text: model | fallback
    QString model;        ///< who answered; empty where none did
    QString provider;     ///< who runs that model
    Usage usage = {};     ///< of the model call; a call that was never made has none
    std::optional<double> costUsd = std::nullopt;
    /// From when who answered was asked; also of a call that was given up. Absent where nobody was asked, and
    /// where the last of `failures` is how it ended.
    std::optional<qint64> durationMs = std::nullopt;
    QList<FailedAttempt> failures = {}; ///< who was asked in vain
    QString code = {};                  ///< what for no model could tell
};

/// The metadata of the summary event; see Event. What is unknown is absent.
QJsonObject summaryMeta(const SessionSummary &summary);

} // namespace loquat
