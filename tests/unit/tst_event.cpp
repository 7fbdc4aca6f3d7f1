// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/chat.h"
#include "domain/event.h"
#include "domain/ids.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what is on disk and on the API: names and JSON of events, and which ids are let in.
class TestEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeAndRoleHasANameThatReadsBack()
    {
        for (int i = 0; i <= int(EventType::Synopsis); ++i) {
            const auto type = EventType(i);
            QVERIFY(!nameOf(type).isEmpty());
            QCOMPARE(*eventTypeFromString(nameOf(type)), type);
        }
        for (int i = 0; i <= int(Role::Operator); ++i)
            QCOMPARE(*roleFromString(nameOf(Role(i))), Role(i));
        QVERIFY(!eventTypeFromString(u"nonsense"_s));
    }

    void anEventSurvivesJson()
    {
        const Event event{u"s-1"_s,
                          7,
                          1'700'000'000'123,
                          EventType::AiMessage,
                          Role::Assistant,
                          u"héllo \"quoted\"\n"_s,
                          {{"turn"_L1, 3}, {"big"_L1, qint64(9007199254740991)}}};
        const auto bytes = QJsonDocument(toJson(event)).toJson();
        const auto back = eventFromJson(QJsonDocument::fromJson(bytes).object());
        QVERIFY(back.has_value());
        QCOMPARE(*back, event);
    }

    void unknownUsageIsAbsentNotZero()
    {
        const auto json = toJson(Usage{});
        QVERIFY(!json.contains("input_tokens"_L1));
        QCOMPARE(json["source"_L1].toString(), u"unknown"_s);
        const Usage reported{12, 0, UsageSource::Reported};
        QCOMPARE(usageFromJson(toJson(reported)), reported);
    }

    void sessionIds_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("good");
        QTest::newRow("uuid") << u"550e8400-e29b-41d4-a716-446655440000"_s << true;
        QTest::newRow("all kinds") << u"Az09._:-"_s << true;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("128") << QString(128, u'a') << true;
        QTest::newRow("129") << QString(129, u'a') << false;
        QTest::newRow("slash") << u"a/b"_s << false;
        QTest::newRow("space") << u"a b"_s << false;
        QTest::newRow("umlaut") << u"ä"_s << false;
    }

    void sessionIds()
    {
        QFETCH(QString, id);
        QFETCH(bool, good);
        QCOMPARE(parseSessionId(id).has_value(), good);
    }

    void userIdsDefaultToAnonymous()
    {
        QCOMPARE(*parseUserId(QString()), u"anonymous"_s);
        QCOMPARE(*parseUserId(u"Zoë O'Hara"_s), u"Zoë O'Hara"_s);
        QVERIFY(!parseUserId(QString(257, u'a')));
        QCOMPARE(*parseUserId(u"👩"_s.repeated(256)), u"👩"_s.repeated(256));
        QVERIFY(!parseUserId(u"👩"_s.repeated(257)));
        QVERIFY(!parseUserId(u"a\nb"_s));
    }
};

QTEST_GUILESS_MAIN(TestEvent)
#include "tst_event.moc"
