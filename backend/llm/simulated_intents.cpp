// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_intents.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <optional>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;
using Pattern = QRegularExpression;

constexpr auto anyCase = Pattern::CaseInsensitiveOption;

/// The first group of `pattern` in `text`, without the punctuation of the sentence around it.
QString captured(const Pattern &pattern, const QString &text)
{
    static const Pattern trailing(u"[\\s?!.,;:]+$"_s);
    return pattern.match(text).captured(1).remove(trailing).simplified();
}

/// Whatever `pattern` catches in the newest message of the user that has it.
QString lastMentioned(const Pattern &pattern, const QList<ChatMessage> &messages)
{
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
        if (message->role == Role::User)
            if (const QString found = captured(pattern, message->content); !found.isEmpty())
                return found;
    return {};
}

/// Collects calls of the tools that there are.
class Wishes
{
public:
    explicit Wishes(const QList<ToolSpec> &tools)
        : m_tools(tools)
    {
    }

    [[nodiscard]] bool can(const QString &tool) const { return isAmong(m_tools, tool); }
    void call(const QString &tool, const QJsonObject &arguments)
    {
        m_intents.calls.append(
            {{}, tool, QString::fromUtf8(QJsonDocument(arguments).toJson(QJsonDocument::Compact))});
    }
    void ask(const QString &question) { m_intents.question = question; }
    [[nodiscard]] const Intents &intents() const { return m_intents; }

private:
    const QList<ToolSpec> &m_tools;
    Intents m_intents;
};

void readShipping(Wishes &wishes, const QString &said)
{
    static const Pattern topic(u"\\bship"_s, anyCase);
    static const Pattern weight(u"(\\d+(?:[.]\\d+)?)\\s*(?:kg|kilo)"_s, anyCase);
    static const Pattern country(
        u"\\bto\\s+(?:the\\s+)?((?-i:[A-Z])[\\w.]*(?:\\s(?-i:[A-Z])\\w+)*|usa?|uk|india|canada|germany|france)\\b"_s,
        anyCase);
    if (!wishes.can(u"calculate_shipping"_s) || !topic.match(said).hasMatch())
        return;
    const QString kilograms = captured(weight, said);
    const QString destination = captured(country, said);
    if (kilograms.isEmpty() || destination.isEmpty())
        wishes.ask(u"I can work out shipping. Tell me the **weight** and the **country**, for example: "
                   "`How much to ship 5kg to the US?`"_s);
    else
        wishes.call(u"calculate_shipping"_s,
                    {{"weight_kg"_L1, kilograms.toDouble()}, {"destination_country"_L1, destination}});
}

void readBalance(Wishes &wishes, const QString &said, const QList<ChatMessage> &messages)
{
    static const Pattern topic(u"\\bbalance\\b"_s, anyCase);
    static const Pattern user(u"\\b(?:user_?id\\s*[=:]\\s*|(?=user-\\d))([\\w.@-]+)"_s, anyCase);
    if (!wishes.can(u"get_account_balance"_s) || !topic.match(said).hasMatch())
        return;
    const QString userId = lastMentioned(user, messages);
    if (userId.isEmpty())
        wishes.ask(u"Whose balance? Tell me the user id, for example: "
                   "`What is my balance? user_id=user-1`"_s);
    else
        wishes.call(u"get_account_balance"_s, {{"user_id"_L1, userId}});
}

void readOrder(Wishes &wishes, const QString &said)
{
    static const Pattern topic(u"\\border"_s, anyCase);
    static const Pattern order(u"\\b(?:order_?id\\s*[=:]\\s*|(?=ORD-))([\\w-]+)"_s, anyCase);
    static const Pattern status(u"\\b(?:status|where|track)"_s, anyCase);
    if (!wishes.can(u"get_order_status"_s))
        return;
    const QString orderId = captured(order, said);
    if (!orderId.isEmpty())
        wishes.call(u"get_order_status"_s, {{"order_id"_L1, orderId}});
    else if (topic.match(said).hasMatch() && status.match(said).hasMatch())
        wishes.ask(u"Which order? Tell me its id, for example: `Check order status for order_id=ORD-1001`"_s);
}

void readTopics(Wishes &wishes, const QString &said)
{
    static const Pattern city(
        u"\\bweather\\b[^?!.]*?\\b(?:in|for|at)\\s+([\\p{L}][\\p{L} '-]*?)\\s*(?:[?!.,;]|\\b(?:today|tomorrow|now|right|and|please)\\b|$)"_s,
        anyCase | Pattern::UseUnicodePropertiesOption);
    static const std::array<std::pair<QString, Pattern>, 3> topics{{
        {u"weather"_s, Pattern(u"\\bweather\\b"_s, anyCase)},
        {u"pricing"_s, Pattern(u"\\b(?:pricing|price list|prices)\\b"_s, anyCase)},
        {u"co2"_s, Pattern(u"\\bco2\\b"_s, anyCase)},
    }};
    const QString where = wishes.can(u"get_weather"_s) ? captured(city, said) : QString();
    if (!where.isEmpty())
        wishes.call(u"get_weather"_s, {{"city"_L1, where}});
    if (!wishes.can(u"knowledge_base_lookup"_s))
        return;
    for (const auto &[topic, keyword] : topics)
        if (keyword.match(said).hasMatch() && (topic != "weather"_L1 || where.isEmpty()))
            wishes.call(u"knowledge_base_lookup"_s, {{"topic"_L1, topic}});
}

QJsonObject argumentsIn(const QString &said)
{
    static const Pattern object(u"\\{.*\\}"_s, Pattern::DotMatchesEverythingOption);
    return QJsonDocument::fromJson(object.match(said).captured().toUtf8()).object();
}

QString lastSaid(const QList<ChatMessage> &messages)
{
    const auto last = std::find_if(messages.rbegin(), messages.rend(),
                                   [](const ChatMessage &message) { return message.role == Role::User; });
    return last == messages.rend() ? QString() : last->content;
}

/// A tool of somebody's own, called by its name: `open_door {"door":"front"}`.
void readNamed(Wishes &wishes, const QString &said, const QList<ToolSpec> &tools)
{
    for (const ToolSpec &tool : tools) {
        const Pattern name(u"(?<![\\w-])"_s + Pattern::escape(tool.name) + u"(?![\\w-])"_s);
        if (name.match(said).hasMatch())
            wishes.call(tool.name, argumentsIn(said));
    }
}

} // namespace

Intents intentsOf(const QList<ChatMessage> &messages, const QList<ToolSpec> &tools)
{
    const QString said = lastSaid(messages);
    Wishes wishes(tools);
    readShipping(wishes, said);
    readBalance(wishes, said, messages);
    readOrder(wishes, said);
    readTopics(wishes, said);
    if (wishes.intents().calls.isEmpty() && wishes.intents().question.isEmpty())
        readNamed(wishes, said, tools);
    return wishes.intents();
}

QList<ToolCall> forcedCalls(const ChatRequest &request)
{
    const ToolChoice &choice = request.toolChoice;
    const bool named = choice.kind == ToolChoice::Kind::Named;
    QList<ToolCall> calls = intentsOf(request.messages, request.tools).calls;
    calls.removeIf([&](const ToolCall &call) { return named && call.name != choice.name; });
    if (!calls.isEmpty())
        return calls;
    Wishes forced(request.tools);
    forced.call(named ? choice.name : request.tools.first().name, argumentsIn(lastSaid(request.messages)));
    return forced.intents().calls;
}

} // namespace loquat::simulated
