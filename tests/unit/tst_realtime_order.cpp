// SPDX-License-Identifier: GPL-3.0-or-later
#include "realtime_client.h"

#include <QTest>

using namespace loquat;
using namespace loquat::realtime;
using namespace Qt::StringLiterals;

/// Protects that what clients of the Realtime protocol ask for takes effect in the order in which they ask,
/// however late the session answers.
class TestRealtimeOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsRetrievedBehindItsCreationIsAnsweredBehindIt()
    {
        Client client;
        client.begin();
        const QString ref = client.translation.expectItem(messageItem(u"a"_s, Role::User, u"hi"_s), {});
        QVERIFY(client.translation.retrieve(u"a"_s, {}).isEmpty());
        QVERIFY(client.translation.retrieve(u"a"_s, {}).isEmpty());
        client.events += eventsOf(client.translation.retrieve(u"b"_s, u"mine"_s));
        QCOMPARE(client.last()["error"_L1]["code"_L1].toString(), u"item_not_found"_s);
        QCOMPARE(client.last()["error"_L1]["event_id"_L1].toString(), u"mine"_s);
        client.hear(outbound::Noted{ref, 3});
        QCOMPARE(client.types(),
                 (QStringList{u"error"_s, u"conversation.item.added"_s, u"conversation.item.done"_s,
                              u"conversation.item.retrieved"_s, u"conversation.item.retrieved"_s}));
        QCOMPARE(client.last()["item"_L1]["content"_L1][0]["text"_L1].toString(), u"hi"_s);
        client.events += eventsOf(client.translation.retrieve(u"a"_s, {}));
        QCOMPARE(client.types().count(u"conversation.item.retrieved"_s), 3);
    }

    void whatIsRetrievedAndThenRefusedIsNotFound()
    {
        Client client;
        client.begin();
        const QString ref = client.translation.expectItem(messageItem(u"a"_s, Role::User, u"hi"_s), u"1"_s);
        QVERIFY(client.translation.retrieve(u"a"_s, u"2"_s).isEmpty());
        client.hear(outbound::Problem{{u"too_many_messages"_s, u"Too many."_s, {}, true}, 0, ref});
        QCOMPARE(client.types(), (QStringList{u"error"_s, u"error"_s}));
        QCOMPARE(client.events[0]["error"_L1]["event_id"_L1].toString(), u"1"_s);
        QCOMPARE(client.last()["error"_L1]["code"_L1].toString(), u"item_not_found"_s);
        QCOMPARE(client.last()["error"_L1]["event_id"_L1].toString(), u"2"_s);
    }

    void onlySoManyWaitForAnItem()
    {
        Client client;
        client.begin();
        client.translation.expectItem(messageItem(u"a"_s, Role::User, u"hi"_s), {});
        for (int i = 0; i < 65; ++i)
            client.events += eventsOf(client.translation.retrieve(u"a"_s, QString::number(i)));
        QCOMPARE(client.types(), QStringList{u"error"_s});
        QCOMPARE(client.last()["error"_L1]["code"_L1].toString(), u"rate_limited"_s);
        QCOMPARE(client.last()["error"_L1]["event_id"_L1].toString(), u"64"_s);
    }

    void aReplyIsCancelledAlsoBeforeItBegan()
    {
        Client client;
        client.begin();
        const auto ends = [&client](const QString &ref) {
            client.hear(outbound::ReplyBegins{1, ref});
            client.hear(done(u"cancelled"_s));
            return client.response()["status_details"_L1]["reason"_L1].toString();
        };
        const auto refuse = [&client](const QString &ref) {
            client.hear(outbound::Problem{{u"refused"_s, u"No."_s, {}, false}, 0, ref});
            return client.last()["error"_L1]["event_id"_L1].toString();
        };
        Translation &said = client.translation;
        const QString first = said.expectReply({}, {});
        said.expectCancel({});
        QCOMPARE(refuse(said.expectCancel(u"a:b"_s)), u"a:b"_s); // it is cancelled already
        const QString second = said.expectReply({}, {});
        QCOMPARE(ends(first), u"client_cancelled"_s);
        QCOMPARE(ends(second), QString()); // somebody else cancelled that
        const QString third = said.expectReply({}, {});
        refuse(said.expectCancel({}));
        QCOMPARE(ends(third), QString());
        refuse(said.expectCancel({})); // before the next
        const QString fourth = said.expectReply({}, {});
        const QString refused = said.expectReply({}, {});
        said.expectCancel({});
        refuse(refused);
        QCOMPARE(ends(fourth), u"client_cancelled"_s);
    }
};

QTEST_GUILESS_MAIN(TestRealtimeOrder)
#include "tst_realtime_order.moc"
