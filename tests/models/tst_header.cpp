// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects what stands above a conversation: how long it lasted, not how long its summary took.
class TestHeader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConversationLastsUntilItsEnd()
    {
        const QString id = u"s"_s;
        ScriptedLink link;
        ManualClock clock;
        ConsoleModel console(link, clock);
        const qint64 start = clock.nowMs();
        auto session = aSession(id);
        session.startedAtMs = start;
        link.show(session);
        console.select(id);
        auto end = anEvent(id, 1, EventType::SessionEnded, {});
        end.atMs = start + 6'000;
        link.happen(end);
        session.status = SessionStatus::Ending;
        link.show(session);
        clock.advance(20s);
        QCOMPARE(console.subtitle(), u"6.0 s"_s);
        session.status = SessionStatus::Completed;
        session.lastActivityMs = start + 30'000;
        link.show(session);
        QCOMPARE(console.subtitle(), u"6.0 s"_s);
        link.happen(anEvent(id, 2, EventType::SessionResumed, {}));
        session.status = SessionStatus::Active;
        link.show(session);
        QCOMPARE(console.subtitle(), u"20.0 s"_s);
    }

    void aCallWaitsFromWhenItBeganTo()
    {
        ScriptedLink link;
        ManualClock clock;
        ConsoleModel console(link, clock);
        const auto waited = [&console] {
            return console.sessions()->index(0, 0).data(SessionListModel::WaitedRole).toString();
        };
        auto session = aSession(u"s"_s);
        session.lastActivityMs = clock.nowMs();
        link.show(session);
        clock.advance(72s);
        QVERIFY(waited().isEmpty());
        session.phase = Phase::WaitingForApproval;
        session.lastActivityMs = clock.nowMs();
        link.show(session);
        clock.advance(72s);
        session.lastActivityMs = clock.nowMs(); // a whisper
        link.show(session);
        QCOMPARE(waited(), u"1:12"_s);
    }

    void nothingGoesOnWhileTheBackendIsAway()
    {
        ScriptedLink link;
        ManualClock clock;
        ConsoleModel console(link, clock);
        auto session = aSession(u"s"_s);
        session.startedAtMs = session.lastActivityMs = clock.nowMs();
        link.show(session);
        console.select(u"s"_s);
        clock.advance(10s);
        const auto goesAway = [&link](const QString &why) {
            link.health.trouble = why;
            Q_EMIT link.statusChanged();
        };
        goesAway(u"No connection."_s);
        clock.advance(40s);
        Q_EMIT link.statusChanged();
        clock.advance(40s);
        QCOMPARE(console.subtitle(), u"10.0 s"_s);
        QCOMPARE(console.sessions()->index(0, 0).data(SessionListModel::AgeRole).toString(), u"10 s"_s);
        goesAway({});
        clock.advance(1s);
        QCOMPARE(console.subtitle(), u"1 min 31 s"_s);
    }
};

QTEST_GUILESS_MAIN(TestHeader)
#include "tst_header.moc"
