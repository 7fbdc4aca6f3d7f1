// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"
#include "store/journal_batch.h"
#include "store/journal_file.h"

#include <QSqlQuery>

#include <numeric>

using namespace loquat;

/// Protects what is written of a batch: each session's events in order, and once what they used.
class TestJournalBatch : public QObject
{
    Q_OBJECT

    static constexpr int sessions = 40;
    static constexpr int turns = 30;

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<SqliteConnection> m_connection;

    static QString name(int number) { return u"session-%1"_s.arg((number * 7) % sessions); }

    /// All sessions talk at once: the first events of all, then the second events of all, …
    static std::vector<EncodedEvent> conversations()
    {
        std::vector<EncodedEvent> events;
        for (int s = 0; s < sessions; ++s)
            events.emplace_back(started(name(s)));
        for (int turn = 0; turn < turns; ++turn)
            for (int s = 0; s < sessions; ++s) {
                events.emplace_back(eventOf(name(s), 2 + 2 * turn, EventType::UserMessage, u"?"_s));
                events.emplace_back(
                    eventOf(name(s), 3 + 2 * turn, EventType::AiMessage, u"!"_s, reply(turn)));
            }
        return events;
    }

    /// Not every provider tells what was used.
    static QJsonObject reply(int turn)
    {
        QJsonObject meta{{"final"_L1, true}, {"model"_L1, u"model-%1"_s.arg(turn)}};
        if (turn % 2 == 0)
            meta["usage"_L1] = QJsonObject{{"input_tokens"_L1, 10}, {"output_tokens"_L1, turn}};
        return meta;
    }

    std::vector<Expected<void>> write(const std::vector<EncodedEvent> &events)
    {
        ReplicaNotes none;
        return write(events, none);
    }

    std::vector<Expected<void>> write(const std::vector<EncodedEvent> &events, ReplicaNotes &notes)
    {
        std::vector<const EncodedEvent *> batch;
        for (const auto &event : events)
            batch.push_back(&event);
        return JournalBatch(*m_connection).write(batch, notes);
    }

    /// Of the file, in order of its rows.
    QMap<QString, QList<qint64>> stored()
    {
        QMap<QString, QList<qint64>> seqs;
        QSqlQuery rows(m_connection->db());
        rows.exec(u"select session_id, seq from session_events order by id"_s);
        while (rows.next())
            seqs[rows.value(0).toString()] << rows.value(1).toLongLong();
        return seqs;
    }

    static QList<qint64> firstSeqs(qint64 last)
    {
        QList<qint64> seqs(last);
        std::iota(seqs.begin(), seqs.end(), 1);
        return seqs;
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_connection = std::move(*openJournalFile(m_dir->filePath(u"loquat.db"_s), {}));
    }

    void cleanup() { m_connection.reset(); }

    void aLargeBatchKeepsEachSessionsOrder()
    {
        for (const auto &result : write(conversations()))
            QVERIFY(result);
        const auto seqs = stored();
        QCOMPARE(seqs.size(), sessions);
        for (const auto &ofOne : seqs)
            QCOMPARE(ofOne, firstSeqs(1 + 2 * turns));
    }

    void whatManyRepliesUsedIsAddedUp()
    {
        const auto events = conversations();
        const auto half = events.begin() + events.size() / 2;
        write({events.begin(), half});
        write({half, events.end()});
        QSqlQuery rows(m_connection->db());
        QVERIFY(rows.exec(
            u"select distinct turns, input_tokens, output_tokens, cost_usd, model from sessions"_s));
        QVERIFY(rows.next());
        QCOMPARE(rows.value(0).toInt(), turns);
        QCOMPARE(rows.value(1).toInt(), 10 * turns / 2);
        QCOMPARE(rows.value(2).toInt(), 210);         // 0 + 2 + … + 28
        QVERIFY(rows.value(3).isNull());              // nobody told
        QCOMPARE(rows.value(4).toString(), u"gpt"_s); // that of the start
        QVERIFY2(!rows.next(), "every session used the same");
    }

    void oneThatIsRefusedTakesNoOtherAlong()
    {
        auto events = conversations();
        const auto bad = events.size() - 5;
        events[bad] = EncodedEvent(eventOf(name(3), 2, EventType::UserMessage, u"again"_s));
        const auto results = write(events);
        for (size_t i = 0; i < results.size(); ++i)
            QCOMPARE(bool(results[i]), i != bad);
        qsizetype rows = 0;
        for (const auto &ofOne : stored())
            rows += ofOne.size();
        QCOMPARE(rows, qsizetype(events.size()) - 1);
    }

    void whatIsBehindARefusedOneIsRefusedUntilItsSessionBeginsAnew()
    {
        const auto say = [](const QString &session, int seq, EventLog::Order order) {
            return EncodedEvent(eventOf(session, seq, EventType::UserMessage, u"?"_s), order);
        };
        const auto codesOf = [](JournalBatch &batch, const std::vector<EncodedEvent> &events) {
            QStringList codes;
            std::vector<const EncodedEvent *> pointers;
            for (const auto &event : events)
                pointers.push_back(&event);
            ReplicaNotes none;
            for (const auto &result : batch.write(pointers, none))
                codes << (result ? u"ok"_s : result.error().code);
            return codes;
        };
        constexpr auto alone = EventLog::Order::Alone;
        constexpr auto behind = EventLog::Order::BehindLast;
        JournalBatch batch(*m_connection);
        codesOf(batch, {EncodedEvent(started(u"b"_s))});
        // Nobody has started "a".
        QCOMPARE(codesOf(batch, {say(u"a"_s, 2, alone), say(u"b"_s, 2, behind), say(u"a"_s, 3, behind)}),
                 (QStringList{u"unknown_session"_s, u"ok"_s, u"unknown_session"_s}));
        QVERIFY(m_connection
                    ->run(u"insert into sessions (session_id, user_id, status, start_time) "
                          "values ('a', 'u', 'active', '2026-01-01T00:00:00.000Z')"_s)
                    .has_value());
        QCOMPARE(codesOf(batch, {say(u"a"_s, 4, behind)}), QStringList{u"unknown_session"_s});
        QCOMPARE(codesOf(batch, {say(u"a"_s, 2, alone), say(u"a"_s, 3, behind)}),
                 (QStringList{u"ok"_s, u"ok"_s}));
        // What is there already leaves no gap.
        QCOMPARE(codesOf(batch, {say(u"a"_s, 3, alone), say(u"a"_s, 4, behind)}),
                 (QStringList{u"duplicate_event"_s, u"ok"_s}));
        QCOMPARE(stored().value(u"a"_s), (QList<qint64>{2, 3, 4}));
    }

    void whatAReplicaNotedIsKeptUntilItIsWritten()
    {
        ReplicaNotes notes{{{u"there"_s, 1}}, {{u"there"_s, 1, u"its date"_s}}};
        QVERIFY(m_connection->run(u"alter table replica_rejects rename to away"_s).has_value());
        QVERIFY(!write(conversations(), notes).front());
        QCOMPARE(notes.rejects.size(), 1);
        QCOMPARE(notes.marks.value(u"there"_s), 1);
        QVERIFY(m_connection->run(u"alter table away rename to replica_rejects"_s).has_value());
        QVERIFY(write(conversations(), notes).front().has_value());
        QVERIFY(notes.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestJournalBatch)
#include "tst_journal_batch.moc"
