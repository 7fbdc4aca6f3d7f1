// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history_lanes.h"

#include <QSemaphore>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// A database whose searches take until somebody lets them go.
struct SlowSearches : HistorySource
{
    explicit SlowSearches(QSemaphore &mayFind)
        : m_mayFind(mayFind)
    {
    }

    Expected<SessionPage> sessions(const SessionQuery &query) override
    {
        if (query.isSearch())
            m_mayFind.acquire();
        return SessionPage();
    }

    Expected<EventPage> events(const EventQuery &) override { return EventPage(); }

private:
    QSemaphore &m_mayFind;
};

} // namespace

/// Protects lists and transcripts from somebody's long search.
class TestHistoryLanes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLongSearchHoldsUpNothingButSearches()
    {
        QSemaphore mayFind;
        HistoryLanes history([&mayFind] {
            return Expected<std::unique_ptr<HistorySource>>(std::make_unique<SlowSearches>(mayFind));
        });
        bool found = false;
        bool listed = false;
        bool read = false;
        SessionQuery search;
        search.text = u"word"_s;
        history.sessions(search, this, [&](const Expected<SessionPage> &) { found = true; });
        history.sessions({}, this, [&](const Expected<SessionPage> &) { listed = true; });
        history.events({.sessionId = u"s"_s}, this, [&](const Expected<EventPage> &) { read = true; });
        const auto letGo = qScopeGuard([&] { mayFind.release(); });
        QTRY_VERIFY_WITH_TIMEOUT(listed && read, 20'000);
        QVERIFY(!found);
        mayFind.release();
        QTRY_VERIFY_WITH_TIMEOUT(found, 20'000);
    }
};

QTEST_GUILESS_MAIN(TestHistoryLanes)
#include "tst_history_lanes.moc"
