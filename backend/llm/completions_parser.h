// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/sse_parser.h"
#include "llm/plain_chunk.h"
#include "llm/reply_parser.h"
#include "llm/tool_call_assembler.h"

namespace loquat {

/// Understands the answer to a chat.completions request as its bytes come in; no I/O. Also takes the answer
/// of a server that ignores `stream` and sends one JSON object.
class CompletionsParser final : public ReplyParser
{
public:
    /// A server that does not stream may send this much.
    static constexpr qsizetype maxWholeBytes = 8 * 1024 * 1024;

    explicit CompletionsParser(QString providerName)
        : m_provider(std::move(providerName))
    {
    }

    QStringList feed(QByteArrayView bytes) override;
    QStringList end() override;

    [[nodiscard]] bool isOver() const override { return m_over || m_error; }
    [[nodiscard]] bool sawFinish() const override { return m_finish.has_value(); }
    [[nodiscard]] const std::optional<Error> &error() const override { return m_error; }
    [[nodiscard]] ChatOutcome outcome() const override;
    [[nodiscard]] const Usage &usage() const override { return m_usage; }

private:
    enum class Shape { Undecided, Stream, Whole };

    void takeEvent(QByteArrayView data);
    void takeObject(const QJsonObject &object);
    void takeChoice(const QJsonObject &choice);
    void takeMessage(const QJsonObject &message);
    void takeText(const QJsonValue &content);
    void takeUsage(const QJsonObject &usage);
    void takeUsage(const Usage &told);
    void takeFinish(const QString &reason);
    void takeWhole();
    void fail(const Error &error);

    const QString m_provider;
    Shape m_shape = Shape::Undecided;
    SseParser m_sse;
    PlainChunks m_plain;
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
