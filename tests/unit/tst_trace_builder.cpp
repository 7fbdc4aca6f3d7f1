// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/trace_builder.h"

#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what a tracing backend shows: one trace a session, spans inside each other, no words of anybody.
class TestTraceBuilder : public QObject
{
    Q_OBJECT

    TraceBuilder m_builder;
    QJsonArray m_spans;

    void take(qint64 seq, qint64 atMs, EventType type, const QJsonObject &meta = {})
    {
        for (const QJsonValue &span :
             m_builder.take({u"s"_s, seq, atMs, type, Role::System, u"secret"_s, meta}))
            m_spans.append(span);
    }
    [[nodiscard]] QJsonObject span(const QString &name) const
    {
        for (const QJsonValue &each : m_spans)
            if (each["name"_L1].toString() == name)
                return each.toObject();
        return {};
    }
    static QString attribute(const QJsonObject &span, const QString &key)
    {
        const QJsonArray attributes = span["attributes"_L1].toArray();
        for (const QJsonValue &each : attributes)
            if (each["key"_L1].toString() == key)
                return each["value"_L1].toObject().begin()->toVariant().toString();
        return {};
    }

private Q_SLOTS:
    void init()
    {
        m_builder = {};
        m_spans = {};
    }

    void aTurnWithAToolIsATreeOfSpans()
    {
        take(1, 1000, EventType::SessionStarted, {{"model"_L1, "m"_L1}});
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 2500, EventType::ToolCall, {{"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}});
        take(4, 2700, EventType::ToolResult, {{"call_id"_L1, "c"_L1}, {"tool"_L1, "t"_L1}, {"ok"_L1, true}});
        take(5, 3000, EventType::AiMessage,
             {{"final"_L1, true},
              {"finish"_L1, "stop"_L1},
              {"model"_L1, "m-2"_L1},
              {"usage"_L1, QJsonObject{{"output_tokens"_L1, 9}}}});
        take(6, 4000, EventType::SessionEnded, {{"reason"_L1, "closed"_L1}});
        QCOMPARE(m_spans.size(), 5);
        QCOMPARE(m_builder.open(), 0);
        const QJsonObject root = span(u"session"_s);
        const QJsonObject turn = span(u"turn"_s);
        const QJsonObject tool = span(u"execute_tool t"_s);
        QCOMPARE(turn["parentSpanId"_L1], root["spanId"_L1]);
        QCOMPARE(tool["parentSpanId"_L1], turn["spanId"_L1]);
        QCOMPARE(span(u"chat m"_s)["parentSpanId"_L1], turn["spanId"_L1]);
        QCOMPARE(span(u"chat m-2"_s)["parentSpanId"_L1], turn["spanId"_L1]);
        QCOMPARE(tool["startTimeUnixNano"_L1].toString(), u"2500000000"_s);
        QCOMPARE(tool["endTimeUnixNano"_L1].toString(), u"2700000000"_s);
        QCOMPARE(span(u"chat m"_s)["endTimeUnixNano"_L1].toString(), u"2500000000"_s);
        QCOMPARE(span(u"chat m-2"_s)["startTimeUnixNano"_L1].toString(), u"2700000000"_s);
        QCOMPARE(attribute(turn, u"gen_ai.usage.output_tokens"_s), u"9"_s);
        QSet<QString> traces, spans;
        for (const QJsonValue &each : std::as_const(m_spans)) {
            traces.insert(each["traceId"_L1].toString());
            spans.insert(each["spanId"_L1].toString());
            QCOMPARE(each["traceId"_L1].toString().size(), 32);
            QCOMPARE(each["spanId"_L1].toString().size(), 16);
        }
        QCOMPARE(traces.size(), 1);
        QCOMPARE(spans.size(), m_spans.size());
        QVERIFY(!QJsonDocument(m_spans).toJson().contains("secret"));
    }

    void aFailedTurnIsAnError()
    {
        take(1, 1000, EventType::SessionStarted);
        take(2, 2000, EventType::UserMessage, {{"turn"_L1, 1}});
        take(3, 3000, EventType::AiMessage, {{"final"_L1, true}, {"finish"_L1, "failed"_L1}});
        QCOMPARE(span(u"turn"_s)["status"_L1]["code"_L1].toInt(), 2);
    }

    void eventsOfAnUnknownSessionMakeNoSpans()
    {
        take(5, 3000, EventType::AiMessage, {{"final"_L1, true}});
        take(6, 4000, EventType::SessionEnded);
        QVERIFY(m_spans.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestTraceBuilder)
#include "tst_trace_builder.moc"
