// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_message.h"

#include <QTest>

using namespace loquat;

/// Protects what is taken for a message of an MCP server.
class TestMcpMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_APPLESS_MAIN(TestMcpMessage)
#include "tst_mcp_message.moc"
