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

    Journal &secondJournal()
    {
        auto journal = Journal::open({.dataDir = m_dir->filePath(u"second"_s)});
        m_second = std::move(*journal);
        return *m_second;
    }

    std::unique_ptr<Journal> m_second;
};

} // namespace loquat
