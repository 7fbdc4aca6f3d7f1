// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_fixture.h"
#include "line.h"

#include <atomic>

using namespace loquat;

namespace {

std::atomic<int> refusals;

void countRefusals(QtMsgType, const QMessageLogContext &, const QString &message)
{
    if (message.contains("were not taken over"_L1))
        ++refusals;
}

/// Another program's hand on the journal.
class SqliteFile
{
public:
    explicit SqliteFile(const QString &file)
    {
        auto db = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        db.setDatabaseName(file);
        db.open();
    }
    ~SqliteFile() { QSqlDatabase::removeDatabase(name); }

    static bool run(const QString &sql)
    {
        QSqlQuery query(QSqlDatabase::database(name));
        return query.exec(sql);
    }

private:
    inline static const QString name = u"another"_s;
};

} // namespace

/// Protects what a node knows of a session that another led: all of it, in the order that Postgres has.
class TestFleetHistory : public FleetFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void aSessionOfAnotherNodeIsInTheJournalBeforeItIsThisOnes()
    {
        const QList<Event> events = conversation(300);
        ship(events);
        run(u"insert into session_owners (session_id, node_id) values ('s', 'gone')"_s);
        FleetMember member(settings(u"here"_s), *m_journal);
        QCOMPARE(located(member, u"s"_s), QUrl());
        const StoredSession stored = loaded(*m_journal);
        QCOMPARE(stored.events, events);
        QCOMPARE(stored.userId, u"u"_s);
        // What it fetched it may send again: nothing is new.
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 10'000);
        QCOMPARE(this->events(), 300);
        replica->stop(1s);
        member.stop();
        QCOMPARE(value(u"select count(*) from nodes"_s).toInt(), 0);
    }

    void aSessionComesWholeWhereTheJournalIsBusy()
    {
        const QList<Event> events = conversation(300);
        ship(events);
        Journal &busy = secondJournal({.dataDir = {}, .maxQueuedEvents = 100});
        SqliteFile file(m_dir->filePath(u"second/loquat.db"_s));
        QVERIFY(file.run(u"begin immediate"_s)); // the journal's writer waits
        const auto fill = [&](qint64 from, qint64 to) {
            for (qint64 seq = from; seq <= to; ++seq)
                busy.append(eventOf(u"other"_s, seq, EventType::SessionStarted), nullptr, {});
        };
        fill(1, 1);
        QTRY_COMPARE_WITH_TIMEOUT(busy.waiting(), 0, 20'000); // the writer has it
        fill(2, 101);
        FleetMember member(settings(u"here"_s), busy);
        refusals = 0;
        const auto handler = qInstallMessageHandler(countRefusals);
        std::optional<QUrl> answer;
        bool answered = false;
        member.locate(u"s"_s, this, [&](const std::optional<QUrl> &where) {
            answer = where;
            answered = true;
        });
        [] { QTRY_VERIFY_WITH_TIMEOUT(refusals > 0, 20'000); }();
        qInstallMessageHandler(handler);
        QVERIFY(!answered);
        QVERIFY(file.run(u"rollback"_s));
        QTRY_VERIFY_WITH_TIMEOUT(answered, 20'000);
        QVERIFY(!answer);
        QCOMPARE(loaded(busy).events, events);
        member.stop();
    }

    void aNodeThatWasGoneTakesTheOrderThatAnotherWroteIn()
    {
        const auto started = eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}});
        const auto said = eventOf(u"s"_s, 2, EventType::UserMessage, u"hello"_s);
        const auto unsent = eventOf(u"s"_s, 3, EventType::AiMessage, u"never sent"_s, {{"turn"_L1, 1}});
        const QList<Event> elsewhere{started, said, eventOf(u"s"_s, 3, EventType::SessionResumed),
                                     eventOf(u"s"_s, 4, EventType::UserMessage, u"are you there?"_s)};
        for (const Event &event : {started, said, unsent})
            append(event);
        append(eventOf(u"t"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}}));
        ship(elsewhere);
        run(u"insert into session_owners (session_id, node_id) values ('s', 'gone')"_s);
        FleetMember member(settings(u"here"_s), *m_journal);
        QTRY_COMPARE_WITH_TIMEOUT(m_journal->lastId(), 4, 10'000);
        QCOMPARE(located(member, u"s"_s), QUrl());
        auto late = unsent;
        late.seq = 5;
        late.meta["late_seq"_L1] = 3;
        QTRY_COMPARE_WITH_TIMEOUT(loaded(*m_journal).events, elsewhere + QList<Event>{late}, 10'000);
        auto replica = replicaTo(m_direct);
        QTRY_VERIFY_WITH_TIMEOUT(events() == 6 && replica->status().queued == 0, 10'000);
        replica->stop(1s);
        QCOMPARE(
            value(
                u"select string_agg(content, ',' order by seq) from session_events where session_id = 's'"_s)
                .toString(),
            u",hello,,are you there?,never sent"_s);
    }

    void whatOthersSentLateIsNotPutBehindASessionThatIsLedHere()
    {
        Line line(m_direct);
        auto behind = settings(u"here"_s);
        behind.postgres = line.settings();
        FleetMember member(behind, *m_journal);
        bool away = false;
        member.start(this, {.takenOver = [](const QStringList &) {},
                            .lost = [](const QHash<QString, QString> &) {},
                            .seen = [](const SessionSnapshot &) {},
                            .roster = [&](const auto &nodes) { away = !nodes; }});
        QCOMPARE(located(member, u"s"_s), QUrl());
        const QList<Event> events = conversation(3);
        for (const Event &event : events)
            append(event);
        ship(events + QList<Event>{eventOf(u"s"_s, 4, EventType::UserMessage, u"late"_s)});
        line.cut();
        QTRY_VERIFY_WITH_TIMEOUT(away, 20'000);
        line.mend();
        QTRY_VERIFY_WITH_TIMEOUT(!away, 20'000);
        QCOMPARE(located(member, u"s"_s), QUrl());
        QCOMPARE(loaded(*m_journal).events, events); // the session goes on with 4
        line.cut(); // it runs in this thread, which waits for the member to leave
    }

    void whatCouldNotBeFetchedIsFinalisedOnceItCan()
    {
        const QList<Event> events = conversation(3);
        ship(events);
        run(u"insert into session_owners (session_id, node_id) values ('s', 'gone')"_s);
        run(u"update session_events set role = 'of tomorrow' where seq = 2"_s);
        FleetMember member(settings(u"here"_s), *m_journal);
        QStringList taken;
        int failures = 0;
        member.start(this, {.takenOver = [&](const QStringList &ids) { taken += ids; },
                            .lost = [](const QHash<QString, QString> &) {},
                            .seen = [](const SessionSnapshot &) {},
                            .roster = [&](const auto &nodes) { failures += nodes ? 0 : 1; }});
        QTRY_VERIFY_WITH_TIMEOUT(failures > 0, 20'000);
        QVERIFY(taken.isEmpty());
        run(u"update session_events set role = 'user' where seq = 2"_s);
        QTRY_COMPARE_WITH_TIMEOUT(taken, QStringList{u"s"_s}, 20'000);
        QCOMPARE(loaded(*m_journal).events, events);
        member.stop();
    }

    void whatAProcessOfThisNodeTookOverBeforeItDiedIsFinalised()
    {
        const QList<Event> events = conversation(3);
        ship(events);
        run(u"insert into session_owners (session_id, node_id) values ('s', 'here')"_s);
        FleetMember member(settings(u"here"_s), *m_journal);
        QStringList taken;
        member.start(this, {.takenOver = [&](const QStringList &ids) { taken += ids; },
                            .lost = [](const QHash<QString, QString> &) {},
                            .seen = [](const SessionSnapshot &) {}});
        QTRY_COMPARE_WITH_TIMEOUT(taken, QStringList{u"s"_s}, 20'000);
        QCOMPARE(loaded(*m_journal).events, events);
        member.stop();
    }

    void whatOtherProgramsWroteIsPassedOver()
    {
        QList<Event> events = conversation(4);
        ship(events);
        run(u"update session_events set event_type = 'crm_note' where seq = 3"_s);
        events.removeAt(2);
        FleetMember member(settings(u"here"_s), *m_journal);
        QCOMPARE(located(member, u"s"_s), QUrl());
        QCOMPARE(loaded(*m_journal).events, events);
        member.stop();
    }

private:
    QList<Event> conversation(int size) const
    {
        QList<Event> events{eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}})};
        for (int seq = 2; seq <= size; ++seq)
            events.append(eventOf(u"s"_s, seq, EventType::UserMessage, u"Nr. %1 's \\ \"quoted\""_s.arg(seq),
                                  {{"turn"_L1, seq}}));
        return events;
    }

    StoredSession loaded(Journal &journal)
    {
        std::optional<StoredSession> stored;
        journal.load(u"s"_s, this, [&](const Expected<std::optional<StoredSession>> &answer) {
            stored = answer ? *answer : std::nullopt;
        });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(stored.has_value(), 10'000); }();
        return stored.value_or(StoredSession());
    }
};

QTEST_GUILESS_MAIN(TestFleetHistory)
#include "tst_fleet_history.moc"
