// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/buffered_route.h"

#include <QTest>
#include <QUrl>

using namespace loquat;
using namespace Qt::StringLiterals;

class BufferedRouteTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy); }
    void cleanup() { QNetworkProxy::setApplicationProxy(QNetworkProxy::DefaultProxy); }

    void aPlainConnectionWithNothingInTheWayIsOneThatTunnels()
    {
        const auto route =
            BufferedRoute().queryProxy(QNetworkProxyQuery(QUrl(u"http://model.test:8080/v1"_s)));
        QCOMPARE(route.size(), 1);
        // Of type NoProxy the manager would open the socket unbuffered; of any other it would go elsewhere.
        QCOMPARE(route.first().type(), QNetworkProxy::DefaultProxy);
        QVERIFY(route.first().isTransparentProxy());
    }

    void aProxyStays_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("plain") << u"http://model.test/v1"_s;
        QTest::newRow("tls") << u"https://model.test/v1"_s;
    }

    void aProxyStays()
    {
        QFETCH(QString, url);
        const QNetworkProxy set(QNetworkProxy::HttpProxy, u"proxy.test"_s, 3128);
        QNetworkProxy::setApplicationProxy(set);
        const auto route = BufferedRoute().queryProxy(QNetworkProxyQuery(QUrl(url)));
        QCOMPARE(route, QList<QNetworkProxy>{set});
    }

    void aConnectionOverTlsIsLeftAlone()
    {
        const QNetworkProxyQuery query(QUrl(u"https://model.test/v1"_s));
        QCOMPARE(BufferedRoute().queryProxy(query), QNetworkProxyFactory::proxyForQuery(query));
    }
};

QTEST_GUILESS_MAIN(BufferedRouteTest)
#include "tst_buffered_route.moc"
