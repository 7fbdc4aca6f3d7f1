// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_fixture.h"

using namespace loquat;

/// Protects that a search finds the same and shows the same, whichever database is asked, and whoever wrote
/// what it has.
class TestHistorySearch : public HistoryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { start(); }
    void cleanup() { stop(); }

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

    void theLastPageIsKnownToBeTheLast_data() { bothDatabases(); }
    void theLastPageIsKnownToBeTheLast()
    {
        QFETCH(bool, postgres);
        for (const auto *id : {"a", "b"})
            begin(QLatin1StringView(id), u"u"_s, base);
        for (int seq = 2; seq < 4; ++seq) // found twice in each
            for (const auto *id : {"a", "b"})
                say(QLatin1StringView(id), seq, EventType::UserMessage, u"needle"_s);
        m_replica = replicaTo(m_direct);
        QVERIFY(settled());
        open(postgres);
        const auto first = ask(SessionQuery{.text = u"needle"_s, .limit = 1});
        QCOMPARE(ids(first), u"b"_s);
        const auto last = ask(SessionQuery{.text = u"needle"_s, .limit = 1, .cursor = first->nextCursor});
        QCOMPARE(ids(last), u"a"_s);
        QCOMPARE(last->nextCursor, QString());
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
};

QTEST_GUILESS_MAIN(TestHistorySearch)
#include "tst_history_search.moc"
