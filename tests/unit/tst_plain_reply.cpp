// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/plain_reply.h"
#include "upstream_stage.h"

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects the streams of a model that is reached over plain HTTP: nothing of one is lost or told twice.
class TestPlainReply : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<UpstreamStage> m_stage;

private Q_SLOTS:
    void init() { m_stage = std::make_unique<UpstreamStage>(); }

    void whatIsSent()
    {
        QNetworkRequest request(m_stage->server.url());
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer key");
        const std::unique_ptr<QNetworkReply> reply(m_stage->manager.send(request, "{\"a\":1}"));
        QVERIFY(qobject_cast<PlainReply *>(reply.get()));
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.heard(0).endsWith("{\"a\":1}"));
        const QByteArray heard = m_stage->server.heard(0);
        QVERIFY(heard.startsWith("POST /v1/chat?a=b%20c HTTP/1.1\r\nHost: 127.0.0.1:"));
        for (const char *line :
             {"\r\nContent-Type: application/json\r\n", "\r\nAuthorization: Bearer key\r\n",
              "\r\nContent-Length: 7\r\n", "\r\nAccept-Encoding: identity\r\n"})
            QCOMPARE(heard.count(line), 1);
    }

    void streamsAsItComes()
    {
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.requests(0) == 1);
        QCOMPARE(reply.status(), 0);
        m_stage->server.say(0,
                            "HTTP/1.1 429 Slow down\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
        QTRY_COMPARE(reply.status(), 429);
        QCOMPARE(reply.network->rawHeader("retry-after"), "3");
        m_stage->server.say(0, "2\r\nhi\r\n");
        QTRY_COMPARE(reply.text, "hi");
        QCOMPARE(reply.ended.count(), 0);
        m_stage->server.say(0, "6\r\n there\r\n0\r\n\r\n");
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.text, "hi there");
        QVERIFY(reply.network->isFinished());
    }

    void brokenOffIsAnError()
    {
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.requests(0) == 1);
        m_stage->server.say(0, answerTo + "h");
        m_stage->server.close(0);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::RemoteHostClosedError);
        QCOMPARE(reply.text, "h");
    }

    void contentMayEndWithTheConnection()
    {
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.requests(0) == 1);
        m_stage->server.say(0, "HTTP/1.1 200 OK\r\n\r\nhi there");
        m_stage->server.close(0);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::NoError);
        QCOMPARE(reply.text, "hi there");
    }

    void whatIsNotHttpIsAnError()
    {
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.requests(0) == 1);
        m_stage->server.say(0, "SSH-2.0-OpenSSH_9.2\r\n");
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::ProtocolFailure);
        QTRY_VERIFY(!m_stage->server.isOpen(0));
    }

    void nobodyListens()
    {
        const QUrl url = m_stage->server.url();
        m_stage->server.listenNoMore();
        Reply reply(m_stage->manager, url);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::ConnectionRefusedError);
    }

    void abortClosesTheConnection_data()
    {
        QTest::addColumn<bool>("deleted");
        QTest::newRow("abort()") << false;
        QTest::newRow("deleted") << true;
    }

    void abortClosesTheConnection()
    {
        QFETCH(bool, deleted);
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_VERIFY(m_stage->server.connections() == 1 && m_stage->server.requests(0) == 1);
        if (deleted) {
            reply.network.reset();
        } else {
            reply.network->abort();
            QCOMPARE(reply.ended.count(), 1);
            QCOMPARE(reply.network->error(), QNetworkReply::OperationCanceledError);
        }
        QTRY_VERIFY(!m_stage->server.isOpen(0));
    }

    void abortBeforeItBegan()
    {
        Reply reply(m_stage->manager, m_stage->server.url());
        reply.network->abort();
        QCOMPARE(reply.ended.count(), 1);
        QTest::qWait(0);
        QCoreApplication::processEvents();
        QCOMPARE(m_stage->server.connections(), 0);
        QCOMPARE(reply.ended.count(), 1);
    }

    void whoeverReadsMayAbortOrDelete_data()
    {
        QTest::addColumn<bool>("deletes");
        QTest::newRow("abort()") << false;
        QTest::newRow("deletes") << true;
    }

    void whoeverReadsMayAbortOrDelete()
    {
        QFETCH(bool, deletes);
        for (const QByteArray &answer : {hi, answerTo + "h", QByteArray("no HTTP\r\n")}) {
            auto *reply = m_stage->manager.send(QNetworkRequest(m_stage->server.url()), "body");
            const QPointer<QNetworkReply> alive(reply);
            int ended = 0;
            int heard = 0;
            connect(reply, &QNetworkReply::finished, this, [&ended] { ++ended; });
            const auto leave = [reply, deletes, &heard] {
                ++heard;
                if (deletes)
                    delete reply;
                else
                    reply->abort();
            };
            connect(reply, &QIODevice::readyRead, this, leave);
            connect(reply, &QNetworkReply::errorOccurred, this, [&heard] { ++heard; });
            const size_t connection = size_t(m_stage->server.connections());
            QTRY_VERIFY(m_stage->server.connections() > int(connection) &&
                        m_stage->server.requests(connection) == 1);
            m_stage->server.say(connection, answer);
            QTRY_VERIFY(heard > 0);
            m_stage->server.close(connection);
            QTRY_VERIFY(!m_stage->server.isOpen(connection));
            QTRY_VERIFY(!alive || ended == 1);
            QVERIFY(ended <= 1);
            delete alive;
        }
    }
};

QTEST_GUILESS_MAIN(TestPlainReply)
#include "tst_plain_reply.moc"
