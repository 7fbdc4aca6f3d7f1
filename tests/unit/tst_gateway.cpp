// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_frame.h"
#include "gateway/dialect.h"
#include "gateway/session_request.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const QByteArray upgradeHead = "GET /ws/session/s-1?user_id=ana%20b&dialect=sentinel HTTP/1.1\r\n"
                               "Host: localhost:8000\r\n"
                               "UPGRADE: WebSocket\r\n"
                               "connection: keep-alive, Upgrade\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                               "Sec-WebSocket-Version: 13\r\n\r\n";

QByteArray withoutLine(const QByteArray &name)
{
    QByteArrayList kept;
    for (const QByteArray &line : upgradeHead.split('\n'))
        if (!line.startsWith(name))
            kept.append(line);
    return kept.join('\n');
}

} // namespace

/// Protects the edge: which requests are let in, and what a client's frames mean.
class TestGateway : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHeadIsReadOnlyWhenItIsWhole()
    {
        for (qsizetype cut = 0; cut < upgradeHead.size(); ++cut) {
            QVERIFY(!isHeadComplete(QByteArrayView(upgradeHead).first(cut)));
            QVERIFY(!parseRequestHead(QByteArrayView(upgradeHead).first(cut)));
        }
        const auto head = parseRequestHead(upgradeHead + "more bytes");
        QVERIFY(head);
        QVERIFY(head->wantsWebSocket);
        // Proxies are sent the host in the target as well.
        QCOMPARE(parseRequestHead("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n")->target, "/b?c");
        QCOMPARE(parseRequestHead("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n")->target, "/");
        const auto request = parseUpgrade(*parseRequestHead(upgradeHead), framesDialect());
        QVERIFY(request.has_value());
        QCOMPARE(request->sessionId, u"s-1"_s);
        QCOMPARE(request->userId, u"ana b"_s);
        QCOMPARE(QString(request->dialect->name), u"sentinel"_s);
    }

    void rubbishIsNoHead_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no spaces") << QByteArray("hello\r\n\r\n");
        QTest::newRow("not http") << QByteArray("GET / SMTP/1.0\r\n\r\n");
        QTest::newRow("http/2") << QByteArray("PRI * HTTP/2.0\r\n\r\n");
        QTest::newRow("empty line first") << QByteArray("\r\n\r\n");
        QTest::newRow("http/1.") << QByteArray("GET / HTTP/1.\r\n\r\n");
        QTest::newRow("space in the target") << QByteArray("GET /a b HTTP/1.1\r\n\r\n");
        QTest::newRow("method that is no token") << QByteArray("G(T / HTTP/1.1\r\n\r\n");
        QTest::newRow("space before the colon") << QByteArray("GET / HTTP/1.1\r\nA : b\r\n\r\n");
        QTest::newRow("folded line") << QByteArray("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n");
        QTest::newRow("bare LF") << QByteArray("GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n");
        QTest::newRow("bare CR") << QByteArray("GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n");
        QTest::newRow("NUL") << QByteArray("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 27);
        QTest::newRow("bare LFs only") << QByteArray("GET / HTTP/1.1\nHost: a\n\n");
        QTest::newRow("header without colon") << QByteArray("GET / HTTP/1.1\r\nnonsense\r\n\r\n");
    }

    void aHeadOfBareLineFeedsIsWaitedForNoLonger()
    {
        QVERIFY(isHeadComplete("GET / HTTP/1.1\nHost: a\n\n"));
        QVERIFY(!isHeadComplete("GET / HTTP/1.1\nHost: a\n"));
    }

    void aRequestNamesItsHostOnce()
    {
        const auto problem = [](const QByteArray &lines, const QByteArray &version = "HTTP/1.1") {
            return requestProblem(*parseRequestHead("GET / " + version + "\r\n" + lines + "\r\n"))
                .has_value();
        };
        QVERIFY(!problem("Host: a\r\n"));
        QVERIFY(!problem({}, "HTTP/1.0"));
        QVERIFY(problem({}));
        QVERIFY(problem("Host:\r\n"));
        QVERIFY(problem("Host: a\r\nHost: a\r\n"));
        QVERIFY(problem("Host: a\r\nHost: a\r\n", "HTTP/1.0"));
    }

    void rubbishIsNoHead()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!parseRequestHead(bytes));
    }

    void badUpgradesAreRefusedWithAStatus_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<int>("status");
        const auto at = [](const QByteArray &target) {
            return QByteArray(upgradeHead)
                .replace("/ws/session/s-1?user_id=ana%20b&dialect=sentinel", target);
        };
        QTest::newRow("other path") << at("/ws/other") << 404;
        QTest::newRow("no id") << at("/ws/session/") << 400;
        QTest::newRow("bad id") << at("/ws/session/a%20b") << 400;
        QTest::newRow("two segments") << at("/ws/session/a/b") << 400;
        QTest::newRow("encoded slash") << at("/ws/session/a%2Fb") << 400;
        QTest::newRow("long user") << at("/ws/session/a?user_id=" + QByteArray(257, 'u')) << 400;
        QTest::newRow("dialect") << at("/ws/session/a?dialect=klingon") << 400;
        QTest::newRow("no key") << withoutLine("Sec-WebSocket-Key") << 400;
        QTest::newRow("old version") << QByteArray(upgradeHead).replace("Version: 13", "Version: 8") << 426;
        QTest::newRow("no version") << withoutLine("Sec-WebSocket-Version") << 426;
        QTest::newRow("HTTP/1.0") << QByteArray(upgradeHead).replace("HTTP/1.1", "HTTP/1.0") << 400;
        QTest::newRow("body behind it") << upgradeHead + "x" << 400;
        QTest::newRow("post") << QByteArray(upgradeHead).replace("GET ", "POST ") << 400;
    }

    void badUpgradesAreRefusedWithAStatus()
    {
        QFETCH(QByteArray, head);
        QFETCH(int, status);
        const auto request = parseUpgrade(*parseRequestHead(head), framesDialect());
        QVERIFY(!request);
        QCOMPARE(request.error().status, status);
        QVERIFY(!request.error().error.message.isEmpty());
    }

    void aMissingUserIsAnonymous()
    {
        const auto request = parseSessionRequest(QUrl(u"/ws/session/x"_s), framesDialect());
        QCOMPARE(request->userId, u"anonymous"_s);
        QCOMPARE(QString(request->dialect->name), u"frames"_s);
    }

    void aSlashAtTheEndIsNotPartOfTheId()
    {
        const auto request = parseSessionRequest(QUrl(u"/ws/session/x/?user_id=u"_s), framesDialect());
        QCOMPARE(request->sessionId, u"x"_s);
        QCOMPARE(request->userId, u"u"_s);
        QVERIFY(!parseSessionRequest(QUrl(u"/ws/session/"_s), framesDialect()));
        QVERIFY(!parseSessionRequest(QUrl(u"/ws/session/x//"_s), framesDialect()));
        QVERIFY(!parseSessionRequest(QUrl::fromEncoded("/ws/session/x%2F"), framesDialect()));
    }

    void plusMeansSpaceAndEscapesArePlain()
    {
        const auto request =
            parseSessionRequest(QUrl::fromEncoded("/ws/session/x?user_id=a+b%2Bc%26d"), framesDialect());
        QCOMPARE(request->userId, u"a b+c&d"_s);
    }

    void clientFrames_data()
    {
        using Kind = ClientFrame::Kind;
        QTest::addColumn<QString>("text");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QString>("content");
        QTest::newRow("plain") << u"hello"_s << Kind::Message << u"hello"_s;
        QTest::newRow("message") << uR"({"message":"hi"})"_s << Kind::Message << u"hi"_s;
        QTest::newRow("typed") << uR"({"type":"message","content":"hi"})"_s << Kind::Message << u"hi"_s;
        QTest::newRow("broken json is text") << uR"({"message":)"_s << Kind::Message << uR"({"message":)"_s;
        QTest::newRow("array is text") << u"[1,2]"_s << Kind::Message << u"[1,2]"_s;
        QTest::newRow("number is text") << u"42"_s << Kind::Message << u"42"_s;
        QTest::newRow("ping") << uR"( {"type":"ping"} )"_s << Kind::Ping << QString();
        QTest::newRow("cancel") << uR"({"type":"cancel"})"_s << Kind::Cancel << QString();
        QTest::newRow("end") << uR"({"type":"end"})"_s << Kind::End << QString();
    }

    void clientFrames()
    {
        QFETCH(QString, text);
        QFETCH(ClientFrame::Kind, kind);
        QFETCH(QString, content);
        const auto parsed = parseClientFrame(text);
        QVERIFY(parsed.has_value());
        QVERIFY(parsed->kind == kind);
        QCOMPARE(parsed->text, content);
    }

    void aCancelMayNameItsTurn()
    {
        QCOMPARE(parseClientFrame(uR"({"type":"cancel","turn":2})"_s)->turn, 2);
        QCOMPARE(parseClientFrame(uR"({"type":"cancel"})"_s)->turn, 0);
    }

    void framesWithoutMeaningAreErrors()
    {
        QCOMPARE(parseClientFrame(u"{}"_s).error().code, u"bad_frame"_s);
        // A token that is not written well is no message: it would be kept.
        for (const bool plainText : {false, true})
            for (const QString &text :
                 {uR"({"type":"auth","token":"t",})"_s, uR"({"token":"t","type":"auth",})"_s,
                  uR"({'token': 't', 'type': 'auth'})"_s, uR"( { "type" : "auth", "token":"t")"_s})
                QCOMPARE(parseClientFrame(text, plainText).error().code, u"bad_frame"_s);
        QCOMPARE(parseClientFrame(uR"({"message":7})"_s).error().code, u"bad_frame"_s);
        QCOMPARE(parseClientFrame(uR"({"type":"message","content":[]})"_s).error().code, u"bad_frame"_s);
        QCOMPARE(parseClientFrame(uR"({"type":"dance"})"_s).error().code, u"unknown_type"_s);
        QCOMPARE(parseClientFrame(uR"({"type":"cancel","turn":"two"})"_s).error().code, u"bad_frame"_s);
        QCOMPARE(parseClientFrame(uR"({"type":null})"_s).error().code, u"unknown_type"_s);
    }

    void whoKnowsNoFramesMaySayJson()
    {
        const auto said = parseClientFrame(uR"({"name":"Ana"})"_s, true);
        QCOMPARE(said->text, uR"({"name":"Ana"})"_s);
        QCOMPARE(parseClientFrame(uR"({"message":"hi"})"_s, true)->text, u"hi"_s);
        QCOMPARE(parseClientFrame(uR"({"type":"cancel"})"_s, true)->kind, ClientFrame::Kind::Cancel);
        QCOMPARE(parseClientFrame(uR"({"type":"dance"})"_s, true).error().code, u"unknown_type"_s);
    }
};

QTEST_GUILESS_MAIN(TestGateway)
#include "tst_gateway.moc"
