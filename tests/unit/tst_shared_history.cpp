// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_history.h"
#include "store/shared_history.h"

#include <QTest>

using namespace loquat;
using fakes::FakeHistory;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Error gone{u"postgres_unreachable"_s, u"No."_s, {}, true};

} // namespace

/// Protects the history of several nodes on one database: nobody's sessions are missing or twice, who knows
/// more of one is believed, and a database that is away costs the answer its completeness, not its coming.
class TestSharedHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        auto journal = std::make_unique<FakeHistory>();
        auto database = std::make_unique<FakeHistory>();
        m_journal = journal.get();
        m_database = database.get();
        m_behind.clear();
        m_history = std::make_unique<SharedHistory>(
            std::move(journal), std::move(database), [this] { return m_behind; },
            SharedHistory::Limits{50ms, 50ms, 200ms});
    }

    void bothAreListedInOneOrderAndPagesAreStable()
    {
        for (int i = 0; i < 9; ++i)
            (i % 3 ? m_database : m_journal)->add(u"s%1"_s.arg(i), 100 - i, 1);
        m_journal->add(u"s4"_s, 96, 1); // both have it
        QStringList seen;
        SessionQuery query;
        query.limit = 2;
        do {
            const auto page = asked(query);
            QVERIFY(page && !page->partial);
            seen += ids(*page);
            query.cursor = page->nextCursor;
        } while (!query.cursor.isEmpty());
        QCOMPARE(seen, (QStringList{u"s0"_s, u"s1"_s, u"s2"_s, u"s3"_s, u"s4"_s, u"s5"_s, u"s6"_s, u"s7"_s,
                                    u"s8"_s}));
    }

    void whoKnowsMoreOfASessionIsBelieved()
    {
        m_journal->add(u"mine"_s, 1, 9);
        m_database->add(u"mine"_s, 1, 5, u"active"_s);
        m_journal->add(u"moved"_s, 2, 3, u"active"_s);
        m_database->add(u"moved"_s, 2, 8);
        const auto page = asked({});
        QCOMPARE(ids(*page), (QStringList{u"moved"_s, u"mine"_s}));
        QCOMPARE(page->rows[0].row.lastSeq, 8);
        QCOMPARE(page->rows[1].row.lastSeq, 9);
        // What is outdated does not answer for what is.
        SessionQuery active;
        active.status = SessionStatus::Active;
        QVERIFY(asked(active)->rows.isEmpty());
        QCOMPARE(events(u"mine"_s).value().events.size(), 9);
        QCOMPARE(events(u"moved"_s).value().events.size(), 8);
    }

    void aQuestionThatCannotBeAnsweredCostsOthersNothing()
    {
        m_journal->add(u"mine"_s, 1, 9);
        m_database->add(u"theirs"_s, 2, 3);
        m_database->error = Error{u"postgres_row_refused"_s, u"No."_s, {}, false};
        QCOMPARE(asked({}).error().code, u"postgres_row_refused"_s);
        m_database->error = Error{u"postgres_too_slow"_s, u"No."_s, {}, true};
        QCOMPARE(asked({})->partial.value().code, u"postgres_too_slow"_s);
        m_database->error.reset();
        const auto page = asked({});
        QVERIFY(!page->partial);
        QCOMPARE(ids(*page), (QStringList{u"theirs"_s, u"mine"_s}));
    }

    void withoutTheDatabaseTheJournalAnswersAndSaysSo()
    {
        m_journal->add(u"mine"_s, 1, 9);
        m_database->error = gone;
        const auto page = asked({});
        QCOMPARE(ids(*page), QStringList{u"mine"_s});
        QCOMPARE(page->partial.value().code, u"database_away"_s);
        // It is not asked again for a while, and then it is.
        const int before = m_database->asked;
        QVERIFY(asked({})->partial);
        QCOMPARE(m_database->asked, before);
        m_database->error.reset();
        QTRY_VERIFY_WITH_TIMEOUT(!asked({})->partial, 5'000);
    }

    void aSearchThatTakesTooLongCostsListsNothing()
    {
        m_journal->add(u"mine"_s, 1, 9);
        m_database->add(u"theirs"_s, 2, 3);
        m_database->silent = true;
        SessionQuery search;
        search.text = u"word"_s;
        QCOMPARE(asked(search)->partial.value().code, u"database_slow"_s);
        m_database->silent = false;
        QVERIFY(!asked({})->partial);
    }

    void aDatabaseThatSaysNothingIsNotWaitedForLong()
    {
        m_journal->add(u"mine"_s, 1, 9);
        m_database->silent = true;
        const auto page = asked({});
        QCOMPARE(ids(*page), QStringList{u"mine"_s});
        QVERIFY(page->partial);
        QCOMPARE(events(u"mine"_s).value().events.size(), 9);
    }

    void aSessionThatOnlyTheDatabaseMayKnowIsNotCalledUnknown()
    {
        m_database->error = gone;
        QCOMPARE(events(u"far"_s).error().code, u"database_away"_s);
    }

    void whatWasPrunedComesFromTheDatabase()
    {
        m_journal->add(u"back"_s, 1, 9);
        m_journal->stored[u"back"_s].remove(0, 5);
        m_database->add(u"back"_s, 1, 7);
        for (const int limit : {3, 4, 5, 8, 9, 100}) {
            QList<qint64> seqs;
            Expected<EventPage> page = EventPage{{}, true};
            while (page && page->more && seqs.size() < 10) {
                page = events(u"back"_s, seqs.isEmpty() ? 0 : seqs.last(), limit);
                QVERIFY(page && page->events.size() <= limit);
                for (const Event &event : page->events)
                    seqs.append(event.seq);
            }
            QCOMPARE(seqs, (QList<qint64>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
        }
        m_database->error = gone;
        QCOMPARE(events(u"back"_s).value().events.size(), 4);
    }

    void aSearchAsksTheDatabaseAndGoesOnThere()
    {
        for (int i = 0; i < 3; ++i)
            m_database->add(u"s%1"_s.arg(i), 100 - i, 1);
        SessionQuery query;
        query.text = u"refund"_s;
        query.limit = 2;
        const auto first = asked(query);
        QCOMPARE(ids(*first), (QStringList{u"s0"_s, u"s1"_s}));
        query.cursor = first->nextCursor;
        QCOMPARE(ids(*asked(query)), QStringList{u"s2"_s});
        QCOMPARE(m_journal->asked, 0);
        m_database->error = gone;
        QCOMPARE(asked(query).error().code, u"database_away"_s);
    }

    void aSearchWithoutTheDatabaseGoesOnInTheJournal()
    {
        for (int i = 0; i < 3; ++i)
            m_journal->add(u"s%1"_s.arg(i), 100 - i, 1);
        m_database->error = gone;
        SessionQuery query;
        query.text = u"refund"_s;
        query.limit = 2;
        const auto first = asked(query);
        QCOMPARE(ids(*first), (QStringList{u"s0"_s, u"s1"_s}));
        QVERIFY(first->partial);
        m_database->error.reset();
        query.cursor = first->nextCursor;
        const auto second = asked(query);
        QCOMPARE(ids(*second), QStringList{u"s2"_s});
        QVERIFY(second->partial);
    }

    void aSearchSaysWhatTheDatabaseDoesNotHaveYet()
    {
        m_behind = u"It lacks 7 events."_s;
        SessionQuery query;
        query.text = u"refund"_s;
        QCOMPARE(asked(query)->partial.value().message, m_behind);
        QVERIFY(!asked({})->partial);
    }

private:
    Expected<SessionPage> asked(const SessionQuery &query)
    {
        std::optional<Expected<SessionPage>> answer;
        m_history->sessions(query, this, [&answer](const Expected<SessionPage> &page) { answer = page; });
        return QTest::qWaitFor([&answer] { return answer.has_value(); })
                   ? *answer
                   : Expected<SessionPage>(Error{u"no answer"_s, {}, {}, false});
    }

    Expected<EventPage> events(const QString &id, qint64 after = 0, int limit = 200)
    {
        std::optional<Expected<EventPage>> answer;
        m_history->events({id, after, limit}, this,
                          [&answer](const Expected<EventPage> &page) { answer = page; });
        return QTest::qWaitFor([&answer] { return answer.has_value(); })
                   ? *answer
                   : Expected<EventPage>(Error{u"no answer"_s, {}, {}, false});
    }

    static QStringList ids(const SessionPage &page)
    {
        QStringList all;
        for (const FoundSession &found : page.rows)
            all.append(found.row.sessionId);
        return all;
    }

    FakeHistory *m_journal = nullptr;
    FakeHistory *m_database = nullptr;
    QString m_behind;
    std::unique_ptr<SharedHistory> m_history;
};

QTEST_GUILESS_MAIN(TestSharedHistory)
#include "tst_shared_history.moc"
