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
};

QTEST_GUILESS_MAIN(TestRealtimeOrder)
#include "tst_realtime_order.moc"
