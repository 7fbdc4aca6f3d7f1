// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene.h"

#include <array>
#include <cmath>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

void playHistory(ScriptedLink &link, qint64 nowMs)
{
    struct Said
    {
        const char *user, *text, *status, *node;
        int hours;
    };
    constexpr std::array all{
        Said{"user-23", "I would like a refund for order ORD-1001, it arrived broken.", "active", "berlin-1",
             0},
        Said{"ana", "The refund of $20 was sent to your card on Monday & should be there by Friday.",
             "completed", "berlin-2", 3},
        Said{"founder-7", "Can I get a refund if I cancel the premium tier halfway through the month?",
             "completed", "berlin-1", 26},
        Said{"user-9", "Your policy says <refund within 30 days>, is that calendar days?", "completed",
             "berlin-2", 51},
        Said{"user-42", "Refund please", "completed", "berlin-1", 80}};
    for (const Said &said : all) {
        FoundSession found;
        const QString text = QString::fromUtf8(said.text);
        found.row.sessionId = u"stored-%1"_s.arg(said.hours);
        found.row.userId = QString::fromUtf8(said.user);
        found.row.status = QString::fromUtf8(said.status);
        found.row.nodeId = QString::fromUtf8(said.node);
        found.row.startedAtMs = nowMs - said.hours * 3'600'000LL;
        found.row.turns = 2 + said.hours % 5;
        found.row.durationSeconds = 140 + said.hours;
        found.row.inputTokens = 418;
        found.row.outputTokens = 86;
        found.snippet =
            Snippet{2, text, {{text.indexOf(u"refund"_s, 0, Qt::CaseInsensitive), 6}}, false, false};
        link.standing.rows.append(found);
        const QString id = found.row.sessionId;
        link.stored[id] = {
            anEvent(id, 1, EventType::SessionStarted, {}, {{u"protocol"_s, u"frames"_s}}),
            anEvent(id, 2, EventType::UserMessage, text),
            anEvent(id, 3, EventType::ToolCall, u"check_order_status"_s,
                    {{u"call_id"_s, u"c"_s}, {u"args"_s, QJsonObject{{u"order_id"_s, u"ORD-1001"_s}}}}),
            anEvent(id, 4, EventType::ToolResult, uR"({"status":"delivered"})"_s,
                    {{u"call_id"_s, u"c"_s}, {u"ok"_s, true}, {u"ms"_s, 41}}),
            anEvent(
                id, 5, EventType::AiMessage,
                u"I am sorry about that. A **refund** of $20 is on its way:\n\n- back to your card\n- in 3 to 5 days"_s)};
    }
}

void playNodes(ScriptedLink &link, qint64 nowMs)
{
    link.health.nodes = {{u"berlin-1"_s, u"https://10.0.0.1:8000"_s, u"0.1.0"_s, true, false,
                          nowMs - 7'200'000, nowMs, 0, 128},
                         {u"berlin-2"_s, u"https://10.0.0.2:8000"_s, u"0.1.0"_s, false, false,
                          nowMs - 9'100'000, nowMs - 3'000, 3'000, 94},
                         {u"berlin-3"_s, u"https://10.0.0.3:8000"_s, u"0.1.0"_s, false, true, nowMs - 900'000,
                          nowMs - 95'000, 95'000, 7}};
    link.health.notice = u"Other nodes lead more sessions than are listed live: these are the newest 1,000. "
                         "The history has all."_s;
    Q_EMIT link.statusChanged();
    auto moved = aSession(u"s-moved"_s, nowMs - 300'000);
    moved.userId = u"user-77"_s;
    moved.preview = u"Can you hear me on the other side?"_s;
    moved.nodeId = u"berlin-2"_s;
    moved.moved = true;
    link.show(moved);
}

void playTools(ScriptedLink &link, qint64 nowMs)
{
    struct Ran
    {
        const char *tool, *end;
        int ms, agoMs;
    };
    constexpr std::array all{
        Ran{"check_order_status", "ok", 41, 42'000}, Ran{"check_order_status", "ok", 38, 30'000},
        Ran{"calculate_shipping", "ok", 3, 4'270},   Ran{"get_weather", "", 0, 1'000},
        Ran{"refund_order", "denied", 0, 95'000},    Ran{"search_the_web", "failed", 30'000, 200'000}};
    qint64 seq = 0;
    for (const Ran &ran : all) {
        const QString id = u"call-%1"_s.arg(++seq);
        const QString end = QString::fromLatin1(ran.end);
        const auto happen = [&](EventType type, const QString &content, QJsonObject meta) {
            meta["call_id"_L1] = id;
            link.happen({u"s-3"_s, ++seq, nowMs - ran.agoMs, type, Role::System, content, meta});
        };
        happen(EventType::ToolCall, QString::fromLatin1(ran.tool), {});
        if (end == "denied"_L1)
            happen(EventType::ToolApproval, {}, {{"decision"_L1, end}});
        if (!end.isEmpty())
            happen(EventType::ToolResult, u"{}"_s, {{"ok"_L1, end == "ok"_L1}, {"ms"_L1, ran.ms}});
    }
    auto session = aSession(u"s-second"_s, nowMs - 60'000);
    session.userId = u"ana"_s;
    session.phase = Phase::WaitingForApproval;
    session.phaseDetail = u"send_email"_s;
    link.show(session);
    const QJsonObject letter{{"to"_L1, u"ana@example.org"_s},
                             {"subject"_L1, u"Your refund of $59.90"_s},
                             {"body"_L1,
                              u"Hello Ana,\nthe refund for order ORD-1042 was sent to your card on Monday "
                              "and should be there by Friday. Write again if it is not."_s}};
    link.happen({session.sessionId,
                 5,
                 nowMs - 6'000,
                 EventType::ToolCall,
                 Role::System,
                 u"send_email"_s,
                 {{"call_id"_L1, u"mail"_s}, {"args"_L1, letter}}});
    link.happen({session.sessionId,
                 6,
                 nowMs - 6'000,
                 EventType::ToolApproval,
                 Role::System,
                 u"send_email"_s,
                 {{"call_id"_L1, u"mail"_s}, {"decision"_L1, u"asked"_s}}});
}

void playMetrics(MetricsModel &metrics, const BackendStatus &now)
{
    BackendStatus status = now;
    for (int second = 0; second < 300; ++second) {
        const double wave = 1 + std::sin(second / 23.) * 0.4 + std::sin(second / 3.7) * 0.15;
        status.tokensPerSecond = 3'100 * wave;
        status.streamingSessions = int(60 * wave);
        status.openSessions = 128 + second / 10;
        status.ttftP50Ms = qint64(190 + 60 * wave);
        status.ttftP99Ms = qint64(500 + 160 * wave);
        status.storeQueued = second > 200 && second < 230 ? (second - 200) * 40 : qint64(20 * wave);
        metrics.show(status);
        metrics.sample();
    }
}

} // namespace loquat::fakes
