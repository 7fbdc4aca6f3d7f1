// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "fakes/scripted_mcp.h"
#include "tools/mcp_server_tools.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray twoTools = R"({"tools":[{"name":"echo","description":"d","inputSchema":{"type":"object"}},)"
                            R"({"name":"add","inputSchema":{"type":"object"}}]})";
const QByteArray initialized = R"({"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{}})";
constexpr auto versionKey = "io.modelcontextprotocol/protocolVersion"_L1;

} // namespace

/// Protects what is said to MCP servers of both eras, and that their tools come, go and come back.
class TestMcpClient : public QObject
{
    Q_OBJECT

private:
    fakes::ManualClock m_clock;
    fakes::ScriptedMcp::Log m_log;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<McpServerTools> m_server;
    std::optional<ToolOutcome> m_outcome;

    void startServer(bool http = false)
    {
        McpServerSettings settings{.name = u"far"_s};
        settings.policies[u"add"_s] = ToolPolicy::Ask;
        if (http)
            settings.url = QUrl(u"http://far.example/mcp"_s);
        m_server = std::make_unique<McpServerTools>(settings, *m_toolbox, m_clock, [this, http] {
            return std::make_unique<fakes::ScriptedMcp>(m_log, http);
        });
        m_server->start();
    }

    fakes::ScriptedMcp &server() { return *m_log.current; }

    void goModern()
    {
        QCOMPARE(m_log.lastMethod(), u"server/discover"_s);
        server().result(R"({"supportedVersions":["2026-07-28"]})");
        QCOMPARE(m_log.lastMethod(), u"tools/list"_s);
        server().result(twoTools);
        QVERIFY(m_server->isUp());
    }

    void call(const QString &name)
    {
        m_outcome.reset();
        m_toolbox->call({u"c1"_s, name, u"{\"x\":1}"_s}, {},
                        [this](const ToolOutcome &outcome) { m_outcome = outcome; });
    }

    [[nodiscard]] QStringList names() const
    {
        QStringList names;
        for (const auto &spec : m_toolbox->specs())
            names.append(spec.name);
        return names;
    }
    [[nodiscard]] QJsonObject params() const { return m_log.last()["params"_L1].toObject(); }
    [[nodiscard]] QString error() const { return m_outcome->result["error"_L1].toString(); }

private Q_SLOTS:
    void init()
    {
        m_log = {};
        m_outcome.reset();
        m_toolbox = std::make_unique<Toolbox>(m_clock);
    }
    void cleanup()
    {
        m_server.reset();
        m_toolbox.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void modernServersNeedNoHandshake()
    {
        startServer();
        goModern();
        QCOMPARE(params()["_meta"_L1][versionKey].toString(), u"2026-07-28"_s);
        QCOMPARE(names(), (QStringList{u"echo"_s, u"add"_s}));
        QVERIFY(m_toolbox->policy(u"add"_s) == ToolPolicy::Ask);
        call(u"echo"_s);
        QCOMPARE(params()["name"_L1].toString(), u"echo"_s);
        QCOMPARE(params()["arguments"_L1].toObject(), (QJsonObject{{"x"_L1, 1}}));
        QCOMPARE(params()["_meta"_L1][versionKey].toString(), u"2026-07-28"_s);
        server().say(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}})");
        server().result(
            R"({"content":[{"type":"text","text":"hi"},{"type":"image","mimeType":"image/png"}]})");
        QVERIFY(m_outcome && m_outcome->ok);
        QCOMPARE(m_outcome->result, QJsonValue(u"hi\n[image image/png]"_s));
    }

    void legacyServersShakeHands_data()
    {
        QTest::addColumn<bool>("silent");
        QTest::newRow("unknown method") << false;
        QTest::newRow("silence") << true;
    }

    void legacyServersShakeHands()
    {
        QFETCH(bool, silent);
        startServer();
        if (silent)
            m_clock.advance(5s);
        else
            server().failure(-32601);
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        QVERIFY(!params().contains("_meta"_L1));
        // Too early to act on, and before the answer.
        server().say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        server().result(initialized);
        QCOMPARE(m_log.sent.at(m_log.sent.size() - 2)["method"_L1].toString(),
                 u"notifications/initialized"_s);
        QCOMPARE(m_log.lastMethod(), u"tools/list"_s);
        server().result(R"({"tools":[{"name":"one","inputSchema":{"type":"object"}}],"nextCursor":"p2"})");
        QCOMPARE(params()["cursor"_L1].toString(), u"p2"_s);
        server().result(twoTools);
        QCOMPARE(names(), (QStringList{u"one"_s, u"echo"_s, u"add"_s}));
    }

    void overHttpARefusalMeansLegacyAndAnOutageNothing()
    {
        startServer(true);
        server().refuse(503);
        QVERIFY(!m_server->isUp());
        m_clock.advance(1s);
        QCOMPARE(m_log.starts, 2);
        QCOMPARE(m_log.lastMethod(), u"server/discover"_s);
        server().refuse(400, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no session"}})");
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        server().result(initialized);
        server().result(twoTools);
        call(u"echo"_s);
        server().refuse(404); // the session is lost
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        server().result(initialized);
        QCOMPARE(m_log.lastMethod(), u"tools/call"_s);
        server().refuse(404); // once is enough
        QVERIFY(m_outcome && !m_outcome->ok);
    }

    void aModernServerOfAnotherVersionIsNoLegacyServer()
    {
        startServer();
        QSignalSpy down(m_server.get(), &McpServerTools::down);
        server().failure(-32022, R"({"supported":["2030-01-01"]})");
        QCOMPARE(down.size(), 1);
    }

    void changedToolsAreListedAgain()
    {
        QVERIFY(m_toolbox->add(std::make_unique<OtherTool>()).has_value());
        startServer();
        goModern();
        QCOMPARE(names(), (QStringList{u"other"_s, u"echo"_s, u"add"_s}));
        server().say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        server().say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        server().result(R"({"tools":[]})"); // changed meanwhile: does not count
        QCOMPARE(names().size(), 3);
        server().result(R"({"tools":[{"name":"other","inputSchema":{"type":"object"}},)"
                        R"({"name":"echo","description":"new","inputSchema":{"type":"object"}}]})");
        QCOMPARE(names(), (QStringList{u"other"_s, u"far__other"_s, u"echo"_s}));
        QCOMPARE(m_toolbox->specs().last().description, u"new"_s);
        call(u"far__other"_s);
        QCOMPARE(params()["name"_L1].toString(), u"other"_s);
        m_server.reset();
        QCOMPARE(names(), QStringList{u"other"_s});
        QVERIFY(m_outcome && !m_outcome->ok);
    }

    void cancellingTellsTheServer()
    {
        startServer();
        goModern();
        call(u"echo"_s);
        const QJsonValue id = m_log.last()["id"_L1];
        m_toolbox->cancel({}, u"c1"_s);
        QCOMPARE(m_log.lastMethod(), u"notifications/cancelled"_s);
        QCOMPARE(params()["requestId"_L1], id);
        QVERIFY(m_outcome && !m_outcome->ok);
        call(u"echo"_s);
        m_clock.advance(60s); // the same for one that takes too long
        QCOMPARE(m_log.lastMethod(), u"notifications/cancelled"_s);
        QVERIFY(error().contains(u"60 s"_s));
    }

    void aCallThatTellsHowFarItIsMayTakeLonger()
    {
        startServer();
        goModern();
        QStringList heard;
        ToolContext who;
        who.progressed = [&heard](const QString &howFar) { heard.append(howFar); };
        m_toolbox->call({u"c1"_s, u"echo"_s, u"{}"_s}, who,
                        [this](const ToolOutcome &outcome) { m_outcome = outcome; });
        const auto token = params()["_meta"_L1]["progressToken"_L1].toInteger();
        const auto progress = [&](const QByteArray &rest) {
            server().say(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)" +
                         QByteArray::number(token) + rest + "}}");
        };
        m_clock.advance(50s);
        progress(R"(,"progress":3,"total":10)");
        m_clock.advance(50s); // beyond the limit of 60 s, but it gave a sign
        progress(R"(,"progress":9,"message":"nearly there")");
        QCOMPARE(heard, (QStringList{u"3 of 10"_s, u"nearly there"_s}));
        QVERIFY(!m_outcome);
        m_clock.advance(60s);
        QVERIFY(m_outcome && !m_outcome->ok);
        progress(R"(,"progress":10)"); // late
        QCOMPARE(heard.size(), 2);
    }

    void progressDoesNotProlongACallForEver()
    {
        startServer();
        goModern();
        call(u"echo"_s);
        const auto token = params()["_meta"_L1]["progressToken"_L1].toInteger();
        for (int minute = 0; minute < 40 && !m_outcome; ++minute) {
            m_clock.advance(50s);
            server().say(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)" +
                         QByteArray::number(token) + R"(,"progress":1}})");
        }
        QVERIFY(m_outcome && !m_outcome->ok);
    }

    void overModernHttpTheEndOfTheStreamCancels()
    {
        startServer(true);
        goModern();
        call(u"echo"_s);
        const auto id = m_log.last()["id"_L1].toInteger();
        m_toolbox->cancel({}, u"c1"_s);
        QCOMPARE(m_log.lastMethod(), u"tools/call"_s);
        QCOMPARE(m_log.abandoned, QList<qint64>{id});
    }

    void aServerThatEndsComesBack()
    {
        startServer();
        goModern();
        call(u"echo"_s);
        server().close();
        QVERIFY(m_outcome && !m_outcome->ok); // the call that ran
        QCOMPARE(names().size(), 2);          // models see no difference
        call(u"echo"_s);
        QVERIFY2(error().contains(u"not running"_s), qPrintable(error()));

        qint64 before = 0;
        for (int failures = 1; failures < 12; ++failures) {
            const int starts = m_log.starts;
            const qint64 since = m_clock.monotonicMs();
            while (m_log.starts == starts)
                m_clock.advance(10ms);
            const qint64 pause = m_clock.monotonicMs() - since;
            QVERIFY2(pause <= 60'010 && 4 * pause >= before, qPrintable(QString::number(pause)));
            before = std::min<qint64>(2 * pause, 60'000);
            server().close();
        }
        m_clock.advance(60s);
        if (m_log.lastMethod() == "server/discover"_L1) // it may be another version than before
            server().failure(-32601);
        server().result(initialized);
        server().result(twoTools);
        QVERIFY(m_server->isUp());
        call(u"echo"_s);
        server().result(R"({"content":[],"structuredContent":{"n":1}})");
        QCOMPARE(m_outcome->result, QJsonValue(QJsonObject{{"n"_L1, 1}}));
    }

    void failuresOfToolsCanBeRead()
    {
        startServer();
        goModern();
        call(u"echo"_s);
        server().result(R"({"content":[{"type":"text","text":"no such file"}],"isError":true})");
        QCOMPARE(error(), u"no such file"_s);
        call(u"echo"_s);
        server().result(R"({"resultType":"input_required","inputRequests":{}})");
        QVERIFY(!m_outcome->ok);
    }

    void requestsOfTheServerAreAnswered()
    {
        startServer();
        goModern();
        server().say(R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
        QCOMPARE(m_log.last(),
                 (QJsonObject{{"jsonrpc"_L1, "2.0"_L1}, {"id"_L1, "p"_L1}, {"result"_L1, QJsonObject{}}}));
        server().say(R"({"jsonrpc":"2.0","id":"s","method":"sampling/createMessage"})");
        QCOMPARE(m_log.last()["error"_L1]["code"_L1].toInt(), -32601);
    }

    void linesAreCutAnywhereAndBounded()
    {
        McpLines lines(20);
        QByteArrayList seen;
        const auto sink = [&seen](QByteArrayView line) { seen.append(line.toByteArray()); };
        for (const char c : QByteArrayView("{\"a\":1}\r\n\n{\"b\":\"ü\"}\n{"))
            QVERIFY(lines.feed(QByteArrayView(&c, 1), sink).has_value());
        QCOMPARE(seen, (QByteArrayList{"{\"a\":1}", "{\"b\":\"ü\"}"}));
        QVERIFY(!lines.feed(QByteArray(20, 'x'), sink).has_value());
        QVERIFY(!lines.feed("\n", sink).has_value());
    }

    void nonsenseIsNoMessage_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("log line") << QByteArray("listening");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("version") << QByteArray(R"({"jsonrpc":"1.0","method":"x"})");
        QTest::newRow("neither") << QByteArray(R"({"jsonrpc":"2.0","id":1})");
    }

    void nonsenseIsNoMessage()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!parseMcpMessage(bytes).has_value());
    }

    void settingsAreThoseOfOtherApplications()
    {
        QProcessEnvironment environment;
        environment.insert(u"PATH"_s, u"/bin"_s);
        environment.insert(u"GROQ_API_KEY"_s, u"secret"_s);
        environment.insert(u"TOKEN"_s, u"t"_s);
        const auto servers = mcpServersFromJson(
            {{"a"_L1, QJsonObject{{"command"_L1, "npx"_L1},
                                  {"args"_L1, QJsonArray{"-y"_L1, "it"_L1}},
                                  {"env"_L1, QJsonObject{{"KEY"_L1, "x${TOKEN}"_L1}}}}},
             {"b"_L1, QJsonObject{{"url"_L1, "https://h/mcp"_L1},
                                  {"headers"_L1, QJsonObject{{"Authorization"_L1, "Bearer ${TOKEN}"_L1}}},
                                  {"policies"_L1, QJsonObject{{"drop"_L1, "deny"_L1}}}}}},
            environment);
        QVERIFY(servers.has_value());
        QCOMPARE(servers->at(0).arguments, (QStringList{u"-y"_s, u"it"_s}));
        QCOMPARE(servers->at(0).environment.toStringList().size(), 2); // PATH and KEY: none of our keys
        QCOMPARE(servers->at(0).environment.value(u"KEY"_s), u"xt"_s);
        QCOMPARE(servers->at(1).headers.constFirst().second, "Bearer t");
        QVERIFY(servers->at(1).policies.value(u"drop"_s) == ToolPolicy::Deny);
    }

    void wrongSettingsNameTheirKey_data()
    {
        QTest::addColumn<QJsonObject>("server");
        QTest::addColumn<QString>("named");
        QTest::newRow("neither") << QJsonObject{} << u"\"s\""_s;
        QTest::newRow("both") << QJsonObject{{"command"_L1, "a"_L1}, {"url"_L1, "http://h"_L1}} << u"\"s\""_s;
        QTest::newRow("unknown") << QJsonObject{{"comand"_L1, "a"_L1}} << u"s.comand"_s;
        QTest::newRow("args") << QJsonObject{{"command"_L1, "a"_L1}, {"args"_L1, QJsonArray{1}}}
                              << u"s.args"_s;
        QTest::newRow("env") << QJsonObject{{"command"_L1, "a"_L1}, {"env"_L1, QJsonObject{{"K"_L1, 1}}}}
                             << u"s.env.K"_s;
        QTest::newRow("url") << QJsonObject{{"url"_L1, "ftp://h"_L1}} << u"s.url"_s;
        QTest::newRow("missing") << QJsonObject{{"url"_L1, "http://h/${NOT_SET}"_L1}} << u"NOT_SET"_s;
    }

    void wrongSettingsNameTheirKey()
    {
        QFETCH(QJsonObject, server);
        QFETCH(QString, named);
        const auto servers = mcpServersFromJson({{"s"_L1, server}}, {});
        QVERIFY(!servers.has_value());
        QVERIFY2(servers.error().message.contains(named), qPrintable(servers.error().message));
    }

private:
    class OtherTool final : public Tool
    {
    public:
        [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
        [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject, ToolContext) override
        {
            co_return QJsonValue(1);
        }

    private:
        const ToolSpec m_spec{u"other"_s, {}, {{"type"_L1, "object"_L1}}};
    };
};

QTEST_GUILESS_MAIN(TestMcpClient)
#include "tst_mcp_client.moc"
