// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/metrics.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what an operator's dashboards read: names, labels and numbers of /metrics.
class TestMetrics : public QObject
{
    Q_OBJECT

    static Event of(EventType type, const QJsonObject &meta, const QString &content = {})
    {
        return {u"a-session"_s, 1, 0, type, Role::System, content, meta};
    }

    static bool has(const QByteArray &text, const QByteArray &line)
    {
        return text.split('\n').contains(line);
    }

private Q_SLOTS:
    void aReplyCountsTimeTokensAndCost()
    {
        Metrics metrics(u"1.2.3"_s);
        metrics.onEvent(of(EventType::AiMessage,
                           {{"final"_L1, true},
                            {"finish"_L1, "stop"_L1},
                            {"model"_L1, "m"_L1},
                            {"provider"_L1, "p"_L1},
                            {"round"_L1, 1},
                            {"duration_ms"_L1, 1100},
                            {"ttft_ms"_L1, 100},
                            {"cost_usd"_L1, 0.5},
                            {"usage"_L1, QJsonObject{{"input_tokens"_L1, 7}, {"output_tokens"_L1, 11}}}},
                           u"secret words"_s));
        const QByteArray text = metrics.text({});
        const QByteArray who = R"({gen_ai_provider_name="p",gen_ai_response_model="m"})";
        QVERIFY2(has(text, R"(loquat_turns_total{finish="stop"} 1)"), text.constData());
        QVERIFY2(has(text, "loquat_cost_usd_total" + who + " 0.5"), text.constData());
        QVERIFY2(has(text, "loquat_turn_duration_seconds_sum" + who + " 1.1"), text.constData());
        const QByteArray call = R"({gen_ai_operation_name="chat",)" + who.sliced(1);
        const QByteArray operation = "gen_ai_client_operation_";
        QVERIFY2(has(text, operation + "time_to_first_chunk_seconds_sum" + call + " 0.1"), text.constData());
        QVERIFY2(has(text, operation + "time_per_output_chunk_seconds_sum" + call + " 0.1"),
                 text.constData());
        QVERIFY2(has(text, operation + "duration_seconds_sum" + call + " 1.1"), text.constData());
        QVERIFY2(text.contains(R"(gen_ai_token_type="input"} 7)"), text.constData());
        QVERIFY2(text.contains(R"(gen_ai_token_type="output"} 11)"), text.constData());
        QVERIFY2(has(text, R"(loquat_build_info{version="1.2.3"} 1)"), text.constData());
        QVERIFY(!text.contains("secret words") && !text.contains("a-session"));
    }

    void whatIsNotKnownIsNotCountedAsZero()
    {
        Metrics metrics({});
        metrics.onEvent(of(EventType::AiMessage, {{"final"_L1, true}, {"finish"_L1, "failed"_L1}}));
        const QByteArray text = metrics.text({});
        QVERIFY2(has(text, R"(loquat_turns_total{finish="failed"} 1)"), text.constData());
        QVERIFY2(!text.contains("loquat_cost_usd_total{"), text.constData());
        QVERIFY2(!text.contains("gen_ai_client_token_usage_sum"), text.constData());
        QVERIFY2(!text.contains("loquat_replica_"), text.constData());
        QVERIFY2(!text.contains("loquat_spans_"), text.constData());
    }

    void textBeforeToolCallsIsNoReply()
    {
        Metrics metrics({});
        metrics.onEvent(of(EventType::AiMessage, {{"final"_L1, false}, {"finish"_L1, "tool_calls"_L1}}));
        QVERIFY(!metrics.text({}).contains("loquat_turns_total{"));
    }

    void whatAPersonAnswersEndsTurns()
    {
        Metrics metrics({});
        metrics.onEvent(of(EventType::OperatorMessage, {{"by"_L1, "o"_L1}}));
        QVERIFY(!metrics.text({}).contains("loquat_turns_total{"));
        for (const char *finish : {"human", "human", "cancelled"})
            metrics.onEvent(of(EventType::TurnEnded, {{"finish"_L1, QLatin1StringView(finish)}}));
        const QByteArray text = metrics.text({});
        QVERIFY2(has(text, R"(loquat_turns_total{finish="human"} 2)"), text.constData());
        QVERIFY2(has(text, R"(loquat_turns_total{finish="cancelled"} 1)"), text.constData());
    }

    void toolsThatAModelInventsDoNotFillTheMemory()
    {
        Metrics metrics({});
        for (int n = 0; n < 1'000; ++n)
            metrics.onEvent(of(EventType::ToolResult,
                               {{"tool"_L1, u"invented_%1"_s.arg(n)}, {"ok"_L1, false}, {"ms"_L1, 1}}));
        const QByteArray text = metrics.text({});
        QCOMPARE(text.count("gen_ai_execute_tool_duration_seconds_count"), 101);
        QVERIFY2(text.contains(R"(gen_ai_tool_name="other",ok="false"} 900)"), text.constData());
    }

    void whatIsNoToolOfTheServiceHasNoNameOfItsOwn()
    {
        Metrics metrics({});
        metrics.onEvent(of(EventType::ToolResult, {{"tool"_L1, "a secret"_L1}, {"by"_L1, "client"_L1}}));
        metrics.onEvent(of(EventType::ToolResult, {{"tool"_L1, "made up"_L1}, {"unknown"_L1, true}}));
        const QByteArray text = metrics.text({});
        QVERIFY(text.contains(R"(gen_ai_tool_name="client")"));
        QVERIFY(text.contains(R"(gen_ai_tool_name="other")"));
        QVERIFY(!text.contains("secret") && !text.contains("made up"));
    }

    void eachModelCallOfATurnIsAMeasureOfItsModel()
    {
        Metrics metrics({});
        const QJsonObject first{{"finish"_L1, "tool_calls"_L1},
                                {"model"_L1, "m"_L1},
                                {"duration_ms"_L1, 250},
                                {"usage"_L1, QJsonObject{{"input_tokens"_L1, 8}}}};
        const QJsonObject second{{"finish"_L1, "failed"_L1}, {"ttft_ms"_L1, 125}, {"duration_ms"_L1, 500}};
        metrics.onEvent(of(EventType::AiMessage, {{"final"_L1, true},
                                                  {"finish"_L1, "failed"_L1},
                                                  {"code"_L1, "model_overloaded"_L1},
                                                  {"round"_L1, 2},
                                                  {"ttft_ms"_L1, 9'000},
                                                  {"duration_ms"_L1, 9'500},
                                                  {"usage"_L1, QJsonObject{{"input_tokens"_L1, 20}}},
                                                  {"calls"_L1, QJsonArray{first, second}}}));
        const QByteArray text = metrics.text({});
        const auto value = [&text](const QByteArray &name, const QByteArray &label) {
            for (const QByteArray &line : text.split('\n'))
                if (line.startsWith(name) && line.contains(label))
                    return line.sliced(line.lastIndexOf(' ') + 1).toDouble();
            return -1.0;
        };
        QCOMPARE(value("loquat_time_to_first_token_seconds_sum", {}), 9.0);
        QCOMPARE(value("loquat_turn_duration_seconds_sum", {}), 9.5);
        QCOMPARE(value("gen_ai_client_operation_duration_seconds_sum", R"(gen_ai_response_model="m")"), 0.25);
        QCOMPARE(value("gen_ai_client_operation_duration_seconds_sum", R"(error_type="model_overloaded")"),
                 0.5);
        QCOMPARE(value("gen_ai_client_operation_time_to_first_chunk_seconds_sum", {}), 0.125);
        QCOMPARE(value("gen_ai_client_token_usage_sum", R"(gen_ai_token_type="input")"), 8.0);
    }

    void eachProviderThatFailedIsAMeasureOfItsOwn()
    {
        Metrics metrics({});
        const auto attempt = [](const QString &provider, int ms) {
            return QJsonObject{
                {"provider"_L1, provider}, {"code"_L1, "model_overloaded"_L1}, {"duration_ms"_L1, ms}};
        };
        const auto reply = [&](const QString &finish, const QJsonObject &more) {
            QJsonObject meta{{"final"_L1, true},
                             {"finish"_L1, finish},
                             {"duration_ms"_L1, 9'500},
                             {"attempts"_L1, QJsonArray{attempt(u"one"_s, 2'000), attempt(u"two"_s, 4'000)}}};
            meta["calls"_L1] = QJsonArray{QJsonObject{{"finish"_L1, finish},
                                                      {"provider"_L1, more["provider"_L1]},
                                                      {"duration_ms"_L1, more["ms"_L1]}}};
            if (finish == "failed"_L1)
                meta["code"_L1] = "model_overloaded"_L1;
            metrics.onEvent(of(EventType::AiMessage, meta));
        };
        reply(u"stop"_s, {{"provider"_L1, "three"_L1}, {"ms"_L1, 1'000}});
        reply(u"failed"_s, {{"provider"_L1, "two"_L1}, {"ms"_L1, 4'000}}); // the call itself failed last
        const QByteArray text = metrics.text({});
        const auto sumOf = [&text](const QByteArray &provider) {
            for (const QByteArray &line : text.split('\n'))
                if (line.startsWith("gen_ai_client_operation_duration_seconds_sum") &&
                    line.contains('"' + provider + '"'))
                    return line.sliced(line.lastIndexOf(' ') + 1).toDouble();
            return -1.0;
        };
        QCOMPARE(sumOf("one"), 4.0);
        QCOMPARE(sumOf("two"), 8.0);
        QCOMPARE(sumOf("three"), 1.0);
    }

    void summariesAndSynopsesCostAsWell()
    {
        Metrics metrics({});
        const QJsonObject asked{{"model"_L1, "m"_L1},
                                {"provider"_L1, "p"_L1},
                                {"cost_usd"_L1, 0.25},
                                {"usage"_L1, QJsonObject{{"output_tokens"_L1, 40}}}};
        QJsonObject answered = asked;
        answered.insert("duration_ms"_L1, 2'000);
        answered.insert("attempts"_L1, QJsonArray{QJsonObject{{"provider"_L1, "first"_L1},
                                                              {"code"_L1, "model_timeout"_L1},
                                                              {"duration_ms"_L1, 4'000}}});
        metrics.onEvent(of(EventType::Summary, asked));
        metrics.onEvent(of(EventType::Synopsis, answered));
        const QByteArray text = metrics.text({});
        QVERIFY2(text.contains(
                     "loquat_cost_usd_total{gen_ai_provider_name=\"p\",gen_ai_response_model=\"m\"} 0.5"),
                 text.constData());
        QVERIFY2(text.contains(R"(gen_ai_token_type="output"} 80)"), text.constData());
        QVERIFY2(text.contains("gen_ai_client_operation_duration_seconds_sum{gen_ai_operation_name=\"chat\","
                               "gen_ai_provider_name=\"p\",gen_ai_response_model=\"m\"} 2\n"),
                 text.constData());
        QVERIFY2(text.contains("loquat_failed_attempts_total{error_type=\"model_timeout\","
                               "gen_ai_provider_name=\"first\"} 1\n"),
                 text.constData());
    }

    void readingsAreTakenWhenAsked()
    {
        const Metrics metrics({});
        MetricsReadings readings;
        readings.connections = 3;
        readings.summariesWaiting = 70;
        readings.replicaQueued = 12;
        readings.replicaLagSeconds = 1.5;
        readings.refused = {{"origin", 2}};
        QVERIFY(has(metrics.text(readings), "loquat_connections 3"));
        QVERIFY(has(metrics.text(readings), "loquat_summaries_waiting 70"));
        readings.refused = {{"origin", 5}};
        readings.spansDropped = 7;
        readings.traceEventsDropped = 9;
        const QByteArray text = metrics.text(readings);
        QVERIFY2(has(text, R"(loquat_refused_total{reason="origin"} 5)"), text.constData());
        QVERIFY2(has(text, "loquat_spans_dropped_total 7"), text.constData());
        QVERIFY2(has(text, "loquat_trace_events_dropped_total 9"), text.constData());
        QVERIFY2(has(text, "loquat_replica_queue_events 12"), text.constData());
        QVERIFY2(has(text, "loquat_replica_lag_seconds 1.5"), text.constData());
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
