// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/live_json.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what a console elsewhere is told: what is rare is told only where it is so, and comes back.
class TestLiveJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSessionThatLeavesTheListSaysSo()
    {
        SessionSnapshot session;
        session.sessionId = u"s"_s;
        QVERIFY(!toJson(session).contains("left"_L1));
        QVERIFY(!snapshotFromJson(toJson(session)).left);
        session.left = true;
        QVERIFY(snapshotFromJson(toJson(session)).left);
        QVERIFY(!snapshotFromJson(toJson(session)).moved);
    }

    void aSessionThatMovedSaysSo()
    {
        SessionSnapshot session;
        QVERIFY(!toJson(session).contains("moved"_L1));
        session.moved = true;
        QVERIFY(snapshotFromJson(toJson(session)).moved);
    }

    void aListThatIsNotWholeSaysWhy()
    {
        BackendStatus status;
        QCOMPARE(toJson(status)["partial"_L1], QJsonValue(false));
        QVERIFY(toJson(status)["notice"_L1].isNull());
        QVERIFY(statusFromJson(toJson(status)).notice.isEmpty());
        status.notice = u"There are more."_s;
        QCOMPARE(toJson(status)["partial"_L1], QJsonValue(true));
        QCOMPARE(statusFromJson(toJson(status)).notice, status.notice);
    }
};

QTEST_GUILESS_MAIN(TestLiveJson)
#include "tst_live_json.moc"
