// SPDX-License-Identifier: GPL-3.0-or-later
#include "mcp_fixture.h"

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects calls of an MCP server's tools that fail, take long or are cancelled.
class TestMcpCalls : public McpFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

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
};

QTEST_GUILESS_MAIN(TestMcpCalls)
#include "tst_mcp_calls.moc"
