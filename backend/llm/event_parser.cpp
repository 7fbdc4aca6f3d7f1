// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/event_parser.h"

#include "llm/model_errors.h"
#include "llm/token_count.h"

#include <QJsonDocument>

#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

QStringList EventParser::feed(QByteArrayView bytes)
{
    if (isOver())
        return {};
    const auto fed = m_sse.feed(bytes, [this](const SseEvent &event) { takeData(event.data); });
    if (!fed)
        fail(model_errors::protocol(m_provider, u"an event that is too long."_s));
    return std::exchange(m_texts, {});
}

QStringList EventParser::end()
{
    if (isOver())
        return {};
    if (m_finish)
        m_over = true;
    else if (m_understood)
        fail(model_errors::brokenOff(m_provider));
    else
        fail(model_errors::protocol(m_provider, u"something that is not a reply of a model."_s));
    return {};
}

void EventParser::takeData(QByteArrayView data)
{
    if (isOver() || data.trimmed() == "[DONE]") // some proxies add it to every stream
        return;
    const auto json = QJsonDocument::fromJson(QByteArray::fromRawData(data.data(), data.size()));
    if (json.isObject())
        takeEvent(json.object());
    else
        fail(model_errors::protocol(m_provider, u"an event that is not a JSON object."_s));
}

void EventParser::say(const QString &text)
{
    if (!text.isEmpty())
        m_texts.append(text);
}

void EventParser::setModel(const QString &model)
{
    if (!model.isEmpty())
        m_model = model;
}

void EventParser::count(std::optional<qint64> &count, const QJsonValue &value)
{
    const auto told = tokenCount(value);
    if (!told)
        return;
    count = told;
    m_usage.source = UsageSource::Reported;
}

void EventParser::fail(const Error &error)
{
    if (!m_error)
        m_error = error;
}

ChatOutcome EventParser::outcome() const
{
    ChatOutcome outcome;
    outcome.finish = m_finish.value_or(FinishReason::Stop);
    outcome.usage = m_usage;
    outcome.model = m_model;
    return outcome;
}

} // namespace loquat
