// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/chat_model.h"

#include <QJsonObject>
#include <QList>

#include <optional>

namespace loquat {

/// One of the model calls that a turn made.
struct ModelCall
{
    QString finish; ///< stop | length | tool_calls | cancelled | failed
    QString model;  ///< unknown where it did not end well
    QString provider;
    Usage usage;
    std::optional<qint64> ttftMs; ///< both from when that provider was asked, others having failed
    qint64 durationMs = 0;
};

/// How a turn ended.
struct TurnResult
{
    QString text;   ///< what the model said after its last tool call
    QString finish; ///< stop | length | cancelled | failed
    std::optional<Error> error;
    Usage usage;
    QString model;
    QString provider;
    QJsonObject providerData;
    QList<FailedAttempt> failures; ///< providers that were asked in vain
    std::optional<double> costUsd;
    std::optional<qint64> ttftMs;
    qint64 durationMs = 0;
    int round = 0;
    std::optional<QList<ModelCall>> calls = {}; ///< nothing: one, at once, which is the whole turn
};

/// What the last ai_message of turn `turn` tells of it, see event.h.
QJsonObject replyMeta(int turn, const TurnResult &result);

/// What the user reads where a reply should have been. Streamed and stored like a reply.
QString fallbackSentence(const Error &error);

} // namespace loquat
