// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_results.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;

QJsonValue parsed(const QString &text)
{
    const auto json = QJsonDocument::fromJson(text.toUtf8());
    if (json.isObject())
        return json.object();
    return json.isArray() ? QJsonValue(json.array()) : QJsonValue(text);
}

QString shown(const QJsonValue &value)
{
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

QString order(const QJsonValue &result)
{
    QString text =
        u"Order `%1`: **%2**"_s.arg(result["order_id"_L1].toString(), result["detail"_L1].toString());
    if (const QString arrives = result["estimated_delivery"_L1].toString(); !arrives.isEmpty())
        text += u", expected **%1**"_s.arg(arrives);
    return text + u'.';
}

QString shipping(const QJsonValue &result)
{
    return u"Shipping **%1 kg** to **%2** costs **%3** and takes about %4 days."_s.arg(
        shown(result["weight_kg"_L1]), result["destination_country"_L1].toString(),
        result["display"_L1].toString(), shown(result["estimated_days"_L1]));
}

QString weather(const QJsonValue &result)
{
    return u"In **%1** it is **%2 °C** and %3, with %4 % humidity."_s.arg(
        result["city"_L1].toString(), shown(result["temperature_c"_L1]), result["condition"_L1].toString(),
        shown(result["humidity_percent"_L1]));
}

/// A tool nobody told us about: its members one by one.
QString anything(const QString &tool, const QJsonValue &result)
{
    if (!result.isObject())
        return u"`%1` returned: %2"_s.arg(tool, shown(result));
    QString text = u"`%1` returned:"_s.arg(tool);
    const QJsonObject members = result.toObject();
    for (auto member = members.begin(); member != members.end(); ++member)
        text += u"\n  - **%1**: %2"_s.arg(member.key(), shown(member.value()));
    return text;
}

QString sentenceFor(const QString &tool, const QJsonValue &result)
{
    if (const QString error = result["error"_L1].toString(); !error.isEmpty())
        return u"I am sorry, `%1` did not work: %2"_s.arg(tool, error);
    if (tool == "get_account_balance"_L1)
        return u"The balance of `%1` is **%2**."_s.arg(result["user_id"_L1].toString(),
                                                       result["display"_L1].toString());
    if (tool == "get_order_status"_L1)
        return order(result);
    if (tool == "calculate_shipping"_L1)
        return shipping(result);
    if (tool == "get_weather"_L1)
        return weather(result);
    if (tool == "knowledge_base_lookup"_L1)
        return u"About **%1**: %2"_s.arg(result["topic"_L1].toString(), result["content"_L1].toString());
    return anything(tool, result);
}

QString toolOf(const QString &callId, const QList<ChatMessage> &messages)
{
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
        for (const auto &call : message->toolCalls)
            if (call.id == callId)
                return call.name;
    return u"the tool"_s;
}

} // namespace

QString fromToolResults(const QList<ChatMessage> &messages)
{
    QStringList sentences;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (message->role == Role::Tool)
            sentences.prepend(sentenceFor(toolOf(message->toolCallId, messages), parsed(message->content)));
        else if (message->role != Role::System)
            break;
    }
    if (sentences.size() == 1)
        return sentences.first();
    return u"Here is what I found:\n\n- "_s + sentences.join(u"\n- "_s);
}

} // namespace loquat::simulated
