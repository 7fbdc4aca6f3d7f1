// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/response_parser.h"

#include <QTest>

using namespace loquat;

namespace {

struct Answer
{
    int status = 0;
    QByteArray content;
    bool whole = false;
    bool malformed = false;
    bool keeps = false;

    bool operator==(const Answer &) const = default;
};

/// What `bytes` say when they arrive in pieces of `size`, after which the server closes if it `closes`.
Answer answerIn(const QByteArray &bytes, qsizetype size, bool closes = false)
{
    ResponseParser parser;
    Answer answer;
    for (qsizetype at = 0; at < bytes.size(); at += size)
        parser.feed(bytes.mid(at, size), answer.content);
    if (closes)
        parser.close();
    answer.status = parser.status();
    answer.whole = parser.isWhole();
    answer.malformed = parser.isMalformed();
    answer.keeps = parser.keepsConnection();
    return answer;
}

} // namespace

/// Protects what a model says from how the network and its server cut it, and the next request on a
/// connection from the rest of the answer before it.
class TestResponseParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void read_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<bool>("keeps");

        const auto row = [](const char *name, const char *bytes, int status, const char *content,
                            bool keeps) {
            QTest::newRow(name) << QByteArray(bytes) << status << QByteArray(content) << keeps;
        };
        row("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true);
        row("no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true);
        row("empty", "HTTP/1.1 500 \r\ncontent-length: 0\r\n\r\n", 500, "", true);
        row("no reason", "HTTP/1.1 429\r\nContent-Length: 2\r\n\r\nno", 429, "no", true);
        row("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            200, "hello", true);
        row("chunks with all that is allowed",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
            "00A;a=\"b\"\r\n0123456789\r\n1 \r\n!\r\n0\r\nA: b\r\nC: d\r\n\r\n",
            200, "0123456789!", true);
        row("chunk that holds line ends",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", 200,
            "\r\n0\r\n\r", true);
        row("line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "hi", true);
        row("says that it goes on, then answers",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            200, "hi", true);
        row("closes", "HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\nContent-Length: 2\r\n\r\nhi", 200,
            "hi", false);
        row("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false);
        row("more than it announced", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there", 200, "hi",
            false);
        row("both lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            200, "hi", false);
        row("the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
            200, "hi", true);
    }

    void read()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        QFETCH(QByteArray, content);
        QFETCH(bool, keeps);
        const Answer expected{status, content, true, false, keeps};
        for (qsizetype size = 1; size <= bytes.size(); ++size)
            QVERIFY2(answerIn(bytes, size) == expected, qPrintable(QString::number(size)));
    }

    void contentWithoutALengthEndsWithTheConnection()
    {
        const QByteArray bytes = "HTTP/1.1 200 OK\r\n\r\nall that comes";
        for (const qsizetype size : {qsizetype(1), bytes.size()}) {
            QCOMPARE(answerIn(bytes, size).whole, false);
            QVERIFY(answerIn(bytes, size, true) == (Answer{200, "all that comes", true, false, false}));
        }
    }

    void brokenOffIsNotWhole_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("in the status") << QByteArray("HTTP/1.1 200");
        QTest::newRow("in the head") << QByteArray("HTTP/1.1 200 OK\r\nA: b\r\n");
        QTest::newRow("in the content") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi");
        QTest::newRow("after a chunk") << chunked + "2\r\nhi\r\n";
        QTest::newRow("before the last line") << chunked + "2\r\nhi\r\n0\r\n";
    }

    void brokenOffIsNotWhole()
    {
        QFETCH(QByteArray, bytes);
        const Answer answer = answerIn(bytes, 1, true);
        QVERIFY(!answer.whole && !answer.malformed && !answer.keeps);
    }

    void malformed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char *name, const QByteArray &bytes) { QTest::newRow(name) << bytes; };
        row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n");
        row("HTTP/2", "HTTP/2 200 OK\r\n\r\n");
        row("no number", "HTTP/1.1 abc OK\r\n\r\n");
        row("a number too short", "HTTP/1.1 99\r\n\r\n");
        row("another protocol from here", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
        row("header without a name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n");
        row("header without a colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n");
        row("folded header", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n");
        row("length is no number", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
        row("length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
        row("length beyond all", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n");
        row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi");
        row("blank before a colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi");
        row("compressed, said in two lines",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
        row("compressed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
        const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        row("chunk without a size", chunked + "\r\nhi\r\n");
        row("chunk of no size", chunked + "xyz\r\nhi\r\n");
        row("chunk below zero", chunked + "-2\r\nhi\r\n");
        row("chunk beyond all", chunked + "FFFFFFFFFFFFFFFF\r\nhi\r\n");
        row("chunk longer than its size", chunked + "1\r\nhi\r\n");
        row("head without an end", "HTTP/1.1 200 OK\r\n" + QByteArray("A: b\r\n").repeated(20'000));
        row("line without an end", QByteArray(100'000, 'x'));
        row("size without an end", chunked + QByteArray(100'000, '0'));
        row("last lines without an end", chunked + "0\r\n" + QByteArray("A: b\r\n").repeated(20'000));
    }

    void malformed()
    {
        QFETCH(QByteArray, bytes);
        for (const qsizetype size : {qsizetype(1), qsizetype(7), bytes.size()}) {
            const Answer answer = answerIn(bytes, size);
            QVERIFY(answer.malformed && !answer.whole && !answer.keeps);
        }
    }

    void chunksAreNoHead()
    {
        // The bound is one of a head, not of how many chunks an answer has.
        QByteArray bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        bytes += QByteArray("1\r\na\r\n").repeated(100'000) + "0\r\n\r\n";
        QCOMPARE(answerIn(bytes, 1'000).content.size(), 100'000);
    }
};

QTEST_GUILESS_MAIN(TestResponseParser)
#include "tst_response_parser.moc"
