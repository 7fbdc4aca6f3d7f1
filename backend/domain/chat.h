// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <optional>

namespace loquat {

enum class UsageSource { Unknown, Estimated, Reported };
QString nameOf(UsageSource source);

/// Tokens of one model call or one turn. A number nobody told is absent, never zero.
struct Usage
{
    std::optional<qint64> inputTokens;
    std::optional<qint64> outputTokens;
    UsageSource source = UsageSource::Unknown;
    std::optional<qint64> cachedTokens = std::nullopt;    ///< of the input, billed less
    std::optional<qint64> reasoningTokens = std::nullopt; ///< of the output, thought and not said

    bool operator==(const Usage &) const = default;
};

/// {"input_tokens","output_tokens","cached_tokens","reasoning_tokens","source"}; unknown numbers are absent.
QJsonObject toJson(const Usage &usage);
Usage usageFromJson(const QJsonObject &json);

/// What a model is told about a tool.
struct ToolSpec
{
    QString name;
    QString description;
    QJsonObject parameters; ///< JSON Schema, draft 7, of an object

    bool operator==(const ToolSpec &) const = default;
};

/// Whether one of `tools` has this name.
[[nodiscard]] bool isAmong(const QList<ToolSpec> &tools, const QString &name);

/// `name` in the characters that every provider takes in names and ids, with `_` for others.
[[nodiscard]] QString plainName(QString name);

/// Whether a model may answer, or must call a tool.
struct ToolChoice
{
    enum class Kind {
        Auto,
        None,
        Any, ///< of those it is offered
        Named
    };
    Kind kind = Kind::Auto;
    QString name = {}; ///< of the tool, where one is named

    [[nodiscard]] bool forces() const { return kind == Kind::Any || kind == Kind::Named; }
    bool operator==(const ToolChoice &) const = default;
};

/// A model's wish to call a tool. `arguments` is the text as the model wrote it: possibly not JSON at all.
struct ToolCall
{
    QString id;
    QString name;
    QString arguments;
    /// What the provider wants back verbatim with this call (a thought signature). Means nothing to another
    /// provider.
    QJsonObject providerData = {};

    bool operator==(const ToolCall &) const = default;
};

/// One message of the history sent to a model. Whispers are System messages.
struct ChatMessage
{
    Role role = Role::User;
    QString content;
    QList<ToolCall> toolCalls; ///< Assistant only
    QString toolCallId;        ///< Tool only
    QJsonObject providerData =
        {}; ///< Assistant only: as ToolCall::providerData; carries {"provider": name, …}

    bool operator==(const ChatMessage &) const = default;
};

/// Reply to the user, Summary of an ended session, Synopsis of what no longer fits the model's window.
enum class Purpose { Reply, Summary, Synopsis };

struct ChatRequest
{
    QList<ChatMessage> messages;
    QList<ToolSpec> tools;
    Purpose purpose = Purpose::Reply;
    std::optional<double> temperature = std::nullopt;
    std::optional<qint64> maxOutputTokens = std::nullopt;
    /// JSON Schema that the reply must match, where the provider can be told so; the caller checks what
    /// comes.
    std::optional<QJsonObject> replySchema = std::nullopt;
    ToolChoice toolChoice = {};    ///< forces only what `tools` has
    bool parallelToolCalls = true; ///< false: one in a reply, where the provider can be told so
    QStringList providers = {};    ///< names, in order of preference; empty: all, in theirs
    QString sessionId = {};        ///< whose budget the call is counted against
    QString userId = {};
};

/// A provider that was asked in vain.
struct FailedAttempt
{
    QString provider;
    Error error;
    std::optional<Usage> usage = std::nullopt;    ///< what it reported, and will bill, all the same
    std::optional<double> costUsd = std::nullopt; ///< of that usage; absent where no price is known
    QString model = {};                           ///< that was asked for
    qint64 askedAtMs = 0;                         ///< since 1970
    qint64 durationMs = 0;

    bool operator==(const FailedAttempt &) const = default;
};

enum class FinishReason { Stop, Length, ToolCalls };

/// How a model call ended well. Its text was carried by the deltas.
struct ChatOutcome
{
    FinishReason finish = FinishReason::Stop;
    QList<ToolCall> toolCalls;
    Usage usage;
    QString model; ///< who answered, as the provider names it
    QString provider = {};
    QJsonObject providerData = {};      ///< see ChatMessage::providerData
    QList<FailedAttempt> failures = {}; ///< who was asked before; not part of `usage`
    /// Of the call and of the failed attempts before it; absent where a price is not known.
    std::optional<double> costUsd = std::nullopt;

    bool operator==(const ChatOutcome &) const = default;
};

} // namespace loquat

Q_DECLARE_METATYPE(loquat::ChatOutcome)
Q_DECLARE_METATYPE(loquat::Error)
