// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene.h"

#include <QJsonArray>

namespace loquat::fakes {
namespace {

using namespace Qt::StringLiterals;

struct Line
{
    const char *user;
    Phase phase;
    const char *detail;
    Mode mode;
    const char *preview;
    qint64 idleMs;
};

constexpr Line lines[]{
    {"user-23", Phase::WaitingForApproval, "refund_order", Mode::Ai,
     "refund_order(order_id=\"ORD-1042\", amount=59.90)", 14'000},
    {"user-5", Phase::Idle, "", Mode::Human, "Thanks, a person is looking at your order now.", 120'000},
    {"user-42", Phase::RunningTool, "get_weather", Mode::Ai, "How's the weather in Delhi?", 1'000},
    {"founder-7", Phase::Streaming, "", Mode::Ai, "Premium automation tier starts at $49 a month, with", 0},
    {"user-9", Phase::Failed, "provider 429", Mode::Ai, "Explain WebSockets simply", 3'000},
    {"anonymous", Phase::Idle, "", Mode::Ai, "Is there anything else?", 240'000},
    {"user-17", Phase::Idle, "", Mode::Ai, "Order ORD-1042 was delivered on Monday.", 360'000},
    {"ops-2", Phase::Idle, "", Mode::Paused, "Please hold on while I check this.", 540'000},
    {"user-31", Phase::Thinking, "", Mode::Ai, "Can I change my delivery address?", 2'000},
};

SessionSnapshot chosen(qint64 now)
{
    auto session = aSession(sceneSession, now - 192'000);
    session.userId = u"user-1"_s;
    session.model = u"gpt-4o-mini"_s;
    session.protocol = u"frames"_s;
    session.phase = Phase::Streaming;
    session.lastActivityMs = now;
    session.lastSeq = 12;
    session.turns = 4;
    session.toolCallsOk = 5;
    session.usage = {1630, 412, UsageSource::Reported};
    session.summary = u"Yesterday: asked about ORD-1001, which shipped on Monday; satisfied."_s;
    return session;
}

QList<Event> oddities(qint64 now)
{
    QList<Event> events;
    const auto add = [&](qint64 agoMs, EventType type, const QString &content, const QJsonObject &meta) {
        events.append({otherSceneSession, events.size() + 1, now - agoMs, type, Role::System, content, meta});
    };
    add(90'000, EventType::UserMessage, u"Refund ORD-1042, and show me how to call your API."_s, {});
    add(88'000, EventType::AiMessage,
        u"Two things:\n\n### Prices\n\n| Plan | Price | Limit |\n|---|---|---|\n| Free | $0 | 100 |\n| Pro | "
        "**$49** | none |\n\n```python\nimport websockets\n\nasync with websockets.connect(url) as ws:\n    "
        "await ws.send(\"hello\")  # a long line that does not wrap but scrolls sideways instead, so code "
        "stays "
        "code\n```\n\n> The rest is in [the docs](https://example.org).\n\n1. Refunds take a day.\n2. Then "
        "money arrives."_s,
        {{"final"_L1, true},
         {"finish"_L1, u"stop"_s},
         {"ttft_ms"_L1, 212},
         {"duration_ms"_L1, 2212},
         {"usage"_L1, QJsonObject{{"input_tokens"_L1, 418}, {"output_tokens"_L1, 124}}}});
    add(60'000, EventType::ModeChanged, {}, {{"mode"_L1, u"human"_s}, {"by"_L1, u"Ada"_s}});
    add(50'000, EventType::OperatorMessage, u"Hi, this is Ada. I look at your refund now."_s, {});
    add(45'000, EventType::OperatorNote, u"Customer since 2019, be generous."_s, {});
    add(40'000, EventType::ModeChanged, {}, {{"mode"_L1, u"ai"_s}});
    add(20'000, EventType::ErrorRaised, u"The model refused the request: too many requests."_s,
        {{"code"_L1, u"model_rate_limited"_s}});
    add(14'000, EventType::ToolCall, u"refund_order"_s,
        {{"call_id"_L1, u"r1"_s},
         {"args"_L1, QJsonObject{{"order_id"_L1, u"ORD-1042"_s}, {"amount"_L1, 59.9}}}});
    add(14'000, EventType::ToolApproval, u"refund_order"_s,
        {{"call_id"_L1, u"r1"_s}, {"decision"_L1, u"asked"_s}});
    return events;
}

QList<Event> conversation(qint64 now)
{
    QList<Event> events;
    const auto add = [&](qint64 agoMs, EventType type, const QString &content, const QJsonObject &meta) {
        events.append({sceneSession, events.size() + 1, now - agoMs, type, Role::System, content, meta});
    };
    const auto call = [&](qint64 ago, const QString &id, const QString &tool, const QJsonObject &args) {
        add(ago, EventType::ToolCall, tool, {{"turn"_L1, 4}, {"call_id"_L1, id}, {"args"_L1, args}});
    };
    const auto result = [&](qint64 ago, const QString &id, const QString &json, int ms) {
        add(ago, EventType::ToolResult, json, {{"call_id"_L1, id}, {"ok"_L1, true}, {"ms"_L1, ms}});
    };
    add(192'000, EventType::SessionStarted, {}, {{"user_id"_L1, u"user-1"_s}});
    add(4'600, EventType::UserMessage, u"How much to ship 5kg to the US? And what is my balance?"_s,
        {{"turn"_L1, 4}});
    call(4'290, u"c1"_s, u"calculate_shipping"_s, {{"destination_country"_L1, u"US"_s}, {"weight_kg"_L1, 5}});
    call(4'280, u"c2"_s, u"get_account_balance"_s, {{"user_id"_L1, u"user-1"_s}});
    result(4'270, u"c1"_s, u"\"$20\""_s, 3);
    result(4'239, u"c2"_s, u"{\"balance\":1250.75,\"currency\":\"USD\"}"_s, 41);
    add(4'100, EventType::OperatorWhisper, u"Mention that express shipping is free this week."_s, {});
    return events;
}

} // namespace

void playScene(ScriptedLink &link, qint64 now)
{
    link.health.address = u"ws://127.0.0.1:8000"_s;
    link.health.openSessions = 128;
    link.health.streamingSessions = 41;
    link.health.tokensPerSecond = 3412;
    link.health.ttftP50Ms = 231;
    link.health.ttftP99Ms = 640;
    link.health.model = u"gpt-4o-mini"_s;
    link.health.store = BackendStatus::Store::InSync;
    link.health.storeName = u"Supabase"_s;
    Q_EMIT link.statusChanged();

    link.stored[sceneSession] = conversation(now);
    link.stored[otherSceneSession] = oddities(now);
    LiveBatch batch{{chosen(now)}, {}};
    const auto stream = [&](const QString &id, const QString &text, int rate) {
        const QStringList words = text.split(u' ');
        for (qsizetype i = 0; i < words.size(); ++i) {
            const qint64 at = now - (words.size() - i) * 3800 / words.size() + 700;
            const int tokens = int(rate * 4 / words.size()) + int(i * 7 % 5);
            batch.stream.append(Delta{id, 4, (i > 0 ? u" "_s : QString()) + words[i], tokens, at});
        }
    };
    int serial = 0;
    for (const Line &line : lines) {
        ++serial;
        auto session = aSession(u"s-%1"_s.arg(serial), now - 200'000 - serial * 1000);
        session.userId = QString::fromUtf8(line.user);
        session.phase = line.phase;
        session.phaseDetail = QString::fromUtf8(line.detail);
        session.mode = line.mode;
        session.preview = QString::fromUtf8(line.preview);
        session.lastActivityMs = now - line.idleMs;
        batch.sessions.append(session);
        if (line.phase == Phase::Streaming)
            stream(session.sessionId, session.preview, 48);
    }
    stream(
        sceneSession,
        u"Here is what I found:\n\n- **Shipping** 5 kg to the US costs **$20**. Express is free this week.\n"
        "- **Balance** on `user-1` is **$1,250.75**.\n\nWould you like me to book the shipment now, or"_s,
        58);
    Q_EMIT link.batch(batch);
}

void playEnded(ScriptedLink &link, qint64 now)
{
    auto session = aSession(endedSceneSession, now - 600'000);
    session.userId = u"maria"_s;
    session.status = SessionStatus::Completed;
    session.lastActivityMs = now - 240'000;
    session.preview = u"De nada!"_s;
    session.title = u"Atraso na entrega do pedido ORD-1042"_s;
    session.summary =
        u"Maria perguntou por que o pedido ORD-1042 ainda não chegou. O assistente verificou o envio "
        "e prometeu um novo prazo; o reembolso do frete ficou em aberto."_s;
    QList<Event> events;
    const auto add = [&](qint64 agoMs, EventType type, const QString &content, const QJsonObject &meta) {
        events.append({endedSceneSession, events.size() + 1, now - agoMs, type, Role::System, content, meta});
    };
    add(600'000, EventType::SessionStarted, {}, {{"user_id"_L1, session.userId}});
    add(590'000, EventType::UserMessage, u"Onde está o meu pedido ORD-1042?"_s, {{"turn"_L1, 1}});
    add(586'000, EventType::AiMessage, u"Ele chega na **sexta-feira**. Peço desculpas pelo atraso."_s,
        {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, u"stop"_s}, {"ttft_ms"_L1, 212}});
    add(240'000, EventType::SessionEnded, {}, {{"reason"_L1, u"closed"_s}});
    add(236'000, EventType::Summary, session.summary,
        {{"source"_L1, u"model"_s},
         {"title"_L1, session.title},
         {"intent"_L1, u"Saber quando o pedido chega"_s},
         {"outcome"_L1, u"partial"_s},
         {"open_points"_L1,
          QJsonArray{u"Reembolsar o frete do pedido ORD-1042"_s, u"Confirmar o novo prazo"_s}},
         {"language"_L1, u"pt-BR"_s}});
    link.stored[endedSceneSession] = events;
    link.show(session);
}

} // namespace loquat::fakes
