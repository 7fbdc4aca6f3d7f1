// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/session_request.h"
#include "realtime_client.h"

#include <QTest>

using namespace loquat;
using namespace loquat::realtime;
using namespace Qt::StringLiterals;

namespace {

bool asksForBeta(const QByteArray &line, const QByteArray &target = "/v1/realtime")
{
    const auto head = parseRequestHead("GET " + target +
                                       " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                                       line + "\r\n\r\n");
    const auto request = parseUpgrade(*head, framesDialect());
    return request && request->beta;
}

} // namespace

/// Protects what clients of the Realtime protocol's beta are told.
class TestRealtimeBeta : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theUpgradeAsksForIt()
    {
        QVERIFY(asksForBeta("OpenAI-Beta: realtime=v1"));
        QVERIFY(asksForBeta("openai-beta: assistants=v2, realtime=v1"));
        QVERIFY(asksForBeta("Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1"));
        QVERIFY(!asksForBeta("Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.x"));
        QVERIFY(!asksForBeta("OpenAI-Beta: realtime=v2"));
        QVERIFY(!asksForBeta("OpenAI-Beta: realtime=v1", "/ws/session/s1"));
    }

    void itsEventsHaveTheNamesOfOld()
    {
        Client client{true};
        client.begin();
        const QString item = client.translation.expectItem(messageItem(u"a"_s, Role::User, u"hi"_s), {});
        client.hear(outbound::Noted{item, 3});
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::ToolStarted{u"weather"_s, QJsonObject(), u"c1"_s, 4});
        client.hear(outbound::ToolEnded{u"weather"_s, u"c1"_s, u"sunny"_s, true, 1, 5});
        client.hear(outbound::Token{1, u"Sunny."_s});
        client.hear(done(u"stop"_s));
        QCOMPARE(client.types(), (QStringList{u"conversation.item.created"_s, u"response.created"_s,
                                              u"response.output_item.added"_s, u"conversation.item.created"_s,
                                              u"response.content_part.added"_s, u"response.text.delta"_s,
                                              u"response.text.done"_s, u"response.content_part.done"_s,
                                              u"response.output_item.done"_s, u"response.done"_s}));
        QCOMPARE(client.events[0]["item"_L1]["content"_L1][0]["type"_L1].toString(), u"input_text"_s);
        const QJsonObject said = client.events[8]["item"_L1].toObject();
        QCOMPARE(said["content"_L1][0]["type"_L1].toString(), u"text"_s);
        QCOMPARE(said["content"_L1][0]["text"_L1].toString(), u"Sunny."_s);
        const QJsonObject response = client.response();
        QCOMPARE(response["output"_L1].toArray(), QJsonArray{said}); // the beta knows no mcp_call
        QCOMPARE(response["modalities"_L1].toArray(), QJsonArray{u"text"_s});
        QVERIFY(!response.contains("output_modalities"_L1));
        client.events = eventsOf(client.translation.retrieve(said["id"_L1].toString(), {}));
        QCOMPARE(client.last()["item"_L1].toObject(), said);
    }

    void itsSessionHasTheFieldsOfOld()
    {
        Client client{true};
        client.hear(outbound::SessionStarted{u"s1"_s, u"u1"_s, u"llama"_s});
        const QJsonObject session = client.last()["session"_L1].toObject();
        QCOMPARE(session["id"_L1].toString(), u"s1"_s);
        QCOMPARE(session["modalities"_L1].toArray(), QJsonArray{u"text"_s});
        QCOMPARE(session["max_response_output_tokens"_L1].toString(), u"inf"_s);
        for (const auto name : {"type"_L1, "output_modalities"_L1, "max_output_tokens"_L1})
            QVERIFY(!session.contains(name));
    }
};

QTEST_GUILESS_MAIN(TestRealtimeBeta)
#include "tst_realtime_beta.moc"
