// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace_stage.h"

#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what a tracing backend shows: one trace a session, spans inside each other, no words of anybody.
class TestTraceBuilder : public QObject, protected TraceStage
{
    Q_OBJECT

    static QJsonObject call(const QString &finish, int durationMs, int outputTokens)
    {
        return {{"finish"_L1, finish},
                {"duration_ms"_L1, durationMs},
                {"model"_L1, "m-2"_L1},
                {"usage"_L1, QJsonObject{{"output_tokens"_L1, outputTokens}}}};
    }

private Q_SLOTS:
    void init() { restart(); }

    void aTurnWithAToolIsATreeOfSpans()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}});
        take(4, 2700, EventType::ToolResult,
             {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}, {"ok"_L1, true}});
        take(5, 3000, EventType::AiMessage,
             {{"turn"_L1, 1},
              {"final"_L1, true},
              {"finish"_L1, "stop"_L1},
              {"duration_ms"_L1, 1000},
              {"usage"_L1, QJsonObject{{"output_tokens"_L1, 9}}},
              {"calls"_L1, QJsonArray{call(u"tool_calls"_s, 500, 2), call(u"stop"_s, 300, 7)}}});
        take(6, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        take(7, 4000, EventType::Summary, {{"source"_L1, "fallback"_L1}});
        QCOMPARE(m_spans.size(), 5);
        QCOMPARE(m_builder.open(), 0);
        const QJsonObject root = span(u"session"_s);
        const QJsonObject turn = span(u"turn"_s);
        const QJsonObject tool = span(u"execute_tool t"_s);
        QCOMPARE(turn["parentSpanId"_L1], root["spanId"_L1]);
        QCOMPARE(tool["parentSpanId"_L1], turn["spanId"_L1]);
        const auto calls = spans(u"chat m"_s); // by the model that was asked, whoever says that he answered
        QCOMPARE(calls.size(), 2);
        for (const QJsonObject &call : calls)
            QCOMPARE(call["parentSpanId"_L1], turn["spanId"_L1]);
        QCOMPARE(attribute(calls[1], u"gen_ai.response.model"_s), u"m-2"_s);
        QCOMPARE(attribute(calls[0], u"gen_ai.usage.output_tokens"_s), u"2"_s);
        QCOMPARE(attribute(calls[1], u"gen_ai.usage.output_tokens"_s), u"7"_s);
        QCOMPARE(tool["startTimeUnixNano"_L1].toString(), u"2500000000"_s);
        QCOMPARE(tool["endTimeUnixNano"_L1].toString(), u"2700000000"_s);
        QCOMPARE(calls[0]["endTimeUnixNano"_L1].toString(), u"2500000000"_s);
        QCOMPARE(calls[1]["startTimeUnixNano"_L1].toString(), u"2700000000"_s);
        QCOMPARE(attribute(turn, u"gen_ai.usage.output_tokens"_s), u"9"_s);
        QSet<QString> traces, ids;
        for (const QJsonValue &each : std::as_const(m_spans)) {
            traces.insert(each["traceId"_L1].toString());
            ids.insert(each["spanId"_L1].toString());
            QCOMPARE(each["traceId"_L1].toString().size(), 32);
            QCOMPARE(each["spanId"_L1].toString().size(), 16);
        }
        QCOMPARE(traces.size(), 1);
        QCOMPARE(ids.size(), m_spans.size());
        QVERIFY(!QJsonDocument(m_spans).toJson().contains("secret"));
    }

    void aTurnThatIsCancelledDuringItsToolsHasNoCallThatNeverRan()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}});
        take(4, 2700, EventType::ToolResult,
             {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}, {"ok"_L1, false}});
        take(5, 2700, EventType::AiMessage,
             {{"turn"_L1, 1},
              {"final"_L1, true},
              {"finish"_L1, "cancelled"_L1},
              {"duration_ms"_L1, 700},
              {"calls"_L1, QJsonArray{call(u"tool_calls"_s, 500, 2)}}});
        QCOMPARE(spans(u"chat m"_s).size(), 1);
    }

    void aToolThatAModelMadeUpHasNoNameOfItsOwn()
    {
        take(1, 1000, EventType::SessionStarted);
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::ToolCall,
             {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "a secret"_L1}});
        take(4, 2700, EventType::ToolResult,
             {{"turn"_L1, 1}, {"call_id"_L1, "c"_L1}, {"tool"_L1, "a secret"_L1}, {"unknown"_L1, true}});
        QCOMPARE(attribute(span(u"execute_tool other"_s), u"gen_ai.tool.name"_s), u"other"_s);
        QVERIFY(!QJsonDocument(m_spans).toJson().contains("secret"));
    }

    void aFailedTurnIsAnError()
    {
        take(1, 1000, EventType::SessionStarted);
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 3000, EventType::ErrorRaised, {{"turn"_L1, 1}, {"code"_L1, "model_unauthorized"_L1}});
        take(4, 3000, EventType::AiMessage,
             {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, "failed"_L1}, {"duration_ms"_L1, 1000}});
        QCOMPARE(span(u"turn"_s)["status"_L1]["code"_L1].toInt(), 2);
        QCOMPARE(attribute(span(u"turn"_s), u"error.type"_s), u"model_unauthorized"_s);
    }

    void aReplyThatNobodySaidAnythingForIsATurn()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 9000, EventType::AiMessage,
             {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, "stop"_L1}, {"duration_ms"_L1, 500}});
        QCOMPARE(span(u"turn"_s)["startTimeUnixNano"_L1].toString(), u"8500000000"_s);
        QCOMPARE(span(u"chat m"_s)["parentSpanId"_L1], span(u"turn"_s)["spanId"_L1]);
    }

    void whatIsSaidDuringAReplyIsATurnOfItsOwn()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2100, EventType::UserMessage, {{"turn"_L1, 2}});
        take(4, 3000, EventType::AiMessage,
             {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, "stop"_L1}, {"duration_ms"_L1, 1000}});
        take(5, 3500, EventType::AiMessage,
             {{"turn"_L1, 2}, {"final"_L1, true}, {"finish"_L1, "stop"_L1}, {"duration_ms"_L1, 500}});
        QCOMPARE(spans(u"turn"_s).size(), 2);
        QCOMPARE(spans(u"turn"_s)[1]["startTimeUnixNano"_L1].toString(), u"2100000000"_s);
        QCOMPARE(spans(u"chat m"_s)[0]["startTimeUnixNano"_L1].toString(), u"2000000000"_s);
        QCOMPARE(spans(u"chat m"_s)[1]["startTimeUnixNano"_L1].toString(), u"3000000000"_s); // it waited
    }

    void whatNobodyBeganToAnswerIsATurnWithoutAModel()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(
            3, 3000, EventType::AiMessage,
            {{"turn"_L1, 1}, {"final"_L1, true}, {"finish"_L1, "cancelled"_L1}, {"usage"_L1, QJsonObject()}});
        QCOMPARE(spans(u"turn"_s).size(), 1);
        QVERIFY(spans(u"chat m"_s).isEmpty());
    }

    void whatAPersonAnswersIsATurnWithoutAModel()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::UserMessage, {{"turn"_L1, 2}});
        take(4, 5000, EventType::TurnEnded, {{"turn"_L1, 1}, {"finish"_L1, "human"_L1}});
        take(5, 5000, EventType::TurnEnded, {{"turn"_L1, 2}, {"finish"_L1, "human"_L1}});
        QCOMPARE(spans(u"turn"_s).size(), 2);
        QCOMPARE(attribute(span(u"turn"_s), u"loquat.finish"_s), u"human"_s);
        QVERIFY(spans(u"chat m"_s).isEmpty());
    }

    void whatIsAnsweredTogetherWithALaterMessageWasAnsweredByNobodyElse()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::ModeChanged, {{"mode"_L1, "ai"_L1}});
        take(4, 2500, EventType::TurnEnded, {{"turn"_L1, 1}, {"finish"_L1, "stop"_L1}});
        QCOMPARE(attribute(span(u"turn"_s), u"loquat.finish"_s), u"stop"_s);
    }

    void whatWasQuietLongestMakesRoom()
    {
        m_builder = TraceBuilder(2);
        const auto happens = [this](const QString &session, EventType type) {
            return m_builder.take({session, 1, 1000, type, Role::System, {}, {}}).size();
        };
        for (const QString &session : {u"a"_s, u"b"_s})
            happens(session, EventType::SessionStarted);
        happens(u"a"_s, EventType::UserMessage);
        happens(u"c"_s, EventType::SessionResumed);
        QCOMPARE(m_builder.open(), 2);
        QCOMPARE(happens(u"a"_s, EventType::SessionEnded), 1);
        QCOMPARE(happens(u"b"_s, EventType::SessionEnded), 0);
        QCOMPARE(happens(u"c"_s, EventType::SessionEnded), 1);
        for (const QString &session : {u"a"_s, u"c"_s})
            QCOMPARE(happens(session, EventType::Summary), 0);
        QCOMPARE(m_builder.open(), 0);
    }

    void aSessionThatAnotherProcessRecoversHasARoot()
    {
        take(7, 3000, EventType::ErrorRaised, {{"turn"_L1, 2}, {"code"_L1, "interrupted"_L1}});
        take(8, 3000, EventType::AiMessage,
             {{"turn"_L1, 2}, {"final"_L1, true}, {"finish"_L1, "failed"_L1}, {"code"_L1, "interrupted"_L1}});
        take(9, 3000, EventType::SessionEnded, {{"reason"_L1, "recovered"_L1}});
        QCOMPARE(m_spans.size(), 2);
        QCOMPARE(span(u"turn"_s)["parentSpanId"_L1], span(u"session"_s)["spanId"_L1]);
        QCOMPARE(attribute(span(u"turn"_s), u"error.type"_s), u"interrupted"_s);
        QCOMPARE(attribute(span(u"session"_s), u"loquat.end.reason"_s), u"recovered"_s);
        take(10, 4000, EventType::Summary, {{"source"_L1, "fallback"_L1}});
        QCOMPARE(m_builder.open(), 0);
    }

    void aReplyOfAnUnknownSessionSaysWhenItBegan()
    {
        take(8, 3000, EventType::AiMessage,
             {{"turn"_L1, 2},
              {"final"_L1, true},
              {"finish"_L1, "stop"_L1},
              {"model"_L1, "m"_L1},
              {"duration_ms"_L1, 500}});
        take(9, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        for (const QString &name : {u"session"_s, u"turn"_s, u"chat m"_s})
            QCOMPARE(span(name)["startTimeUnixNano"_L1].toString(), u"2500000000"_s);
        QCOMPARE(span(u"chat m"_s)["parentSpanId"_L1], span(u"turn"_s)["spanId"_L1]);
    }

    void eventsThatTellTooLittleOfAnUnknownSessionMakeNoSpans()
    {
        take(5, 3000, EventType::AiMessage, {{"final"_L1, true}});
        take(6, 4000, EventType::SessionEnded);
        take(7, 5000, EventType::Summary, {{"source"_L1, "model"_L1}});
        QVERIFY(m_spans.isEmpty());
        QCOMPARE(m_builder.open(), 0);
    }
};

QTEST_GUILESS_MAIN(TestTraceBuilder)
#include "tst_trace_builder.moc"
