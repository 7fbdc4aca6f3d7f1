// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_fixture.h"

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
        for (int seq = 1; seq <= 200; ++seq)
            busy.append(
                eventOf(u"other"_s, seq, seq == 1 ? EventType::SessionStarted : EventType::UserMessage),
                nullptr, {});
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
