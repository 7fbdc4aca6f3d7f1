// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_fixture.h"

using namespace loquat;

/// Protects that a history is the same, in the same order, whichever database is asked. Every test
/// runs against the journal's file and against its copy in Postgres.
class TestHistory : public HistoryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { start(); }
    void cleanup() { stop(); }

    void filtersNarrow_data() { bothDatabases(); }
    void filtersNarrow()
    {
        QFETCH(bool, postgres);
        conversations();
        open(postgres);
        QCOMPARE(ids(ask(SessionQuery{})), u"d c b a"_s);
        QCOMPARE(ids(ask(SessionQuery{.userId = u"zoë"_s})), u"d c a"_s);
        QCOMPARE(ids(ask(SessionQuery{.userId = u"' or true --"_s})), QString());
        QCOMPARE(ids(ask(SessionQuery{.sessionId = u"c"_s})), u"c"_s);
        QCOMPARE(ids(ask(SessionQuery{.userId = u"max"_s, .sessionId = u"c"_s})), QString());
        QCOMPARE(ids(ask(SessionQuery{.sessionId = u"' or true --"_s})), QString());
        QCOMPARE(ids(ask(SessionQuery{.status = SessionStatus::Completed})), u"a"_s);
        QCOMPARE(ids(ask(SessionQuery{.status = SessionStatus::Active, .userId = u"max"_s})), u"b"_s);
        QCOMPARE(ids(ask(SessionQuery{.fromMs = base + hour, .toMs = base + 2 * hour})), u"b"_s);
        QCOMPARE(ids(ask(SessionQuery{.userId = u"max"_s, .text = u"parcel"_s})), u"b"_s);
        QCOMPARE(ids(ask(SessionQuery{.text = u"parcel"_s, .toMs = base + hour})), u"a"_s);
        QCOMPARE(ids(ask(SessionQuery{.limit = 0})).section(u':', 0, 0), u"bad_query"_s);
        QCOMPARE(ids(ask(SessionQuery{.limit = 201})).section(u':', 0, 0), u"bad_query"_s);
    }

    void pagesNeitherRepeatNorHide_data() { bothDatabases(); }
    void pagesNeitherRepeatNorHide()
    {
        QFETCH(bool, postgres);
        QStringList byStart;
        for (int i = 0; i < 9; ++i) {
            const auto id = u"s%1"_s.arg(i);
            begin(id, u"u"_s, base + (i / 3) * hour); // three of each moment
            byStart.prepend(id);
        }
        // Said in another order, twice in some: s0 last of all.
        for (int i = 8; i >= 0; --i)
            say(u"s%1"_s.arg(i), 2, EventType::UserMessage, u"needle"_s);
        for (int i = 8; i >= 0; i -= 2)
            say(u"s%1"_s.arg(i), 3, EventType::AiMessage, u"another needle here"_s);
        const QStringList bySaid{u"s0"_s, u"s2"_s, u"s4"_s, u"s6"_s, u"s8"_s,
                                 u"s1"_s, u"s3"_s, u"s5"_s, u"s7"_s};
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
        open(postgres);
        int added = 0;
        for (const auto &[text, wanted] : {std::pair(QString(), byStart), std::pair(u"needle"_s, bySaid)}) {
            QStringList got;
            QString cursor;
            do {
                const auto page = ask(SessionQuery{.text = text, .limit = 2, .cursor = cursor});
                QVERIFY2(page.has_value(), qPrintable(ids(page)));
                got += ids(page).split(u' ', Qt::SkipEmptyParts);
                cursor = page->nextCursor;
                // Meanwhile life goes on: a new session, and an old one is found again.
                const auto fresh = u"fresh%1"_s.arg(++added);
                begin(fresh, u"u"_s, base + 10 * hour);
                say(fresh, 2, EventType::UserMessage, u"needle"_s);
                if (!text.isEmpty())
                    say(u"s7"_s, 10 + added, EventType::UserMessage, u"needle again"_s);
                QVERIFY(settled());
            } while (!cursor.isEmpty() && got.size() < 20);
            if (text.isEmpty()) {
                QCOMPARE(got, wanted);
            } else { // what the list's pages added came before the search began
                got.removeIf([&](const QString &id) { return !wanted.contains(id); });
                QCOMPARE(got, wanted);
            }
            QCOMPARE(QSet<QString>(got.begin(), got.end()).size(), got.size());
        }
    }

    void aCursorThatIsNoneIsRefused_data() { bothDatabases(); }
    void aCursorThatIsNoneIsRefused()
    {
        QFETCH(bool, postgres);
        begin(u"a"_s, u"u"_s, base);
        begin(u"b"_s, u"u"_s, base);
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
        open(postgres);
        const QString real = ask(SessionQuery{.limit = 1})->nextCursor;
        QVERIFY(!real.isEmpty());
        for (const QString &wrong : {u"nonsense"_s, u"%%%"_s, u"W10"_s, u"WyJsaXN0Iiwib29wcyIsMV0"_s,
                                     real.chopped(3), QString(5'000, u'A')}) {
            QCOMPARE(ask(SessionQuery{.cursor = wrong}).error().code, u"bad_cursor"_s);
            QCOMPARE(ask(SessionQuery{.text = u"x"_s, .cursor = wrong}).error().code, u"bad_cursor"_s);
        }
        QCOMPARE(ask(SessionQuery{.text = u"x"_s, .cursor = real}).error().code, u"bad_cursor"_s);
    }

    void eventsComeInPages_data() { bothDatabases(); }
    void eventsComeInPages()
    {
        QFETCH(bool, postgres);
        conversations();
        open(postgres);
        const auto first = ask(EventQuery{.sessionId = u"a"_s, .limit = 2});
        QCOMPARE(first->events.size(), 2);
        QVERIFY(first->more);
        QCOMPARE(first->events[1].content, u"Where is my parcel? Ça va, señor Müller"_s);
        QCOMPARE(first->events[1].atMs, base);
        const auto rest = ask(EventQuery{.sessionId = u"a"_s, .afterSeq = 2, .limit = 2});
        QCOMPARE(rest->events.size(), 2);
        QVERIFY(!rest->more);
        QCOMPARE(rest->events[1].meta["reason"_L1].toString(), u"closed"_s);
        const auto said = ask(EventQuery{.sessionId = u"a"_s, .types = {EventType::AiMessage}});
        QCOMPARE(said->events.size(), 1);
        QCOMPARE(said->events[0].seq, 3);
        QVERIFY(ask(EventQuery{.sessionId = u"nobody"_s})->events.isEmpty());
        QCOMPARE(ask(EventQuery{.sessionId = u"a"_s, .limit = 0}).error().code, u"bad_query"_s);
    }

    void aDatabaseThatIsGoneIsAnErrorAndLaterAnAnswer()
    {
        begin(u"a"_s, u"u"_s, base);
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
        open(true);
        QCOMPARE(ids(ask(SessionQuery{})), u"a"_s);
        std::ignore = value(u"select count(pg_terminate_backend(pid)) from pg_stat_activity "
                            "where pid <> pg_backend_pid() and datname = current_database()"_s);
        QCOMPARE(ask(SessionQuery{}).error().code, u"postgres_unreachable"_s);
        QCOMPARE(ids(ask(SessionQuery{})), u"a"_s);
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
