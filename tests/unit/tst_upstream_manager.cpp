// SPDX-License-Identifier: GPL-3.0-or-later
#include "upstream_stage.h"

#include <QNetworkProxy>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects who answers a request, and the use of a connection for the next one: only where that is safe.
class TestUpstreamManager : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<UpstreamStage> m_stage;

private Q_SLOTS:
    void init() { m_stage = std::make_unique<UpstreamStage>(); }

    void whatIsPlain()
    {
        QVERIFY(UpstreamManager::isPlain(QUrl(u"http://model.test:8080/v1"_s)));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"https://model.test/v1"_s)));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"http://user:password@model.test/v1"_s)));
        QNetworkProxy::setApplicationProxy(QNetworkProxy(QNetworkProxy::HttpProxy, u"127.0.0.1"_s, 1));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"http://model.test:8080/v1"_s)));
        QNetworkProxy::setApplicationProxy(QNetworkProxy(QNetworkProxy::DefaultProxy));
    }

    void aConnectionIsUsedAgain()
    {
        QCOMPARE(m_stage->ask(0), "hi");
        QCOMPARE(m_stage->ask(0), "hi");
        QCOMPARE(m_stage->server.connections(), 1);
    }

    void butNotWhereThatIsUnsafe_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("closes") << QByteArray(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        QTest::newRow("said too much") << hi + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
        QTest::newRow("HTTP/1.0") << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }

    void butNotWhereThatIsUnsafe()
    {
        QFETCH(QByteArray, answer);
        QCOMPARE(m_stage->ask(0, answer), "hi");
        QCOMPARE(m_stage->ask(1), "hi");
        QTRY_VERIFY(!m_stage->server.isOpen(0));
    }

    void norAfterItSaidSomethingUnasked()
    {
        QCOMPARE(m_stage->ask(0), "hi");
        m_stage->server.say(0, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        QTRY_VERIFY(!m_stage->server.isOpen(0));
        QCOMPARE(m_stage->ask(1), "hi");
    }

    void whatWasNotWantedWholeIsNotFollowedByMore()
    {
        // More than the two ends of a connection take in, so that some of it waits while the server answers.
        const QByteArray large(32 * 1024 * 1024, 'x');
        m_stage->server.setReads(false);
        const std::unique_ptr<QNetworkReply> reply(
            m_stage->manager.send(QNetworkRequest(m_stage->server.url()), large));
        QTRY_COMPARE(m_stage->server.connections(), 1);
        m_stage->server.say(0, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        QTRY_VERIFY(reply->isFinished());
        QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 413);
        m_stage->server.setReads(true);
        QCOMPARE(m_stage->ask(1), "hi");
    }

    void aServerThatClosesWhileItIsAskedIsAskedAnew()
    {
        QCOMPARE(m_stage->ask(0), "hi");
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_COMPARE(m_stage->server.requests(0), 2);
        m_stage->server.close(0); // instead of an answer
        QTRY_COMPARE(m_stage->server.connections(), 2);
        QTRY_COMPARE(m_stage->server.requests(1), 1);
        m_stage->server.say(1, hi);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.text, "hi");
    }

    void butOnlyOnce()
    {
        QCOMPARE(m_stage->ask(0), "hi");
        Reply reply(m_stage->manager, m_stage->server.url());
        QTRY_COMPARE(m_stage->server.requests(0), 2);
        m_stage->server.close(0);
        QTRY_COMPARE(m_stage->server.connections(), 2);
        QTRY_COMPARE(m_stage->server.requests(1), 1);
        m_stage->server.close(1);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::RemoteHostClosedError);
        QCOMPARE(m_stage->server.connections(), 2);
    }

    void theRequestIsToldToBeSentOnce()
    {
        QCOMPARE(m_stage->ask(0), "hi");
        const std::unique_ptr<QNetworkReply> reply(
            m_stage->manager.send(QNetworkRequest(m_stage->server.url()), "body"));
        const QSignalSpy sent(reply.get(), &QNetworkReply::requestSent);
        m_stage->server.reset(0); // is noticed by writing
        QTRY_COMPARE(m_stage->server.connections(), 2);
        QTRY_COMPARE(m_stage->server.requests(1), 1);
        QTRY_COMPARE(sent.count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestUpstreamManager)
#include "tst_upstream_manager.moc"
