// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replica_fixture.h"
#include "store/fleet_member.h"

namespace loquat {

/// A database that has the tables, and what nodes on it are made from.
class FleetFixture : public ReplicaFixture
{
protected:
    void begin()
    {
        setUp();
        PostgresTarget tables(m_direct);
        QVERIFY(tables.connect().has_value());
    }

    void end()
    {
        m_second.reset();
        tearDown();
    }

    [[nodiscard]] FleetSettings settings(const QString &name) const
    {
        return {{name, QUrl(u"http://%1:1"_s.arg(name)), u"1"_s}, m_direct, {}, 1s};
    }

    void run(const QString &sql)
    {
        const auto done = m_eye->run({sql});
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().message));
    }

    void storeSession(const QString &id, const QString &owner, const QString &status)
    {
        run(u"insert into sessions (session_id, user_id, status, start_time, last_seq) "
            "values ('%1', 'u', '%2', now(), 1)"_s.arg(id, status));
        run(u"insert into session_owners (session_id, node_id) values ('%1', '%2')"_s.arg(id, owner));
    }

    void ship(const QList<Event> &events)
    {
        PostgresTarget target(m_pooled, true);
        QVERIFY(target.connect().has_value());
        SessionRow row{.sessionId = u"s"_s, .userId = u"u"_s, .status = u"active"_s, .startedAtMs = 1};
        ReplicaBatch batch{{row}, {}};
        for (const Event &event : events)
            batch.events.append(eventRow(JournalEntry{0, event}));
        const auto shipped = target.ship(batch);
        QVERIFY2(shipped.has_value(), shipped ? "" : qPrintable(shipped.error().message));
    }

    QUrl located(FleetMember &member, const QString &sessionId)
    {
        std::optional<std::optional<QUrl>> answer;
        member.locate(sessionId, this, [&](const std::optional<QUrl> &where) { answer = where; });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
        return answer ? answer->value_or(QUrl()) : QUrl(u"http://no-answer"_s);
    }

    Journal &secondJournal(JournalSettings how = {})
    {
        how.dataDir = m_dir->filePath(u"second"_s);
        auto journal = Journal::open(how);
        m_second = std::move(*journal);
        return *m_second;
    }

    std::unique_ptr<Journal> m_second;
};

} // namespace loquat
