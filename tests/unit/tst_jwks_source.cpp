// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwks_source.h"
#include "fakes/fake_web.h"
#include "fakes/manual_clock.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// RFC 7515, A.3
const QByteArray keys =
    R"({"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

struct Stage
{
    FakeWeb issuer;
    ManualClock clock;
    FakeWeb::Answer answer{200, keys};
    JwksSource source{QUrl(issuer.url(u"/jwks"_s)), clock, 30s};
    int done = 0;
    bool heard = false;

    Stage()
    {
        issuer.handle = [this](const FakeWeb::Request &) { return answer; };
    }
    void refresh(int expected)
    {
        source.refresh([this](bool answered) {
            ++done;
            heard = answered;
        });
        QTRY_COMPARE(done, expected);
    }
    [[nodiscard]] bool hasKey() const { return source.current()->find(u"one"_s, JwsAlgorithm::Es256); }
};

} // namespace

/// Protects the issuer from being asked too often, and the clients from an issuer that is away.
class TestJwksSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void askedAgainTooSoonItAnswersFromMemory()
    {
        Stage stage;
        QVERIFY(!stage.hasKey());
        stage.refresh(1);
        QVERIFY(stage.hasKey());
        for (int i = 2; i < 50; ++i)
            stage.refresh(i);
        QCOMPARE(stage.issuer.seen.size(), 1);
        QVERIFY(stage.heard);
        stage.clock.advance(30s);
        stage.refresh(50);
        QCOMPARE(stage.issuer.seen.size(), 2);
    }

    void manyWhoWaitShareOneQuestion()
    {
        Stage stage;
        for (int i = 0; i < 20; ++i)
            stage.source.refresh([&stage](bool) { ++stage.done; });
        QTRY_COMPARE(stage.done, 20);
        QCOMPARE(stage.issuer.seen.size(), 1);
    }

    void keysStayGoodWhileTheIssuerIsAway_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("error") << 500 << QByteArray("{}");
        QTest::newRow("rubbish") << 200 << QByteArray("<html>");
        QTest::newRow("elsewhere") << 302 << keys;
        QTest::newRow("endless") << 200 << QByteArray(1024 * 1024, ' ');
    }

    void keysStayGoodWhileTheIssuerIsAway()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        Stage stage;
        stage.refresh(1);
        stage.answer.status = status;
        stage.answer.body = body;
        stage.clock.advance(1min);
        stage.refresh(2);
        QCOMPARE(stage.issuer.seen.size(), 2);
        QVERIFY(stage.hasKey());
        QVERIFY(!stage.heard);
        stage.refresh(3); // too soon to ask again
        QVERIFY(!stage.heard);
    }

    void keysThatTheIssuerTookBackAreForgotten()
    {
        Stage stage;
        stage.refresh(1);
        stage.answer.body = R"({"keys":[]})";
        stage.source.refreshIfOld();
        stage.clock.advance(11min);
        stage.source.refreshIfOld();
        QTRY_VERIFY(!stage.hasKey());
        QCOMPARE(stage.issuer.seen.size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestJwksSource)
#include "tst_jwks_source.moc"
