// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QDateTime>

namespace loquat::bench {

/// Events as a conversation makes them: a question, a reply of some eighty words with all its numbers, and so
/// on.
using namespace Qt::StringLiterals;

class Conversation
{
public:
    explicit Conversation(QString sessionId)
        : m_id(std::move(sessionId))
    {
    }

    Event next()
    {
        const qint64 seq = ++m_seq;
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        if (seq == 1)
            return {m_id, seq, now, EventType::SessionStarted, Role::System, {}, startMeta()};
        if (seq % 2 == 0)
            return {m_id, seq, now, EventType::UserMessage, Role::User, question(), questionMeta()};
        return {m_id, seq, now, EventType::AiMessage, Role::Assistant, reply(), replyMeta()};
    }

private:
    static QString question()
    {
        static const QString text = u"What would it cost to send this by Friday, and who brings it?"_s;
        return text;
    }

    static QString reply()
    {
        static const QString text = u"By Friday is possible with the express service. "_s.repeated(8);
        return text;
    }

    // Made once: what making them costs is not the store's.
    static const QJsonObject &startMeta()
    {
        static const QJsonObject meta{
            {"user_id"_L1, "user-1"}, {"model"_L1, "gpt"}, {"node_id"_L1, "n"}, {"protocol"_L1, "frames"}};
        return meta;
    }

    static const QJsonObject &questionMeta()
    {
        static const QJsonObject meta{{"turn"_L1, 12}};
        return meta;
    }

    static const QJsonObject &replyMeta()
    {
        static const QJsonObject meta{
            {"turn"_L1, 12},
            {"round"_L1, 1},
            {"final"_L1, true},
            {"finish"_L1, "stop"},
            {"usage"_L1,
             QJsonObject{{"input_tokens"_L1, 812}, {"output_tokens"_L1, 97}, {"source"_L1, "reported"}}},
            {"ttft_ms"_L1, 312},
            {"duration_ms"_L1, 1840},
            {"model"_L1, "gpt"},
            {"provider"_L1, "openai"},
            {"cost_usd"_L1, 0.00042}};
        return meta;
    }

    QString m_id;
    qint64 m_seq = 0;
};

} // namespace loquat::bench
