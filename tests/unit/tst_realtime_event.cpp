// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/credentials.h"
#include "gateway/realtime/client_event.h"
#include "gateway/session_request.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace loquat::realtime;
using namespace Qt::StringLiterals;

namespace {

Expected<ClientEvent, Fault> parsed(const QJsonObject &event)
{
    return parseClientEvent(QString::fromUtf8(QJsonDocument(event).toJson()));
}

} // namespace

/// Protects what clients of the Realtime protocol may send: first a request, then events.
class TestRealtimeEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theUrlSaysWhichSession()
    {
        const auto parse = [](const QString &url) {
            return parseSessionRequest(QUrl(url), framesDialect(), {u"shop"_s});
        };
        const auto fresh = parse(u"/v1/realtime?model=gpt-realtime"_s);
        QVERIFY(fresh && fresh->sessionId.isEmpty() && !fresh->dialect && !fresh->after);
        QCOMPARE(fresh->userId, u"anonymous"_s);
        QCOMPARE(parse(u"/v1/realtime?model=shop"_s)->profile, u"shop"_s);
        const auto again = parse(u"/v1/realtime?session_id=s1&user_id=ana"_s);
        QVERIFY(again && again->sessionId == u"s1"_s && again->after && again->userId == u"ana"_s);
        QVERIFY(!parse(u"/v1/realtime?call_id=x"_s));
        QVERIFY(!parse(u"/v1/realtime/calls"_s));
    }

    void aBrowserShowsItsTokenInASubprotocol()
    {
        RequestHead head;
        head.headers.emplaceBack("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.abc, other");
        QCOMPARE(credentialsOf(head), std::optional<QByteArray>("abc"));
    }

    void aSessionsWishesAreRead()
    {
        const auto event = parsed(
            {{"type"_L1, "session.update"_L1},
             {"event_id"_L1, "mine"_L1},
             {"session"_L1,
              QJsonObject{{"type"_L1, "realtime"_L1},
                          {"instructions"_L1, "Be brief."_L1},
                          {"output_modalities"_L1, QJsonArray{u"audio"_s}}, // answered with text
                          {"audio"_L1, QJsonObject{{"output"_L1, QJsonObject()}}},
                          {"tracing"_L1, QJsonValue::Null},
                          {"tool_choice"_L1, "none"_L1},
                          {"max_output_tokens"_L1, 50},
                          {"parallel_tool_calls"_L1, false},
                          {"tools"_L1,
                           QJsonArray{QJsonObject{{"type"_L1, "function"_L1}, {"name"_L1, "open"_L1}}}}}}});
        QVERIFY(event.has_value());
        QCOMPARE(event->eventId, u"mine"_s);
        const auto wishes = std::get<SessionUpdate>(event->said).change.appliedTo({});
        QCOMPARE(wishes.instructions, u"Be brief."_s);
        QCOMPARE(wishes.tools.size(), 1);
        QCOMPARE(wishes.tools.first().parameters["type"_L1].toString(), u"object"_s); // models insist on one
        QCOMPARE(wishes.toolChoice, ToolChoice{ToolChoice::Kind::None});
        QCOMPARE(wishes.maxOutputTokens, 50);
        QVERIFY(!wishes.parallelToolCalls);
        // What a second update does not mention stays.
        const auto second = parsed(
            {{"type"_L1, "session.update"_L1},
             {"session"_L1, QJsonObject{{"max_output_tokens"_L1, "inf"_L1}, {"tool_choice"_L1, "auto"_L1}}}});
        const auto later = std::get<SessionUpdate>(second->said).change.appliedTo(wishes);
        QCOMPARE(later.instructions, wishes.instructions);
        QCOMPARE(later.tools, wishes.tools);
        QCOMPARE(later.toolChoice, ToolChoice());
        QVERIFY(!later.maxOutputTokens);
        QVERIFY(!later.parallelToolCalls);
    }

    void aMessageIsKeptInTheShapeThatItWasSentIn()
    {
        const auto part = [](const QString &text) {
            return QJsonObject{{"type"_L1, "output_text"_L1}, {"text"_L1, text}};
        };
        const QJsonArray parts{part(u"one"_s), part(u"two"_s)};
        const auto event = parsed({{"type"_L1, "conversation.item.create"_L1},
                                   {"item"_L1, QJsonObject{{"type"_L1, "message"_L1},
                                                           {"role"_L1, "assistant"_L1},
                                                           {"status"_L1, "incomplete"_L1},
                                                           {"content"_L1, parts}}}});
        QVERIFY(event.has_value());
        const auto &message = std::get<MessageCreate>(event->said);
        QCOMPARE(message.text, u"one\ntwo"_s); // for the model
        QCOMPARE(message.content, parts);
        QCOMPARE(message.status, u"incomplete"_s);
    }

    void whatAFunctionSaysMayBeLong()
    {
        const auto event = parsed({{"type"_L1, "conversation.item.create"_L1},
                                   {"item"_L1, QJsonObject{{"type"_L1, "function_call_output"_L1},
                                                           {"call_id"_L1, "c"_L1},
                                                           {"output"_L1, QString(200'000, u'x')}}}});
        QVERIFY(event.has_value());
        QCOMPARE(std::get<CallOutputCreate>(event->said).output.size(), 200'000);
    }

    void aCallMayBeForced_data()
    {
        QTest::addColumn<QJsonValue>("choice");
        QTest::addColumn<ToolChoice>("read");
        QTest::newRow("any") << QJsonValue("required") << ToolChoice{ToolChoice::Kind::Any};
        QTest::newRow("named") << QJsonValue(QJsonObject{{"type"_L1, "function"_L1}, {"name"_L1, "open"_L1}})
                               << ToolChoice{ToolChoice::Kind::Named, u"open"_s};
    }

    void aCallMayBeForced()
    {
        QFETCH(QJsonValue, choice);
        const auto event = parsed(
            {{"type"_L1, "response.create"_L1}, {"response"_L1, QJsonObject{{"tool_choice"_L1, choice}}}});
        QVERIFY(event.has_value());
        QTEST(std::get<ResponseCreate>(event->said).change.appliedTo({}).toolChoice, "read");
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("frame");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("param");
        const auto row = [](const QByteArray &frame, const char *code, const char *param) {
            QTest::newRow(frame.left(100).constData())
                << QString::fromUtf8(frame) << QString::fromUtf8(code) << QString::fromUtf8(param);
        };
        row("nonsense", "invalid_json", "");
        row("{}", "missing_required_parameter", "type");
        row("{\"type\":7}", "invalid_type", "type");
        row("{\"type\":\"session.update\"}", "missing_required_parameter", "session");
        row("{\"type\":\"session.update\",\"session\":{\"tools\":{}}}", "invalid_type", "session.tools");
        row("{\"type\":\"session.update\",\"session\":{\"tools\":[7]}}", "invalid_type", "session.tools[0]");
        row("{\"type\":\"session.update\",\"session\":{\"tools\":[{\"name\":\"a b\"}]}}", "invalid_value",
            "session.tools[0].name");
        row("{\"type\":\"session.update\",\"session\":{\"output_modalities\":[\"smell\"]}}", "invalid_value",
            "session.output_modalities");
        row("{\"type\":\"session.update\",\"session\":{\"max_output_tokens\":0}}", "invalid_value",
            "session.max_output_tokens");
        row("{\"type\":\"session.update\",\"session\":{\"prompt\":{\"id\":\"x\"}}}", "unsupported_parameter",
            "session.prompt");
        row("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\",\"role\":\"user\","
            "\"content\":[{\"type\":\"input_image\"}]}}",
            "invalid_value", "item.content[0].type");
        row("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"function_call_output\"}}",
            "missing_required_parameter", "item.call_id");
        const QByteArray parts = QByteArray(",{\"type\":\"text\",\"text\":\"\"}").repeated(17).sliced(1);
        row("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\",\"role\":\"user\","
            "\"content\":[" +
                parts + "]}}",
            "array_above_max_length", "item.content");
        row("{\"type\":\"session.update\",\"session\":{\"parallel_tool_calls\":1}}", "invalid_type",
            "session.parallel_tool_calls");
        row("{\"type\":\"response.create\",\"response\":{\"input\":[]}}", "unsupported_parameter",
            "response.input");
        row("{\"type\":\"response.create\",\"response\":{\"metadata\":{\"a\":1}}}", "invalid_value",
            "response.metadata");
        row("{\"type\":\"response.create\",\"response\":{\"tool_choice\":{\"type\":\"function\"}}}",
            "missing_required_parameter", "response.tool_choice.name");
        row("{\"type\":\"response.create\",\"response\":{\"tool_choice\":\"any\"}}", "invalid_value",
            "response.tool_choice");
        row("{\"type\":\"response.create\",\"response\":{\"tool_choice\":{\"type\":\"mcp\"}}}",
            "invalid_value", "response.tool_choice");
    }

    void whatIsWrongIsNamed()
    {
        QFETCH(QString, frame);
        const auto event = parseClientEvent(frame);
        QVERIFY(!event.has_value());
        QTEST(event.error().code, "code");
        QTEST(event.error().param, "param");
        QVERIFY(!event.error().message.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestRealtimeEvent)
#include "tst_realtime_event.moc"
