// SPDX-License-Identifier: GPL-3.0-or-later
#include "mcp_fixture.h"

#include <QSignalSpy>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray initialized = R"({"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{}})";
constexpr auto versionKey = "io.modelcontextprotocol/protocolVersion"_L1;

} // namespace

/// Protects what is said to MCP servers of both eras, and that their tools come, go and come back.
class TestMcpClient : public McpFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

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

    // As the Python SDK did for long: without a JSON-RPC error.
    void aBareRefusalMayMeanThatTheSessionIsLost()
    {
        startServer(true);
        server().refuse(404);
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        server().result(initialized);
        server().result(twoTools);
        call(u"echo"_s);
        server().refuse(400);
        QCOMPARE(m_log.lastMethod(), u"initialize"_s);
        server().result(initialized);
        QCOMPARE(m_log.sent.at(m_log.sent.size() - 2)["method"_L1].toString(),
                 u"tools/list"_s); // another server, maybe
        QCOMPARE(m_log.lastMethod(), u"tools/call"_s);
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
        // A rule about either means it, whoever got the bare name.
        QCOMPARE(m_toolbox->namesOf(u"far__other"_s), (QStringList{u"far__other"_s, u"other"_s}));
        QCOMPARE(m_toolbox->namesOf(u"echo"_s), (QStringList{u"far__echo"_s, u"echo"_s}));
        QCOMPARE(m_toolbox->specs().last().description, u"new"_s);
        call(u"far__other"_s);
        QCOMPARE(params()["name"_L1].toString(), u"other"_s);
        m_server.reset();
        QCOMPARE(names(), QStringList{u"other"_s});
        QVERIFY(m_outcome && !m_outcome->ok);
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
