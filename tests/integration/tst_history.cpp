// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_fixture.h"
#include "store/history_postgres.h"
#include "store/history_sqlite.h"
#include "store/history_thread.h"

#include <algorithm>

using namespace loquat;

/// Protects that history and search find the same, in the same order, whichever database is asked. Every test
/// runs against the journal's file and against its copy in Postgres.
class TestHistory : public ReplicaFixture
{
    Q_OBJECT

private:
    static constexpr qint64 hour = 3'600'000;
    static constexpr qint64 base = 1'700'000'000'000;

    std::unique_ptr<Replica> m_replica;
    std::unique_ptr<SessionHistory> m_history;
    qint64 m_said = 0;

    void say(const QString &session, qint64 seq, EventType type, const QString &content,
             const QJsonObject &meta = {}, qint64 atMs = base)
    {
        ++m_said;
        append({session, seq, atMs, type, Role::User, content, meta});
    }

    void begin(const QString &session, const QString &user, qint64 atMs)
    {
        say(session, 1, EventType::SessionStarted, {}, {{"user_id"_L1, user}, {"model"_L1, "gpt"}}, atMs);
    }

    void end(const QString &session, qint64 seq, qint64 atMs)
    {
        say(session, seq, EventType::SessionEnded, {}, {{"reason"_L1, "closed"}, {"summary"_L1, "none"}},
            atMs);
    }

    /// Both databases have everything, the journal's index included.
    bool settled()
    {
        const auto reader = SqliteConnection::open(m_journal->file(), SqliteConnection::Access::ReadOnly);
        return QTest::qWaitFor(
            [&] {
                QSqlQuery query((*reader)->db());
                return query.exec(u"select event_id from search_position"_s) && query.next() &&
                       query.value(0).toLongLong() == m_said &&
                       value(u"select count(*) from session_events"_s).toLongLong() == m_said;
            },
            20'000);
    }

    void open(bool postgres)
    {
        if (postgres)
            m_history = std::make_unique<HistoryThread>(
                [settings = m_direct]() -> Expected<std::unique_ptr<HistorySource>> {
                    return std::unique_ptr<HistorySource>(std::make_unique<PostgresHistory>(settings));
                });
        else
            m_history = std::make_unique<HistoryThread>(
                [file = m_journal->file()] { return SqliteHistory::open(file); });
    }

    Expected<SessionPage> ask(const SessionQuery &query)
    {
        std::optional<Expected<SessionPage>> page;
        m_history->sessions(query, this, [&](const Expected<SessionPage> &found) { page = found; });
        if (!QTest::qWaitFor([&] { return page.has_value(); }, 20'000))
            return Error{u"no_answer"_s, {}, {}, false};
        return *page;
    }

    Expected<EventPage> ask(const EventQuery &query)
    {
        std::optional<Expected<EventPage>> page;
        m_history->events(query, this, [&](const Expected<EventPage> &found) { page = found; });
        if (!QTest::qWaitFor([&] { return page.has_value(); }, 20'000))
            return Error{u"no_answer"_s, {}, {}, false};
        return *page;
    }

    static QString ids(const Expected<SessionPage> &page)
    {
        if (!page)
            return page.error().code + u": "_s + page.error().message;
        QStringList all;
        for (const auto &found : page->rows)
            all.append(found.row.sessionId);
        return all.join(u' ');
    }

    static void bothDatabases()
    {
        QTest::addColumn<bool>("postgres");
        QTest::newRow("journal") << false;
        QTest::newRow("postgres") << true;
    }

    /// As whoever writes events without Loquat's help: what is searched of them is the database's to find.
    static inline const QString writtenByOthers =
        u"with mine as (delete from session_events returning *) insert into session_events "
        "(session_id, seq, ts, event_type, role, content, metadata) "
        "select session_id, seq, ts, event_type, role, content, metadata from mine order by id "
        "returning id"_s;

    void conversations()
    {
        begin(u"a"_s, u"zoë"_s, base);
        begin(u"b"_s, u"max"_s, base + hour);
        begin(u"c"_s, u"zoë"_s, base + 2 * hour);
        begin(u"d"_s, u"zoë"_s, base + 2 * hour); // the same moment
        say(u"a"_s, 2, EventType::UserMessage, u"Where is my parcel? Ça va, señor Müller"_s);
        say(u"b"_s, 2, EventType::UserMessage, u"A parcel for ORD-1001, please; mail max@example.org"_s);
        say(u"b"_s, 3, EventType::AiMessage, u"The weather in Delhi is 31.5 degrees"_s);
        say(u"c"_s, 2, EventType::ToolResult, u"parcel weather"_s); // not said by anybody
        say(u"c"_s, 3, EventType::OperatorMessage, u"今天天气怎么样? 東京タワー 서울역 GPT4模型"_s);
        say(u"d"_s, 2, EventType::AiMessage,
            u"100% of \"it's\" <b>bold</b> C:\\path 10km 1e5 4e1f9ab foo_bar https://loquat.example/x"_s);
        say(u"d"_s, 3, EventType::AiMessage,
            QString(3'000, u'ж') + u" beside"_s); // no tsvector holds such a word
        say(u"a"_s, 3, EventType::AiMessage, u"The parcels of today are late, señor."_s);
        end(u"a"_s, 4, base + hour);
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
    }

private Q_SLOTS:
    void init()
    {
        m_said = 0;
        setUp();
    }
    void cleanup()
    {
        m_history.reset();
        m_replica.reset();
        tearDown();
    }

    void searchFinds()
    {
        // One set of conversations for all queries; what differs is shown with the query.
        const QList<std::pair<QString, QString>> expected{
            {u"parcel"_s, u"a b"_s}, // "parcels" of a came last
            {u"PARCEL"_s, u"a b"_s},
            {u"parcels"_s, u"a"_s},
            {u"par"_s, u"a b"_s},
            {u"par where"_s, u""_s}, // only the last word may be a beginning
            {u"where par"_s, u"a"_s},
            {u"where late"_s, u""_s}, // not in one message
            {u"ca va senor"_s, u"a"_s},
            {u"MÜLLER"_s, u"a"_s},
            {u"muller"_s, u"a"_s},
            {u"mu\u0308ller"_s, u"a"_s}, // the accent as a character of its own
            {u"ord-1001"_s, u"b"_s},
            {u"1001"_s, u"b"_s},
            {u"max@example.org"_s, u"b"_s},
            {u"example"_s, u"d b"_s},
            {u"31.5"_s, u"b"_s},
            {u"weather"_s, u"b"_s},
            {u"天气"_s, u"c"_s},
            {u"气天"_s, u""_s},
            {u"东京"_s, u""_s},
            {u"東京"_s, u"c"_s},
            {u"タワ"_s, u"c"_s},
            {u"서울"_s, u"c"_s},
            {u"模"_s, u"c"_s},
            {u"gpt4"_s, u"c"_s},
            {u"10km"_s, u"d"_s},
            {u"1e5"_s, u"d"_s},
            {u"4e1f9ab"_s, u"d"_s},
            {u"beside"_s, u"d"_s},
            {u"bold"_s, u"d"_s},
            {u"path"_s, u"d"_s},
            {u"foo_bar"_s, u"d"_s},
            {u"100%"_s, u"d b"_s},
            // What would be an operator or an error in either database's own language.
            {u"\"parcel"_s, u"a b"_s},
            {u"parcel AND OR NOT NEAR( ) * ^ : - + & | ! <-> '"_s, u""_s},
            {u"content:parcel"_s, u""_s},
            {u"it's"_s, u"d"_s},
            {u"'); drop table sessions; --"_s, u""_s},
            {u"*"_s, u""_s},
            {u"!!!"_s, u""_s},
            {u"\\"_s, u""_s},
        };
        conversations();
        QCOMPARE(value(u"select search::text from session_events where content like '%beside'"_s),
                 u"'beside'"_s);
        for (const auto &found : {u"journal"_s, u"Postgres"_s, u"Postgres, words found by itself"_s}) {
            if (found.contains(u"itself"_s))
                value(writtenByOthers);
            open(found != u"journal"_s);
            for (const auto &[text, wanted] : expected) {
                const auto page = ask(SessionQuery{.text = text});
                QVERIFY2(ids(page) == wanted, qPrintable(u"%1: '%2' finds '%3' instead of '%4'"_s.arg(
                                                  found, text, ids(page), wanted)));
            }
        }
    }

    void aSnippetShowsWhereItWas_data() { bothDatabases(); }
    void aSnippetShowsWhereItWas()
    {
        QFETCH(bool, postgres);
        conversations();
        open(postgres);
        const auto page = ask(SessionQuery{.text = u"senor par"_s});
        QCOMPARE(ids(page), u"a"_s);
        const Snippet snippet = *page->rows.first().snippet;
        QCOMPARE(snippet.seq, 3);
        QCOMPARE(snippet.text, u"The parcels of today are late, señor."_s);
        QStringList marked;
        for (const auto &range : snippet.matches)
            marked.append(snippet.text.mid(range.start, range.length));
        QCOMPARE(marked, QStringList({u"parcels"_s, u"señor"_s}));
        QVERIFY(!snippet.cutBefore && !snippet.cutAfter);
        QCOMPARE(page->rows.first().row.status, u"completed"_s);
        QCOMPARE(page->rows.first().row.startedAtMs, base);
        QCOMPARE(*page->rows.first().row.endedAtMs, base + hour);
        QCOMPARE(*page->rows.first().row.durationSeconds, 3600);
    }

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

    void aVeryLongMessageIsStoredAndItsBeginningFound_data() { bothDatabases(); }
    void aVeryLongMessageIsStoredAndItsBeginningFound()
    {
        QFETCH(bool, postgres);
        QString text = u"beginning "_s;
        for (int i = 0; text.size() < 1'500'000; ++i)
            text += u"word%1ü "_s.arg(i);
        begin(u"long"_s, u"u"_s, base);
        say(u"long"_s, 2, EventType::UserMessage, text);
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
        QCOMPARE(m_replica->status().rejected, 0);
        open(postgres);
        QCOMPARE(ids(ask(SessionQuery{.text = u"beginning word7u"_s})), u"long"_s);
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
