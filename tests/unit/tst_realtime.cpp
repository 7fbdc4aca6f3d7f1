// SPDX-License-Identifier: GPL-3.0-or-later
#include "realtime_client.h"

#include <QTest>

using namespace loquat;
using namespace loquat::realtime;
using namespace Qt::StringLiterals;

namespace {

const QStringList ofText{u"response.output_item.added"_s, u"conversation.item.added"_s,
                         u"response.content_part.added"_s, u"response.output_text.delta"_s};
const QStringList endOfText{u"response.output_text.done"_s, u"response.content_part.done"_s,
                            u"conversation.item.done"_s, u"response.output_item.done"_s};

} // namespace

/// Protects the translation between a session and clients of the Realtime protocol.
class TestRealtime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSessionIsToldOfFirst()
    {
        Client client;
        ReplyWishes wishes;
        wishes.instructions = u"Be kind."_s;
        client.events += eventsOf(client.translation.updated(wishes));
        client.events += eventsOf(client.translation.fault({u"code"_s, u"why"_s, {}, u"mine"_s}));
        QVERIFY(client.events.isEmpty());
        client.hear(outbound::SessionStarted{u"s1"_s, u"u1"_s, u"llama"_s, true});
        QCOMPARE(client.types(), (QStringList{u"session.created"_s, u"session.updated"_s, u"error"_s}));
        const QJsonObject session = client.events[0]["session"_L1].toObject();
        QCOMPARE(session["id"_L1].toString(), u"s1"_s);
        QCOMPARE(session["model"_L1].toString(), u"llama"_s);
        QCOMPARE(session["loquat"_L1]["simulated"_L1].toBool(), true);
        QCOMPARE(client.events[1]["session"_L1]["instructions"_L1].toString(), u"Be kind."_s);
        QCOMPARE(client.events[2]["error"_L1]["event_id"_L1].toString(), u"mine"_s);
    }

    void aReplyIsAResponseWithItsItems()
    {
        Client client;
        client.begin();
        const QString ref = client.translation.expectReply({{"topic"_L1, "x"_L1}}, {});
        client.hear(outbound::ReplyBegins{1, ref});
        client.hear(outbound::Token{1, u"Wait. "_s});
        client.hear(outbound::ToolStarted{u"weather"_s, QJsonObject{{"city"_L1, "Rome"_L1}}, u"c1"_s, 3});
        client.hear(outbound::ToolEnded{u"weather"_s, u"c1"_s, u"sunny"_s, true, 1, 4});
        client.hear(outbound::Token{1, u"Sun"_s});
        client.hear(outbound::Token{1, u"ny."_s});
        client.hear(done(u"stop"_s, {10, 5, UsageSource::Reported}));
        QCOMPARE(client.types(),
                 (QStringList{u"response.created"_s} + ofText + endOfText +
                  QStringList{u"response.output_item.added"_s, u"response.mcp_call_arguments.done"_s,
                              u"response.mcp_call.completed"_s, u"response.output_item.done"_s} +
                  ofText + QStringList{u"response.output_text.delta"_s} + endOfText +
                  QStringList{u"response.done"_s}));
        const QJsonObject response = client.response();
        QCOMPARE(response["status"_L1].toString(), u"completed"_s);
        QCOMPARE(response["metadata"_L1]["topic"_L1].toString(), u"x"_s);
        QCOMPARE(response["usage"_L1]["total_tokens"_L1].toInt(), 15);
        const QJsonArray output = response["output"_L1].toArray();
        QCOMPARE(output.size(), 3);
        QCOMPARE(output[1]["output"_L1].toString(), u"sunny"_s);
        QCOMPARE(output[2]["content"_L1][0]["text"_L1].toString(), u"Sunny."_s);
        QSet<QString> ids;
        for (const QJsonObject &event : std::as_const(client.events))
            ids.insert(event["event_id"_L1].toString());
        QCOMPARE(ids.size(), client.events.size());
        // Every item follows the one before, a call of the service's as well.
        QVERIFY(client.events[2]["previous_item_id"_L1].isNull());
        QCOMPARE(client.events[14]["previous_item_id"_L1], output[1]["id"_L1]);
    }

    void aCallForTheClientEndsAResponseAndTheNextCountsOnlyItsOwnTokens()
    {
        Client client;
        client.begin();
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::ToolStarted{u"open"_s, QJsonObject(), u"c1"_s, 3, true});
        client.hear(outbound::CallForClient{{u"c1"_s, u"open"_s, u"{\"x\":1}"_s}});
        client.hear(outbound::TurnPaused{1, {10, 2, UsageSource::Reported}});
        const QJsonObject call = client.response()["output"_L1][0].toObject();
        QCOMPARE(call["type"_L1].toString(), u"function_call"_s);
        QCOMPARE(call["arguments"_L1].toString(), u"{\"x\":1}"_s);
        QCOMPARE(client.response()["output"_L1].toArray().size(), 1);
        QCOMPARE(client.response()["usage"_L1]["input_tokens"_L1].toInt(), 10);
        client.hear(outbound::ToolEnded{u"open"_s, u"c1"_s, u"ok"_s, true, 1, 4});
        QCOMPARE(client.types().last(), u"response.done"_s); // the client knows its own answer
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::Token{1, u"Done."_s});
        client.hear(done(u"stop"_s, {30, 6, UsageSource::Reported}));
        QCOMPARE(client.response()["usage"_L1]["input_tokens"_L1].toInt(), 20);
        QCOMPARE(client.response()["usage"_L1]["output_tokens"_L1].toInt(), 4);
        client.hear(outbound::ReplyBegins{2, {}});
        client.hear(done(u"stop"_s, {7, 1, UsageSource::Reported}));
        QCOMPARE(client.response()["usage"_L1]["input_tokens"_L1].toInt(), 7); // a new turn
    }

    void howAReplyEndsIsSaid()
    {
        Client client;
        client.begin();
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::Token{1, u"Cut"_s});
        client.hear(done(u"length"_s));
        QCOMPARE(client.response()["status_details"_L1]["reason"_L1].toString(), u"max_output_tokens"_s);
        QVERIFY(client.response()["usage"_L1].isNull()); // unknown is not zero
        client.hear(outbound::ReplyBegins{2, {}});
        client.hear(done(u"cancelled"_s));
        QVERIFY(client.response()["status_details"_L1]["reason"_L1].isUndefined()); // not by the client
        client.hear(outbound::ReplyBegins{3, {}});
        client.translation.expectCancel({});
        client.hear(done(u"cancelled"_s));
        QCOMPARE(client.response()["status_details"_L1]["reason"_L1].toString(), u"client_cancelled"_s);
        client.hear(outbound::ReplyBegins{4, {}});
        client.hear(outbound::Token{4, u"Sorry, …"_s, true});
        client.hear(outbound::Problem{{u"model_down"_s, u"No model."_s, {}, true}, 7});
        client.hear(done(u"failed"_s));
        QCOMPARE(client.response()["status"_L1].toString(), u"failed"_s);
        QCOMPARE(client.response()["status_details"_L1]["error"_L1]["code"_L1].toString(), u"model_down"_s);
        QVERIFY(client.response()["output"_L1].toArray().isEmpty());
        client.hear(outbound::ReplyBegins{5, {}});
        client.hear(outbound::Token{5, u"Fine"_s});
        client.hear(done(u"stop"_s));
        QCOMPARE(client.response()["status"_L1].toString(), u"completed"_s);
    }

    void aRefusalNamesTheEventThatItRefuses()
    {
        Client client;
        client.begin();
        const QString ref =
            client.translation.expectItem(messageItem(u"i1"_s, Role::User, u"hi"_s), u"mine"_s);
        client.hear(outbound::Problem{{u"too_many_messages"_s, u"Too many."_s, {}, true}, 0, ref});
        const QJsonObject error = client.last()["error"_L1].toObject();
        QCOMPARE(error["type"_L1].toString(), u"rate_limit_error"_s);
        QCOMPARE(error["event_id"_L1].toString(), u"mine"_s);
        client.hear(outbound::Noted{ref, 3});
        QCOMPARE(client.events.size(), 1); // it was refused: it is not there
    }

    void whatWasNotTakenIsNamedByItsEvent()
    {
        Client client;
        client.begin();
        client.hear(outbound::Problem{
            {u"rate_limited"_s, u"Too many."_s, {}, true}, 0, Translation::expectRefusal(u"a:b"_s)});
        QCOMPARE(client.last()["error"_L1]["event_id"_L1].toString(), u"a:b"_s);
    }

    void aPersonIsHeardAlsoUnasked()
    {
        Client client;
        client.begin();
        client.hear(outbound::OperatorMessage{u"I am Kim."_s, 4});
        client.hear(done(u"human"_s)); // of a turn this client did not ask for
        QCOMPARE(client.types().first(), u"response.created"_s);
        QCOMPARE(client.types().count(u"response.done"_s), 1);
        QCOMPARE(client.response()["metadata"_L1]["from"_L1].toString(), u"operator"_s);
        client.hear(outbound::ReplyBegins{2, {}});
        client.hear(outbound::OperatorMessage{u"Yes?"_s, 6});
        client.hear(done(u"human"_s));
        QCOMPARE(client.types().count(u"response.done"_s), 2);
        QCOMPARE(client.response()["output"_L1][0]["content"_L1][0]["text"_L1].toString(), u"Yes?"_s);
    }

    void aClientThatComesBackHearsWhatWasSaid()
    {
        Client client;
        client.hear(outbound::Resync{
            {{"messages"_L1,
              QJsonArray{QJsonObject{{"seq"_L1, 2}, {"role"_L1, "user"_L1}, {"content"_L1, "hi"_L1}},
                         QJsonObject{{"seq"_L1, 3}, {"role"_L1, "operator"_L1}, {"content"_L1, "hello"_L1}},
                         QJsonObject{{"seq"_L1, 8}, {"role"_L1, "user"_L1}, {"content"_L1, "just now"_L1}}}},
             {"running"_L1, QJsonObject{{"turn"_L1, 2}, {"text"_L1, "Once"_L1}}}}});
        QVERIFY(client.events.isEmpty());
        client.hear(outbound::SessionStarted{u"s1"_s, u"u1"_s, u"m"_s, false, true, Mode::Ai, 7});
        QCOMPARE(client.types().count(u"conversation.item.added"_s), 3); // and that of the running reply
        client.hear(outbound::Token{2, u" upon"_s});
        client.hear(done(u"stop"_s));
        QCOMPARE(client.types().first(), u"session.created"_s);
        QCOMPARE(client.events[3]["item"_L1]["role"_L1].toString(), u"assistant"_s);
        QCOMPARE(client.response()["output"_L1][0]["content"_L1][0]["text"_L1].toString(), u"Once upon"_s);
    }

    void aReplyThatHasSaidNothingYetIsAResponseToWhoComesBack()
    {
        Client client;
        client.hear(outbound::Resync{{{"running"_L1, QJsonObject{{"turn"_L1, 2}, {"text"_L1, ""_L1}}}}});
        client.hear(outbound::SessionStarted{u"s1"_s, u"u1"_s, u"m"_s, false, true, Mode::Ai, 7});
        QCOMPARE(client.types(), (QStringList{u"session.created"_s, u"response.created"_s}));
        client.hear(outbound::Token{2, u"Once"_s});
        client.hear(done(u"stop"_s));
        QCOMPARE(client.types().count(u"response.created"_s), 1);
        QCOMPARE(client.response()["output"_L1][0]["content"_L1][0]["text"_L1].toString(), u"Once"_s);

        Client idle;
        idle.hear(outbound::Resync{{{"messages"_L1, QJsonArray()}}});
        idle.hear(outbound::SessionStarted{u"s1"_s, u"u1"_s, u"m"_s, false, true, Mode::Ai, 7});
        QCOMPARE(idle.types(), QStringList{u"session.created"_s});
    }

    void itemsAreKnownFromWhenTheyWereAskedFor()
    {
        Client client;
        client.begin();
        QVERIFY(client.translation.isNewest(u"root"_s));
        const QString ref = client.translation.expectItem(messageItem(u"a"_s, Role::User, u"hi"_s), {});
        QVERIFY(client.translation.knows(u"a"_s));
        QVERIFY(client.translation.isNewest(u"a"_s) && !client.translation.isNewest(u"root"_s));
        client.hear(outbound::Noted{ref, 3});
        QVERIFY(client.translation.isNewest(u"a"_s));
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::Token{1, u"hello"_s});
        QVERIFY(client.translation.knows(u"a"_s) && !client.translation.isNewest(u"a"_s));
        QVERIFY(client.translation.isNewest(client.itemAdded()));
        QVERIFY(!client.translation.knows(u"b"_s) && !client.translation.isNewest(u"b"_s));
    }

    // @openai/agents-realtime asks for a call of the service's as soon as it runs.
    void anItemIsFoundWhileItGrows()
    {
        Client client;
        client.begin();
        client.hear(outbound::ReplyBegins{1, {}});
        client.hear(outbound::Token{1, u"Once"_s});
        client.hear(outbound::Token{1, u" upon"_s});
        const QString message = client.itemAdded();
        const auto text = client.translation.find(message);
        QVERIFY(text);
        QCOMPARE((*text)["status"_L1].toString(), u"in_progress"_s);
        QCOMPARE((*text)["content"_L1][0]["text"_L1].toString(), u"Once upon"_s);
        client.hear(outbound::ToolStarted{u"weather"_s, QJsonObject(), u"c1"_s, 3});
        const QString call = client.itemAdded();
        QVERIFY(client.translation.find(call));
        QVERIFY(client.translation.find(call)->value("output"_L1).isNull());
        client.hear(outbound::ToolEnded{u"weather"_s, u"c1"_s, u"sunny"_s, true, 1, 4});
        client.hear(done(u"stop"_s));
        QCOMPARE(client.translation.find(call)->value("output"_L1).toString(), u"sunny"_s);
        QCOMPARE(client.translation.find(message)->value("status"_L1).toString(), u"completed"_s);
        // Clients hear of the call as part of the response only: what they know last is the message.
        QVERIFY(client.translation.isNewest(call) && client.translation.isNewest(message));
    }

    void onlySoManyItemsAreRemembered()
    {
        Items items;
        for (int i = 0; i < 300; ++i)
            items.keep(messageItem(QString::number(i), Role::User, u"x"_s));
        QVERIFY(!items.find(u"0"_s));
        QVERIFY(items.find(u"299"_s));
        items.keep(messageItem(u"long"_s, Role::User, QString(Items::maxCharacters, u'x')));
        QVERIFY(!items.find(u"299"_s));
        QVERIFY(items.find(u"long"_s));
        items.keep(messageItem(u"longer"_s, Role::User, QString(2 * Items::maxCharacters, u'x')));
        QVERIFY(!items.find(u"long"_s));
        QVERIFY(items.find(u"longer"_s)); // as it was told
    }
};

QTEST_GUILESS_MAIN(TestRealtime)
#include "tst_realtime.moc"
