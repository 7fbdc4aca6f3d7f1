// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_server_tools.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const auto program =
    QStringLiteral(FIXTURES "/../node_modules/@modelcontextprotocol/server-everything/dist/index.js");
constexpr int patienceMs = 60'000;

} // namespace

/// Protects the agreement with the protocol's reference server, over both of its transports.
class TestMcpEverything : public QObject
{
    Q_OBJECT

private:
    SystemClock m_clock;
    std::shared_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<QProcess> m_process;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<McpServerTools> m_server;
    QJsonObject m_config;

    void call(const QString &name, const QString &arguments, std::optional<ToolOutcome> &outcome,
              const QString &id = u"c1"_s)
    {
        m_toolbox->call({id, name, arguments}, {u"s"_s, u"u"_s, id},
                        [&outcome](const ToolOutcome &ended) { outcome = ended; });
    }

    void listenOn(quint16 *port)
    {
        m_process = std::make_unique<QProcess>();
        m_process->start(u"node"_s, {u"-r"_s, QStringLiteral(FIXTURES "/../fakes/loopback_only.cjs"), program,
                                     u"streamableHttp"_s});
        QByteArray log;
        QTRY_VERIFY_WITH_TIMEOUT((log += m_process->readAllStandardError()).contains("LISTENING "),
                                 patienceMs);
        const auto match = QRegularExpression(u"LISTENING (\\d+)"_s).match(QString::fromUtf8(log));
        *port = match.captured(1).toUShort();
        QVERIFY(*port != 0);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(QFileInfo::exists(program), "The MCP server is missing: run npm ci in tests");
    }

    void init()
    {
        m_network = std::make_shared<QNetworkAccessManager>();
        m_toolbox = std::make_unique<Toolbox>(m_clock);
    }

    void cleanup()
    {
        m_server.reset();
        m_toolbox.reset();
        if (m_process) {
            m_process->kill();
            QTRY_COMPARE_WITH_TIMEOUT(m_process->state(), QProcess::NotRunning, patienceMs);
            m_process.reset();
        }
    }

    void toolsAreListedAndCalled_data()
    {
        QTest::addColumn<bool>("http");
        QTest::newRow("stdio") << false;
        QTest::newRow("Streamable HTTP") << true;
    }

    void toolsAreListedAndCalled()
    {
        QFETCH(bool, http);
        QJsonObject config{{"command"_L1, "node"_L1}, {"args"_L1, QJsonArray{program, "stdio"_L1}}};
        quint16 port = 0;
        if (http) {
            listenOn(&port);
            config = {{"url"_L1, u"http://127.0.0.1:%1/mcp"_s.arg(port)}};
        }
        const auto servers =
            mcpServersFromJson({{"everything"_L1, config}}, QProcessEnvironment::systemEnvironment());
        QVERIFY2(servers.has_value(), servers ? "" : qPrintable(servers.error().message));
        const auto settings = servers->constFirst();
        m_server = std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock,
                                                    mcpTransportMaker(settings, m_network));
        QSignalSpy refused(m_server.get(), &McpServerTools::toolRefused);
        m_server->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_server->isUp(), patienceMs);
        QCOMPARE(m_server->client()->era(), McpEra::Legacy);
        QCOMPARE(refused.size(), 0);

        std::optional<ToolOutcome> echo;
        std::optional<ToolOutcome> sum;
        std::optional<ToolOutcome> wrong;
        call(u"echo"_s, u"{\"message\":\"Grüße\"}"_s, echo);
        call(u"get-sum"_s, u"{\"a\":2,\"b\":40}"_s, sum);
        call(u"get-sum"_s, u"{\"a\":\"two\"}"_s, wrong);
        QTRY_VERIFY_WITH_TIMEOUT(echo && sum && wrong, patienceMs);
        QVERIFY2(echo->ok && echo->result.toString().contains(u"Grüße"_s), "echo");
        QVERIFY2(sum->ok && sum->result.toString().contains(u"42"_s), "sum");
        QVERIFY(!wrong->ok);

        std::optional<ToolOutcome> slow;
        call(u"trigger-long-running-operation"_s, u"{\"duration\":600,\"steps\":2}"_s, slow, u"c2"_s);
        QVERIFY(!slow);
        m_toolbox->cancel(u"s"_s, u"c2"_s);
        QVERIFY(slow && !slow->ok);
        std::optional<ToolOutcome> again;
        call(u"echo"_s, u"{\"message\":\"still here\"}"_s, again);
        QTRY_VERIFY_WITH_TIMEOUT(again, patienceMs);
        QVERIFY(again->ok);
    }

    void aForgottenSessionIsOpenedAgain()
    {
        quint16 port = 0;
        listenOn(&port);
        McpServerSettings settings{.name = u"everything"_s,
                                   .url = QUrl(u"http://127.0.0.1:%1/mcp"_s.arg(port))};
        // Takes the session away behind the client's back.
        class Spy final : public QNetworkAccessManager
        {
        public:
            QByteArray session;

        protected:
            QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request,
                                         QIODevice *body) override
            {
                if (request.hasRawHeader("Mcp-Session-Id"))
                    session = request.rawHeader("Mcp-Session-Id");
                return QNetworkAccessManager::createRequest(operation, request, body);
            }
        };
        const auto spy = std::make_shared<Spy>();
        m_server =
            std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock, mcpTransportMaker(settings, spy));
        m_server->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_server->isUp(), patienceMs);
        const QByteArray first = spy->session;
        QVERIFY(!first.isEmpty());
        QNetworkRequest end(settings.url);
        end.setRawHeader("Mcp-Session-Id", first);
        QNetworkReply *ended = m_network->deleteResource(end);
        QTRY_VERIFY_WITH_TIMEOUT(ended->isFinished(), patienceMs);

        std::optional<ToolOutcome> echo;
        call(u"echo"_s, u"{\"message\":\"hello\"}"_s, echo);
        QTRY_VERIFY_WITH_TIMEOUT(echo, patienceMs);
        QVERIFY(echo->ok);
        QVERIFY(spy->session != first);
    }

    void aProgramThatWillNotEndIsKilled()
    {
        const QTemporaryDir folder;
        QFile pidFile(folder.filePath(u"pid"_s));
        McpServerSettings settings{.name = u"stubborn"_s, .command = u"/bin/sh"_s};
        settings.arguments = {u"-c"_s, u"trap '' TERM; echo $$ > \"$0\"; while :; do sleep 0.1; done"_s,
                              pidFile.fileName()};
        settings.environment = QProcessEnvironment::systemEnvironment();
        m_server = std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock,
                                                    mcpTransportMaker(settings, m_network));
        m_server->start();
        QByteArray pid;
        const auto readPid = [&] {
            if (!pidFile.isOpen() && !pidFile.open(QIODevice::ReadOnly))
                return false;
            pidFile.seek(0);
            pid = pidFile.readAll();
            return pid.endsWith('\n');
        };
        QTRY_VERIFY_WITH_TIMEOUT(readPid(), patienceMs);
        QCOMPARE(::kill(pid.trimmed().toInt(), 0), 0);
        m_server.reset();
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pid.trimmed().toInt(), 0) != 0, patienceMs);
    }

    void aProgramThatIsNotThereIsTriedAgain()
    {
        McpServerSettings settings{.name = u"none"_s, .command = u"/nonexistent/server"_s};
        m_server = std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock,
                                                    mcpTransportMaker(settings, m_network));
        QSignalSpy down(m_server.get(), &McpServerTools::down);
        m_server->start();
        QTRY_VERIFY_WITH_TIMEOUT(down.size() >= 2, patienceMs);
    }
};

QTEST_GUILESS_MAIN(TestMcpEverything)
#include "tst_mcp_everything.moc"
