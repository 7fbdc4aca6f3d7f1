// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/connection_ledger.h"
#include "gateway/credentials.h"
#include "gateway/message_rate.h"
#include "gateway/origin_policy.h"
#include "gateway/trusted_proxies.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using Verdict = OriginPolicy::Verdict;

namespace {

RequestHead head(const QByteArray &lines, const QByteArray &first = "GET /ws/session/s HTTP/1.1")
{
    return *parseRequestHead(first + "\r\n" + lines + "\r\n");
}

const QByteArray upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

} // namespace

/// Protects the door: which pages and which addresses may do what, and how much.
class TestOrigins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsAreReadAsPeopleWriteThem_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<bool>("good");
        const auto row = [](const QString &list, bool good) {
            QTest::newRow(qPrintable(list)) << list << good;
        };
        row(u""_s, true);
        row(u"*"_s, true);
        row(u"null"_s, true);
        row(u"https://a.example,http://b.example:81"_s, true);
        row(u" https://a.example/ , https://*.b.example "_s, true);
        row(u"a.example"_s, false);
        row(u"https://"_s, false);
        row(u"ht\ntps://a.example"_s, false);
        row(u"https://a.example/path"_s, false);
        row(u"https://a.*.example"_s, false);
        row(u"https://*"_s, false);
        row(u"https://user@a.example"_s, false);
        row(u"https://[::1]:8000, capacitor://localhost, http://127.0.0.1:3000"_s, true);
        for (const auto *odd : {":99999", ":abc", ":", "?x=1", "#x", "..b"})
            row(u"https://a.example"_s + QLatin1StringView(odd), false);
        row(u"https://[::1"_s, false);
        row(u"https://a.example https://b.example"_s, false);
    }

    void listsAreReadAsPeopleWriteThem()
    {
        QFETCH(QString, list);
        QFETCH(bool, good);
        QCOMPARE(OriginPolicy::parse(list).has_value(), good);
    }

    void anEmptyListIsNoPermissionToReadAnswers()
    {
        const auto policy = OriginPolicy::parse({});
        QVERIFY(!policy->lists("https://a.example"));
        QVERIFY(policy->corsHeaders("https://a.example").isEmpty());
        QVERIFY(!policy->preflightAnswer("https://a.example").contains("Access-Control"));
    }

    void whatIsEchoedIsWhatIsListed()
    {
        const auto policy = OriginPolicy::parse(u"https://*.b.example"_s);
        QVERIFY(policy->lists("https://a.b.example"));
        for (const QByteArray odd :
             {"https://a\nX: y.b.example", "https://a\r.b.example", "https://a b.b.example",
              "https://a/.b.example", "https://b.example", "javascript://.b.example"})
            QVERIFY2(policy->corsHeaders(odd).isEmpty(), odd.constData());
    }

    void aConversationIsOpenWithoutAListAndClosedWithOne()
    {
        const auto open = OriginPolicy::parse({});
        const auto listed = OriginPolicy::parse(u"https://a.example"_s);
        const RequestHead chat = head(upgrade + "Origin: https://x.example\r\n");
        QVERIFY(open->judge(chat, "localhost") == Verdict::Allowed);
        QVERIFY(listed->judge(chat, "localhost") == Verdict::WrongOrigin);
        for (const QByteArray path : {"/ws/operator", "/ws/sessions", "/ws/other"}) {
            const auto other = head(upgrade + "Origin: https://x.example\r\n", "GET " + path + " HTTP/1.1");
            QVERIFY2(open->judge(other, "localhost") == Verdict::WrongOrigin, path.constData());
        }
        const auto post = head("Origin: https://x.example\r\n", "POST /api/x HTTP/1.1");
        QVERIFY(open->judge(post, "localhost") == Verdict::WrongOrigin);
        const auto own = head("Origin: http://localhost:8000\r\n", "POST /api/x HTTP/1.1");
        QVERIFY(open->judge(own, "localhost:8000") == Verdict::Allowed);
        QVERIFY(open->judge(own, "localhost:8001") == Verdict::WrongOrigin);
        QVERIFY(open->judge(own, "") == Verdict::WrongOrigin);
    }

    void aGuardedHostIsThisMachinesOrListed()
    {
        auto policy = OriginPolicy::parse(u"https://a.example, https://*.b.example:444"_s);
        const RequestHead plain = head({}, "GET / HTTP/1.1");
        QVERIFY(policy->judge(plain, "rebound.example") == Verdict::Allowed);
        policy->guardHost();
        for (const QByteArray host : {"localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000", "192.168.1.2:80",
                                      "x.localhost", "a.example:8000", "c.b.example", ""})
            QVERIFY2(policy->judge(plain, host) == Verdict::Allowed, host.constData());
        for (const QByteArray host : {"rebound.example", "localhost.example", "a.example.org", "127.0.0.1.x"})
            QVERIFY2(policy->judge(plain, host) == Verdict::WrongHost, host.constData());
        QVERIFY(policy->judge(plain, "rebound.example", true) == Verdict::Allowed);
    }

    void forwardedAddressesCountFromTrustedProxiesOnly()
    {
        const auto proxies = TrustedProxies::parse(u"10.0.0.0/8, ::1"_s);
        QVERIFY(proxies);
        const auto clientOf = [&proxies](const char *peer, const QByteArray &lines) {
            return proxies->clientOf(QHostAddress(QLatin1StringView(peer)), head(lines)).toString();
        };
        const QByteArray line = "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n";
        QCOMPARE(clientOf("9.9.9.9", line), u"9.9.9.9"_s);
        QCOMPARE(clientOf("10.1.2.3", line), u"2.2.2.2"_s);
        QCOMPARE(clientOf("::ffff:10.1.2.3", line), u"2.2.2.2"_s);
        QCOMPARE(clientOf("::1", line + "X-Forwarded-For: 10.7.7.7\r\n"), u"2.2.2.2"_s);
        QCOMPARE(clientOf("10.1.2.3", "X-Forwarded-For: 1.1.1.1, rubbish\r\n"), u"10.1.2.3"_s);
        QCOMPARE(clientOf("10.1.2.3", {}), u"10.1.2.3"_s);
        QCOMPARE(clientOf("10.1.2.3", "X-Forwarded-For: 2.2.2.2:4711\r\n"), u"2.2.2.2"_s);
        QCOMPARE(clientOf("10.1.2.3", "X-Forwarded-For: [2001:db8::1]:4711\r\n"), u"2001:db8::1"_s);
        for (const QString &wrong : {u"proxy"_s, u"10"_s, u"10.0.0.0/99"_s, u"1.2.3.4/x"_s})
            QVERIFY2(!TrustedProxies::parse(wrong), qPrintable(wrong));
        const auto host = head("Host: inner\r\nX-Forwarded-Host: outer\r\n");
        QCOMPARE(proxies->hostOf(QHostAddress(u"10.1.2.3"_s), host), "outer");
        QCOMPARE(proxies->hostOf(QHostAddress(u"9.9.9.9"_s), host), "inner");
        const auto hops = head("Host: inner\r\nX-Forwarded-Host: outer, between\r\n");
        QCOMPARE(proxies->hostOf(QHostAddress(u"10.1.2.3"_s), hops), "outer");
    }

    void tokensAreFoundWhereClientsPutThem()
    {
        QCOMPARE(credentialsOf(head("Authorization: Bearer a.b\r\n")), "a.b");
        QCOMPARE(credentialsOf(head("authorization: bearer  a.b \r\n")), "a.b");
        QCOMPARE(credentialsOf(head("Sec-WebSocket-Protocol: loquat, bearer.a.b\r\n")), "a.b");
        QVERIFY(!credentialsOf(head("Authorization: Basic abc\r\n")));
        QVERIFY(!credentialsOf(head("Authorization: Bearer \r\n")));
        QVERIFY(!credentialsOf(head("Sec-WebSocket-Protocol: loquat\r\n")));
        QVERIFY(!credentialsOf(head({}, "GET /ws/session/s?token=abc HTTP/1.1")));
    }

    void aMinutesMessagesAreTakenThenRefusedThenTooMuch()
    {
        using Take = MessageRate::Verdict;
        MessageRate rate(60);
        for (int i = 0; i < 60; ++i)
            QVERIFY(rate.take(1000) == Take::Taken);
        QVERIFY(rate.take(1000) == Take::Refused);
        QVERIFY(rate.take(3001) == Take::Taken); // two were earned, one of them for the refused one
        for (int i = 0; i < 60; ++i)
            QVERIFY(rate.take(3001) == Take::Refused);
        QVERIFY(rate.take(3001) == Take::TooMuch);
        QVERIFY(rate.take(300'000) == Take::Taken);
    }

    void placesAreCountedAndGivenBack()
    {
        GatewayLimits limits;
        limits.maxConnections = 2;
        limits.maxConnectionsPerAddress = 1;
        ConnectionLedger ledger(limits);
        const QHostAddress one(u"192.0.2.1"_s);
        auto first = ledger.enter();
        auto second = ledger.enter();
        QVERIFY(ledger.enter().verdict == ConnectionLedger::Verdict::Refused);
        first.place.reset();
        QVERIFY(ledger.enter().verdict == ConnectionLedger::Verdict::Admitted);
        QCOMPARE(ledger.count(), 1);

        auto hers = ledger.enterFrom(one);
        QVERIFY(hers.verdict == ConnectionLedger::Verdict::Admitted);
        QVERIFY(ledger.enterFrom(one).verdict == ConnectionLedger::Verdict::Refused);
        QVERIFY(ledger.enterFrom(QHostAddress(u"192.0.2.2"_s)).verdict ==
                ConnectionLedger::Verdict::Admitted);
        hers.place.reset();
        QVERIFY(ledger.enterFrom(one).verdict == ConnectionLedger::Verdict::Admitted);

        const auto house = ledger.enterFrom(QHostAddress(u"2001:db8:1:2::1"_s));
        QVERIFY(ledger.enterFrom(QHostAddress(u"2001:db8:1:2:3:4:5:6"_s)).verdict ==
                ConnectionLedger::Verdict::Refused);
        QVERIFY(ledger.enterFrom(QHostAddress(u"2001:db8:1:3::1"_s)).verdict ==
                ConnectionLedger::Verdict::Admitted);

        const QHostAddress own(QHostAddress::LocalHost);
        const auto here = ledger.enterFrom(own);
        QVERIFY(ledger.enterFrom(own).verdict == ConnectionLedger::Verdict::Admitted); // unless it is set
        std::vector<ConnectionLedger::Entry> flood;
        for (int i = 0; i < 200; ++i)
            flood.push_back(ledger.enter());
        QVERIFY(flood.back().verdict == ConnectionLedger::Verdict::Dropped);
    }
};

QTEST_GUILESS_MAIN(TestOrigins)
#include "tst_origins.moc"
