// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_fixture.h"
#include "service.h"

#include <QTcpServer>
#include <QWebSocket>

using namespace loquat;

/// Protects what an operator sees of the whole fleet, through two real services: a conversation on another
/// node is in the feed with that node's name, and goes on there while it is looked at.
class TestFleetFeed : public ReplicaFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aConversationOnAnotherNodeIsFollowed()
    {
        const auto here = started(u"here"_s);
        const auto there = started(u"there"_s);
        QVERIFY(here && there);
        LiveFeed &feed = here->backend().feed();
        feed.setActive(true);
        QHash<QString, SessionSnapshot> sessions;
        QStringList said;
        const auto look = [&] {
            const LiveBatch batch = feed.take();
            for (const SessionSnapshot &session : batch.sessions)
                sessions.insert(session.sessionId, session);
            for (const auto &item : batch.stream)
                if (const auto *event = std::get_if<Event>(&item))
                    said.append(event->content);
        };

        QWebSocket client;
        int replies = 0;
        connect(&client, &QWebSocket::textMessageReceived, this, [&replies](const QString &frame) {
            replies += frame.contains(u"\"type\":\"done\""_s) ? 1 : 0;
        });
        client.open(QUrl(there->backend().status().address + u"/ws/session/far?user_id=ana"_s));
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), QAbstractSocket::ConnectedState, 20'000);
        client.sendTextMessage(u"before anybody looked"_s);
        QTRY_VERIFY_WITH_TIMEOUT((look(), sessions[u"far"_s].turns == 1), 20'000);
        QCOMPARE(sessions[u"far"_s].nodeId, u"there"_s);
        QCOMPARE(sessions[u"far"_s].userId, u"ana"_s);
        QCOMPARE(sessions[u"far"_s].preview, u"on node there"_s);

        QStringList shown;
        bool asking = false;
        const auto open = [&] {
            if (!shown.isEmpty() || asking)
                return shown.contains(u"before anybody looked"_s);
            asking = true;
            here->backend().watch(u"far"_s);
            here->backend().loadEvents(u"far"_s, this, [&](const Expected<QList<Event>> &events) {
                asking = false;
                for (const Event &event : events ? *events : QList<Event>())
                    if (!event.content.isEmpty())
                        shown.append(event.content);
            });
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(open(), 20'000);
        client.sendTextMessage(u"while somebody looks"_s);
        QTRY_VERIFY_WITH_TIMEOUT((look(), said.contains(u"while somebody looks"_s)), 20'000);
        QCOMPARE(said.count(u"while somebody looks"_s), 1);
        // While tokens are under way, QWebSocket's close can become a reset: a client that was lost.
        QTRY_COMPARE_WITH_TIMEOUT(replies, 2, 20'000);
        client.close();
        QTRY_COMPARE_WITH_TIMEOUT((look(), sessions[u"far"_s].status), SessionStatus::Completed, 20'000);
        QVERIFY(!sessions[u"far"_s].title.isEmpty());

        int stopped = 0;
        for (Service *service : {here.get(), there.get()})
            service->shutDown([&] { ++stopped; });
        QTRY_COMPARE_WITH_TIMEOUT(stopped, 2, 30'000);
    }

private:
    std::unique_ptr<Service> started(const QString &name)
    {
        const quint16 port = [] {
            QTcpServer free;
            free.listen(QHostAddress::LocalHost);
            return free.serverPort();
        }();
        const QString uri =
            u"postgresql://%1:%2@%3:%4/%5"_s.arg(m_direct.user, m_direct.password, m_direct.host)
                .arg(m_direct.port)
                .arg(m_direct.database);
        const auto options = parseOptions({u"loquat"_s, u"--server"_s, u"--port"_s, QString::number(port),
                                           u"--data-dir"_s, m_dir->filePath(name)},
                                          {{u"SUPABASE_DB_URL"_s, uri},
                                           {u"LOQUAT_NODE_ID"_s, name},
                                           {u"LOQUAT_NODE_URL"_s, u"http://127.0.0.1:%1"_s.arg(port)},
                                           {u"LOQUAT_NODE_DEAD_AFTER_MS"_s, u"1000"_s},
                                           {u"LOQUAT_SIMULATED_PACE_MS"_s, u"1"_s}});
        if (!options) {
            qWarning() << options.error().message;
            return nullptr;
        }
        auto service = Service::create(*options);
        const auto address = service ? (*service)->start() : service.error();
        if (!address) {
            qWarning() << address.error().message;
            return nullptr;
        }
        return std::move(*service);
    }
};

QTEST_GUILESS_MAIN(TestFleetFeed)
#include "tst_fleet_feed.moc"
