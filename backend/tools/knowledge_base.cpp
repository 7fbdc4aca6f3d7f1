// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/knowledge_base.h"

#include "tools/parameters.h"

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

struct Article
{
    QLatin1StringView topic;
    QLatin1StringView text;
};

constexpr std::array articles{
    Article{"weather"_L1, "Sunny intervals with a light breeze; 24 degrees Celsius in the afternoon."_L1},
    Article{"pricing"_L1,
            "The Starter plan is $0, the Team plan $29 a month and the Business plan $99 a month."_L1},
    Article{"co2"_L1, "The air holds about 425 ppm of CO2; before industry it was about 280 ppm."_L1},
};

} // namespace

KnowledgeBase::KnowledgeBase()
    : m_spec{u"knowledge_base_lookup"_s,
             u"Looks up a topic in the knowledge base: weather, pricing or co2."_s,
             objectOf({{"topic"_L1, text(u"weather, pricing or co2"_s)}})}
{
}

QCoro::Task<Expected<QJsonValue>> KnowledgeBase::run(QJsonObject arguments, ToolContext)
{
    const QString topic = arguments["topic"_L1].toString().trimmed();
    for (const auto &article : articles) {
        if (!topic.contains(article.topic, Qt::CaseInsensitive))
            continue;
        const QJsonObject result{{"topic"_L1, QString(article.topic)}, {"content"_L1, QString(article.text)}};
        co_return QJsonValue(result);
    }
    co_return Error{
        u"unknown_topic"_s,
        u"The knowledge base has nothing on '%1'. Its topics are weather, pricing and co2."_s.arg(topic),
        {},
        false};
}

} // namespace loquat
