// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace_stage.h"

#include <QTest>

using namespace loquat;

/// Protects that a trace shows each provider that was asked, when that was and for how long.
class TestTraceFailover : public QObject, protected TraceStage
{
    Q_OBJECT

    static QJsonObject attempt(const QString &provider, const QString &code, qint64 askedAtMs,
                               qint64 durationMs)
    {
        return {{"provider"_L1, provider},
                {"model"_L1, provider + u"-mini"_s},
                {"code"_L1, code},
                {"asked_at_ms"_L1, askedAtMs},
                {"duration_ms"_L1, durationMs}};
    }
    static std::pair<qint64, qint64> times(const QJsonObject &span)
    {
        const auto ms = [&span](QLatin1StringView key) {
            return span[key].toString().toLongLong() / 1'000'000;
        };
        return {ms("startTimeUnixNano"_L1), ms("endTimeUnixNano"_L1)};
    }
    using Times = std::pair<qint64, qint64>;
    /// After 1 s, of which the last call took 400 ms.
    void replyFails(const QString &code, const QJsonArray &attempts)
    {
        const QJsonObject call{
            {"finish"_L1, "failed"_L1}, {"duration_ms"_L1, 400}, {"provider"_L1, "groq"_L1}};
        take(4, 3000, EventType::AiMessage,
             {{"turn"_L1, 1},
              {"final"_L1, true},
              {"finish"_L1, "failed"_L1},
              {"duration_ms"_L1, 1000},
              {"code"_L1, code},
              {"attempts"_L1, attempts},
              {"calls"_L1, QJsonArray{call}}});
    }

private Q_SLOTS:
    void init()
    {
        restart();
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
    }

    void whoWasAskedBeforeAndFailedHasASpan()
    {
        const QJsonObject call{{"finish"_L1, "stop"_L1},
                               {"duration_ms"_L1, 250},
                               {"model"_L1, "other"_L1},
                               {"provider"_L1, "groq"_L1},
                               {"usage"_L1, QJsonObject{{"input_tokens"_L1, 7}}}};
        take(3, 3000, EventType::AiMessage,
             {{"turn"_L1, 1},
              {"final"_L1, true},
              {"finish"_L1, "stop"_L1},
              {"duration_ms"_L1, 1000},
              {"attempts"_L1, QJsonArray{attempt(u"openai"_s, u"model_overloaded"_s, 2000, 300),
                                         attempt(u"openai"_s, u"model_timeout"_s, 2400, 350)}},
              {"calls"_L1, QJsonArray{call}}});
        const auto failed = spans(u"chat openai-mini"_s);
        QCOMPARE(failed.size(), 2);
        QCOMPARE(attribute(failed[0], u"error.type"_s), u"model_overloaded"_s);
        QCOMPARE(attribute(failed[0], u"gen_ai.provider.name"_s), u"openai"_s);
        QCOMPARE(attribute(failed[0], u"gen_ai.request.model"_s), u"openai-mini"_s);
        QCOMPARE(failed[0]["status"_L1]["code"_L1].toInt(), 2);
        QCOMPARE(times(failed[0]), (Times{2000, 2300}));
        QCOMPARE(times(failed[1]), (Times{2400, 2750}));
        QVERIFY(failed[0]["spanId"_L1] != failed[1]["spanId"_L1]);
        const QJsonObject answered = span(u"chat other"_s);
        QVERIFY(!answered.contains("status"_L1));
        QCOMPARE(attribute(answered, u"gen_ai.provider.name"_s), u"groq"_s);
        QCOMPARE(attribute(answered, u"gen_ai.request.model"_s), u"other"_s);
        QCOMPARE(attribute(answered, u"gen_ai.usage.input_tokens"_s), u"7"_s);
        QCOMPARE(times(answered), (Times{2750, 3000}));
    }

    void ofAReplyThatFailedEachWhoWasAskedHasOneSpan()
    {
        take(3, 3000, EventType::ErrorRaised, {{"turn"_L1, 1}, {"code"_L1, "model_unauthorized"_L1}});
        replyFails(u"model_unauthorized"_s, {attempt(u"openai"_s, u"model_overloaded"_s, 2000, 600),
                                             attempt(u"groq"_s, u"model_unauthorized"_s, 2600, 400)});
        QCOMPARE(attribute(span(u"chat openai-mini"_s), u"error.type"_s), u"model_overloaded"_s);
        QCOMPARE(spans(u"chat groq-mini"_s).size(), 1);
        const QJsonObject last = span(u"chat groq-mini"_s);
        QCOMPARE(attribute(last, u"gen_ai.provider.name"_s), u"groq"_s);
        QCOMPARE(attribute(last, u"gen_ai.request.model"_s), u"groq-mini"_s);
        QCOMPARE(attribute(last, u"error.type"_s), u"model_unauthorized"_s);
        QCOMPARE(times(last), (Times{2600, 3000}));
    }

    // The turn's time was up while a third was asked: nobody knows for which model.
    void aCallThatFailedOtherwiseThanItsAttemptsIsNoneOfThem()
    {
        replyFails(u"turn_timeout"_s, {attempt(u"openai"_s, u"model_overloaded"_s, 2000, 600)});
        QCOMPARE(times(span(u"chat openai-mini"_s)), (Times{2000, 2600}));
        const QJsonObject last = span(u"chat groq"_s);
        QCOMPARE(attribute(last, u"gen_ai.request.model"_s), QString());
        QCOMPARE(attribute(last, u"error.type"_s), u"turn_timeout"_s);
        QCOMPARE(times(last), (Times{2600, 3000}));
    }

    // A turn that calls a tool asks twice; who failed the first time is no part of the second.
    void whoFailedBelongsToTheCallThatAskedIt()
    {
        take(3, 3000, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}});
        take(4, 4000, EventType::ToolResult,
             {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}, {"ok"_L1, true}});
        const auto call = [](const QString &finish, int durationMs, const QString &model) {
            return QJsonObject{{"finish"_L1, finish}, {"duration_ms"_L1, durationMs}, {"model"_L1, model}};
        };
        take(5, 5000, EventType::AiMessage,
             {{"turn"_L1, 1},
              {"final"_L1, true},
              {"finish"_L1, "stop"_L1},
              {"duration_ms"_L1, 3000},
              {"attempts"_L1, QJsonArray{attempt(u"openai"_s, u"model_overloaded"_s, 2000, 300)}},
              {"calls"_L1,
               QJsonArray{call(u"tool_calls"_s, 700, u"other"_s), call(u"stop"_s, 1000, u"m-2026"_s)}}});
        QCOMPARE(times(span(u"chat openai-mini"_s)), (Times{2000, 2300}));
        QCOMPARE(times(span(u"chat other"_s)), (Times{2300, 3000}));
        const QJsonObject second = span(u"chat m"_s);
        QCOMPARE(times(second), (Times{4000, 5000}));
        QCOMPARE(attribute(second, u"gen_ai.response.model"_s), u"m-2026"_s);
    }

    void aSummaryAndASynopsisAreCallsAsWell()
    {
        const QJsonObject answered{
            {"model"_L1, "big"_L1},
            {"provider"_L1, "groq"_L1},
            {"duration_ms"_L1, 400},
            {"usage"_L1, QJsonObject{{"output_tokens"_L1, 40}}},
            {"attempts"_L1, QJsonArray{attempt(u"openai"_s, u"model_timeout"_s, 2100, 300)}}};
        QJsonObject synopsis = answered;
        synopsis.insert("turn"_L1, 1);
        take(3, 3000, EventType::Synopsis, synopsis);
        take(4, 3500, EventType::AiMessage,
             {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, "stop"_L1}, {"duration_ms"_L1, 500}});
        QCOMPARE(times(span(u"chat big"_s)), (Times{2600, 3000}));
        QCOMPARE(span(u"chat big"_s)["parentSpanId"_L1], span(u"turn"_s)["spanId"_L1]);
        QCOMPARE(attribute(span(u"chat big"_s), u"gen_ai.usage.output_tokens"_s), u"40"_s);

        take(5, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        take(6, 4500, EventType::Summary, answered);
        const auto calls = spans(u"chat big"_s);
        QCOMPARE(calls.size(), 2);
        QCOMPARE(times(calls[1]), (Times{4100, 4500}));
        QCOMPARE(calls[1]["parentSpanId"_L1], span(u"session"_s)["spanId"_L1]);
        QCOMPARE(calls[1]["traceId"_L1], span(u"session"_s)["traceId"_L1]);
        const auto failed = spans(u"chat openai-mini"_s);
        QCOMPARE(failed.size(), 2);
        QVERIFY(failed[0]["spanId"_L1] != failed[1]["spanId"_L1]);
        QCOMPARE(m_builder.open(), 0);
    }

    void aSummaryThatNoModelCouldMakeFailed()
    {
        take(3, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        take(4, 9000, EventType::Summary,
             {{"source"_L1, "fallback"_L1},
              {"provider"_L1, "groq"_L1},
              {"duration_ms"_L1, 5000},
              {"code"_L1, "summary_timeout"_L1}});
        QCOMPARE(attribute(span(u"chat groq"_s), u"error.type"_s), u"summary_timeout"_s);
    }

    void aSessionThatIsReopenedBeforeItsSummaryHasASpanOfItsOwn()
    {
        take(3, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        take(4, 5000, EventType::SessionResumed);
        take(5, 6000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}, {"summary"_L1, "none"_L1}});
        const auto sessions = spans(u"session"_s);
        QCOMPARE(sessions.size(), 2);
        QCOMPARE(times(sessions[1]), (Times{5000, 6000}));
        QVERIFY(sessions[0]["spanId"_L1] != sessions[1]["spanId"_L1]);
        QCOMPARE(m_builder.open(), 0);
    }
};

QTEST_GUILESS_MAIN(TestTraceFailover)
#include "tst_trace_failover.moc"
