// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_parser.h"

#include "llm/model_errors.h"
#include "llm/token_count.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

QStringList CompletionsParser::feed(QByteArrayView bytes)
{
    if (m_shape == Shape::Undecided) {
        // White space ahead is nobody's, wherever it is cut.
        const auto isSpace = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
        bytes = bytes.sliced(std::ranges::find_if_not(bytes, isSpace) - bytes.begin());
        if (bytes.isEmpty())
            return {};
        m_shape = bytes.front() == '{' ? Shape::Whole : Shape::Stream;
    }
    if (isOver())
        return {};
    if (m_shape == Shape::Whole) {
        if (m_whole.size() + bytes.size() > maxWholeBytes)
            fail(model_errors::protocol(m_provider, u"more than %1 bytes at once."_s.arg(maxWholeBytes)));
        else
            m_whole.append(bytes);
        return {};
    }
    const auto fed = m_sse.feed(bytes, [this](const SseEvent &event) { takeEvent(event.data); });
    if (!fed)
        fail(model_errors::protocol(m_provider, u"an event that is too long."_s));
    return std::exchange(m_texts, {});
}

QStringList CompletionsParser::end()
{
    if (isOver())
        return {};
    if (m_shape == Shape::Whole)
        takeWhole();
    if (m_finish)
        m_over = true; // many servers leave out [DONE]
    else if (m_understood)
        fail(model_errors::brokenOff(m_provider));
    else if (m_shape == Shape::Undecided)
        fail(model_errors::protocol(m_provider, u"nothing at all."_s));
    else
        fail(model_errors::protocol(m_provider, u"something that is not a chat completion."_s));
    return std::exchange(m_texts, {});
}

void CompletionsParser::takeEvent(QByteArrayView data)
{
    if (isOver())
        return;
    if (const auto chunk = m_plain.read(data)) {
        m_understood = true;
        if (!chunk->model.isEmpty())
            m_model = chunk->model;
        if (!chunk->text.isEmpty())
            m_texts.append(chunk->text);
        takeFinish(chunk->finish);
        takeUsage(chunk->usage);
        return;
    }
    if (data.trimmed() == "[DONE]") {
        m_over = m_understood; // even without a finish reason: the server says that this was all
        if (!m_over)
            fail(model_errors::protocol(m_provider, u"an empty stream."_s));
        return;
    }
    QJsonParseError problem;
    const auto json = QJsonDocument::fromJson(QByteArray::fromRawData(data.data(), data.size()), &problem);
    if (!json.isObject())
        fail(model_errors::protocol(m_provider, u"an event that is not a JSON object."_s));
    else
        takeObject(json.object());
}

void CompletionsParser::takeObject(const QJsonObject &object)
{
    const auto groq = object["x_groq"_L1].toObject();
    for (const auto &error : {object["error"_L1], groq["error"_L1]}) {
        if (!error.isUndefined() && !error.isNull()) {
            fail(model_errors::fromStream(m_provider, error));
            return;
        }
    }
    m_understood = m_understood || object.contains("choices"_L1);
    if (const QString model = object["model"_L1].toString(); !model.isEmpty())
        m_model = model;
    for (const auto &choice : object["choices"_L1].toArray())
        if (choice["index"_L1].toInt() == 0) // one answer was asked for
            takeChoice(choice.toObject());
    takeUsage(groq["usage"_L1].toObject());
    takeUsage(object["usage"_L1].toObject());
}

void CompletionsParser::takeChoice(const QJsonObject &choice)
{
    takeMessage(choice["delta"_L1].toObject());
    takeMessage(choice["message"_L1].toObject());
    takeFinish(choice["finish_reason"_L1].toString());
}

void CompletionsParser::takeMessage(const QJsonObject &message)
{
    takeText(message["content"_L1]);
    takeText(message["refusal"_L1]);
    m_toolCalls.take(message["tool_calls"_L1].toArray());
}

void CompletionsParser::takeText(const QJsonValue &content)
{
    if (const QString text = content.toString(); !text.isEmpty())
        m_texts.append(text);
    for (const auto &part : content.toArray()) // as Mistral writes it
        if (part["type"_L1].toString() == "text"_L1)
            takeText(part["text"_L1]);
}

void CompletionsParser::takeUsage(const QJsonObject &usage)
{
    Usage told;
    told.inputTokens = tokenCount(usage["prompt_tokens"_L1]);
    told.outputTokens = tokenCount(usage["completion_tokens"_L1]);
    told.cachedTokens = tokenCount(usage["prompt_tokens_details"_L1]["cached_tokens"_L1]);
    told.reasoningTokens = tokenCount(usage["completion_tokens_details"_L1]["reasoning_tokens"_L1]);
    takeUsage(told);
}

void CompletionsParser::takeUsage(const Usage &told)
{
    // Counts are totals so far: the last one holds, adding them up would charge many times over.
    for (const auto number :
         {&Usage::inputTokens, &Usage::outputTokens, &Usage::cachedTokens, &Usage::reasoningTokens})
        if (told.*number)
            m_usage.*number = told.*number;
    if (m_usage.inputTokens || m_usage.outputTokens)
        m_usage.source = UsageSource::Reported;
}

void CompletionsParser::takeFinish(const QString &reason)
{
    if (reason.isEmpty())
        return;
    if (reason == "content_filter"_L1)
        fail(model_errors::filtered(m_provider));
    else if (reason == "error"_L1)
        fail(model_errors::brokenOff(m_provider));
    else if (reason == "length"_L1)
        m_finish = FinishReason::Length;
    else
        m_finish = FinishReason::Stop; // whether it calls tools is seen from the calls, as servers mix it up
}

void CompletionsParser::takeWhole()
{
    const auto json = QJsonDocument::fromJson(std::exchange(m_whole, {}));
    if (!json.isObject())
        return;
    takeObject(json.object());
    if (m_understood && !m_finish && !m_error)
        m_finish = FinishReason::Stop; // the object is whole, so the answer is
}

void CompletionsParser::fail(const Error &error)
{
    if (!m_error)
        m_error = error;
}

ChatOutcome CompletionsParser::outcome() const
{
    ChatOutcome outcome{m_finish.value_or(FinishReason::Stop), {}, m_usage, m_model};
    // A reply cut off by its length may hold half a call: not one to run.
    if (outcome.finish != FinishReason::Length)
        outcome.toolCalls = m_toolCalls.calls();
    if (!outcome.toolCalls.isEmpty())
        outcome.finish = FinishReason::ToolCalls;
    return outcome;
}

} // namespace loquat
