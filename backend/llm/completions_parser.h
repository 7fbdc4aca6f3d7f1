// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/sse_parser.h"
#include "llm/tool_call_assembler.h"

#include <QStringList>

#include <optional>

namespace loquat {

/// Understands the answer to a chat.completions request as its bytes come in; no I/O. Also takes the answer
/// of a server that ignores `stream` and sends one JSON object.
class CompletionsParser
{
public:
    /// A server that does not stream may send this much.
    static constexpr qsizetype maxWholeBytes = 8 * 1024 * 1024;

    explicit CompletionsParser(QString providerName)
        : m_provider(std::move(providerName))
    {
    }

    /// Returns the texts that `bytes` brought, in order, none of them empty.
    QStringList feed(QByteArrayView bytes);
    /// The connection has ended, well or not: what came is all there will be.
    QStringList end();

    /// No more bytes are needed: there is an outcome or an error.
    [[nodiscard]] bool isOver() const { return m_over || m_error; }
    /// The reply is whole, although the server may have more to say (usage, [DONE]).
    [[nodiscard]] bool sawFinish() const { return m_finish.has_value(); }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    /// Once isOver() without an error. Tool calls may lack an id.
    [[nodiscard]] ChatOutcome outcome() const;
    [[nodiscard]] const Usage &usage() const { return m_usage; }

private:
    enum class Shape { Undecided, Stream, Whole };

    void takeEvent(QByteArrayView data);
    void takeObject(const QJsonObject &object);
    void takeChoice(const QJsonObject &choice);
    void takeMessage(const QJsonObject &message);
    void takeText(const QJsonValue &content);
    void takeUsage(const QJsonObject &usage);
    void takeFinish(const QString &reason);
    void takeWhole();
    void fail(const Error &error);

    const QString m_provider;
    Shape m_shape = Shape::Undecided;
    SseParser m_sse;
    QByteArray m_whole;
    ToolCallAssembler m_toolCalls;
    QStringList m_texts;
    QString m_model;
    Usage m_usage;
    std::optional<FinishReason> m_finish;
    std::optional<Error> m_error;
    bool m_understood = false; ///< at least one chunk made sense
    bool m_over = false;
};

} // namespace loquat
