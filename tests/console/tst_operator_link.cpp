// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_link.h"
#include "service.h"

#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 20'000; // ms
const QString token = u"the operators' own"_s;

/// What a link told, and how it answers.
class Watcher : public QObject
{
public:
    explicit Watcher(ConsoleLink &link)
    {
        connect(&link, &ConsoleLink::batch, this, [this](const LiveBatch &batch) {
            for (const SessionSnapshot &session : batch.sessions)
                sessions.insert(session.sessionId, session);
        });
        connect(&link, &ConsoleLink::gapped, this, [this] { ++gaps; });
    }

    QHash<QString, SessionSnapshot> sessions;
    int gaps = 0;
};

} // namespace

/// Protects the console elsewhere where the line between it and the backend fails.
class TestOperatorLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder.emplace();
        m_port = 0;
    }

    void cleanup()
    {
        stop();
        m_folder.reset();
    }

    void aServerThatIsNotThereIsNamedAndFoundOnceItIs()
    {
        start();
        stop(); // its port is now free, and known
        OperatorLink link(QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port)), token, {20ms, 100ms, 5s});
        QTRY_VERIFY_WITH_TIMEOUT(link.status().trouble.contains("trying again"_L1), patience);
        QVERIFY(link.status().trouble.contains(u"127.0.0.1:%1"_s.arg(m_port)));
        QVERIFY(link.status().address.isEmpty());
        std::optional<Error> refused;
        link.command(u"s-1"_s, {CommandKind::Pause, {}, {}},
                     [&](const Expected<void> &outcome) { refused = outcome.error(); });
        QCOMPARE(refused->code, u"not_connected"_s);
        start();
        QTRY_COMPARE_WITH_TIMEOUT(link.status().address, u"ws://127.0.0.1:%1"_s.arg(m_port), patience);
        QVERIFY(link.status().trouble.isEmpty());
    }

    void afterARestartTheLiveSessionsAreThoseOfTheServer()
    {
        start();
        QWebSocket chat;
        chat.open(QUrl(u"ws://127.0.0.1:%1/ws/session/before"_s.arg(m_port)));
        OperatorLink link(QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port)), token, {20ms, 100ms, 5s});
        Watcher watcher(link);
        QTRY_VERIFY_WITH_TIMEOUT(watcher.sessions.contains(u"before"_s), patience);
        QVERIFY(watcher.sessions[u"before"_s].status == SessionStatus::Active);
        const int gaps = watcher.gaps;
        stop();
        QTRY_VERIFY_WITH_TIMEOUT(!link.status().trouble.isEmpty(), patience);
        start();
        QTRY_VERIFY_WITH_TIMEOUT(watcher.gaps > gaps, patience); // what is shown is loaded again
        QTRY_VERIFY_WITH_TIMEOUT(watcher.sessions[u"before"_s].status == SessionStatus::Completed, patience);
    }

    void whatWasAskedWhenTheLineBrokeIsAnswered()
    {
        start();
        OperatorLink link(QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port)), token, {20ms, 100ms, 5s});
        QTRY_VERIFY_WITH_TIMEOUT(!link.status().address.isEmpty(), patience);
        // Both are sent, but the answers are not read before the server is gone.
        int answers = 0;
        link.loadEvents(u"s-1"_s, [&](const Expected<QList<Event>> &) { ++answers; });
        link.command(u"s-1"_s, {CommandKind::Pause, {}, {}}, [&](const Expected<void> &) { ++answers; });
        stop();
        QTRY_COMPARE_WITH_TIMEOUT(answers, 2, patience);
    }

    void theHistoryOfABackendThatIsNotThereSaysSo()
    {
        start();
        const QString url = u"ws://127.0.0.1:%1"_s.arg(m_port);
        std::optional<Error> refused;
        const auto ask = [&refused](OperatorLink &link) {
            refused.reset();
            link.findSessions({}, [&refused](const Expected<SessionPage> &page) {
                refused = page ? Error{u"none"_s, {}, {}, false} : page.error();
            });
        };
        OperatorLink stranger(QUrl(url), u"guess"_s, {20ms, 100ms, 5s});
        ask(stranger);
        QTRY_VERIFY_WITH_TIMEOUT(refused, patience);
        QCOMPARE(refused->code, u"operator_token_wrong"_s);
        QVERIFY(refused->remedy.contains("LOQUAT_OPERATOR_TOKEN"_L1));
        OperatorLink link(QUrl(url), token, {20ms, 100ms, 5s});
        ask(link);
        QTRY_VERIFY_WITH_TIMEOUT(refused, patience);
        QCOMPARE(refused->code, u"none"_s);
        stop();
        ask(link);
        QTRY_VERIFY_WITH_TIMEOUT(refused, patience);
        QCOMPARE(refused->code, u"not_connected"_s);
        QVERIFY(!refused->message.isEmpty());
    }

    void aWrongTokenIsCalledThat_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("said");
        QTest::newRow("wrong") << u"guess"_s << u"refuses the token: check LOQUAT_OPERATOR_TOKEN"_s;
        QTest::newRow("none") << QString() << u"set LOQUAT_OPERATOR_TOKEN"_s;
    }

    void aWrongTokenIsCalledThat()
    {
        QFETCH(const QString, given);
        QFETCH(const QString, said);
        start();
        OperatorLink link(QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port)), given, {20ms, 100ms, 5s});
        QTRY_VERIFY2_WITH_TIMEOUT(link.status().trouble.contains(said), qPrintable(link.status().trouble),
                                  patience);
        QVERIFY(!link.status().trouble.contains("guess"_L1));
    }

private:
    void start()
    {
        Options options;
        options.port = m_port;
        options.dataDir = m_folder->path();
        options.dialect = u"frames"_s;
        options.providers = {{u"simulated"_s, {}, {}, u"simulated"_s}};
        options.operatorToken = token;
        auto service = Service::create(options);
        QVERIFY(service.has_value());
        m_service = std::move(*service);
        const auto address = m_service->start();
        QVERIFY(address.has_value());
        m_port = quint16(address->port());
    }

    void stop()
    {
        if (!m_service)
            return;
        bool stopped = false;
        m_service->shutDown([&stopped] { stopped = true; });
        QTRY_VERIFY_WITH_TIMEOUT(stopped, patience);
        m_service.reset();
    }

    std::optional<QTemporaryDir> m_folder;
    quint16 m_port = 0;
    std::unique_ptr<Service> m_service;
};

QTEST_MAIN(TestOperatorLink)
#include "tst_operator_link.moc"
