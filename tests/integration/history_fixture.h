// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replica_fixture.h"
#include "store/history_postgres.h"
#include "store/history_sqlite.h"
#include "store/history_thread.h"

namespace loquat {

/// Conversations in the journal's file and in its copy in Postgres, and somebody who reads either.
class HistoryFixture : public ReplicaFixture
{
protected:
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

    void start()
    {
        m_said = 0;
        setUp();
    }

    void stop()
    {
        m_history.reset();
        m_replica.reset();
        tearDown();
    }
};

} // namespace loquat
