// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwt.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 nowMs = 1'800'000'000'000;
constexpr qint64 now = nowMs / 1000;

QByteArray base64(const QByteArray &data)
{
    return data.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray json(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject goodClaims()
{
    return {{"iss"_L1, "https://p.example/auth/v1"_L1},
            {"aud"_L1, "authenticated"_L1},
            {"role"_L1, "authenticated"_L1},
            {"sub"_L1, "user-7"_L1},
            {"iat"_L1, now - 10},
            {"exp"_L1, now + 60}};
}

const JwtRules rules{u"https://p.example/auth/v1"_s};

QByteArray token(const QJsonObject &header, const QJsonObject &claims, const QByteArray &signature = "sig")
{
    return base64(json(header)) + '.' + base64(json(claims)) + '.' + base64(signature);
}

} // namespace

/// Protects who is let in: what a token must be, how it must be signed, and what it must say.
class TestJwt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theExampleOfTheStandardIsGood()
    {
        // RFC 7515, A.3
        const QByteArray text =
            "eyJhbGciOiJFUzI1NiJ9."
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        const auto jwt = splitJwt(
            text + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        QVERIFY(jwt.has_value());
        const auto key = PublicKey::fromJwk({{"kty"_L1, "EC"_L1},
                                             {"crv"_L1, "P-256"_L1},
                                             {"x"_L1, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"_L1},
                                             {"y"_L1, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"_L1}});
        QVERIFY(key);
        QCOMPARE(jwt->signedText, text);
        QVERIFY(key->verifies(jwt->signature, jwt->signedText));
        QVERIFY(!key->verifies(jwt->signature, jwt->signedText + ' '));
    }

    void aSecretSignsAsTheStandardSays()
    {
        // RFC 4231, 4.3
        const auto mac =
            QByteArray::fromHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        const QByteArray text = "what do ya want for nothing?";
        QVERIFY(hmacVerifies("Jefe", mac, text));
        QVERIFY(!hmacVerifies("jefe", mac, text));
        QVERIFY(!hmacVerifies("Jefe", mac.chopped(1), text));
        QVERIFY(!hmacVerifies("Jefe", {}, text));
        QVERIFY(!hmacVerifies({}, mac, text));
    }

    void whatIsNoSignedTokenIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QJsonObject header{{"alg"_L1, "HS256"_L1}};
        const QByteArray good = token(header, goodClaims());
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("word") << QByteArray("hello");
        QTest::newRow("two parts") << good.first(good.lastIndexOf('.'));
        QTest::newRow("four parts") << good + ".x";
        QTest::newRow("no signature") << good.first(good.lastIndexOf('.') + 1);
        QTest::newRow("padding") << good + '=';
        QTest::newRow("space") << good + ' ';
        QTest::newRow("plain base64") << good.chopped(1) + '+';
        QTest::newRow("none") << token({{"alg"_L1, "none"_L1}}, goodClaims());
        QTest::newRow("None") << token({{"alg"_L1, "None"_L1}}, goodClaims());
        QTest::newRow("lower case") << token({{"alg"_L1, "hs256"_L1}}, goodClaims());
        QTest::newRow("no algorithm") << token({}, goodClaims());
        QTest::newRow("list of algorithms") << token({{"alg"_L1, QJsonArray{"HS256"_L1}}}, goodClaims());
        QTest::newRow("crit") << token({{"alg"_L1, "HS256"_L1}, {"crit"_L1, QJsonArray{"exp"_L1}}}, {});
        QTest::newRow("huge") << token(header, {{"x"_L1, QString(9000, u'x')}});
        QTest::newRow("not json") << base64("alg") + '.' + base64("{}") + '.' + base64("s");
    }

    void whatIsNoSignedTokenIsRefused()
    {
        QFETCH(QByteArray, text);
        const auto jwt = splitJwt(text);
        QVERIFY(!jwt);
        QCOMPARE(jwt.error().code, u"bad_token"_s);
        QVERIFY(text.isEmpty() || !jwt.error().message.toUtf8().contains(text));
    }

    void claimsDecideWhoItIs_data()
    {
        QTest::addColumn<QString>("claim");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("code"); // empty: let in
        const auto row = [](const char *name, const QString &claim, const QJsonValue &value,
                            const QString &code = u"bad_token"_s) {
            QTest::newRow(name) << claim << value << code;
        };
        const QJsonValue absent(QJsonValue::Undefined);
        row("good", u"extra"_s, 1, {});
        row("ends now", u"exp"_s, now, u"token_expired"_s);
        row("ends in a moment", u"exp"_s, now + 1, {});
        row("ended", u"exp"_s, now - 1, u"token_expired"_s);
        row("no end", u"exp"_s, absent);
        row("end as text", u"exp"_s, QString::number(now + 60));
        row("negative end", u"exp"_s, -1);
        row("endless end", u"exp"_s, 1e300);
        row("valid since", u"nbf"_s, now - 1, {});
        row("clocks differ", u"nbf"_s, now + 3, {});
        row("not yet", u"nbf"_s, now + 60);
        row("nbf as text", u"nbf"_s, u"soon"_s);
        row("issued later", u"iat"_s, now + 60);
        row("no iat", u"iat"_s, absent, {});
        row("issuer", u"iss"_s, u"https://q.example/auth/v1"_s);
        row("issuer with slash", u"iss"_s, u"https://p.example/auth/v1/"_s);
        row("no issuer", u"iss"_s, absent);
        row("audience", u"aud"_s, u"anon"_s);
        row("audiences", u"aud"_s, QJsonArray{u"a"_s, u"authenticated"_s}, {});
        row("other audiences", u"aud"_s, QJsonArray{u"a"_s, u"b"_s});
        row("no audience", u"aud"_s, absent);
        row("role", u"role"_s, u"anon"_s);
        row("service", u"role"_s, u"service_role"_s);
        row("no role", u"role"_s, absent);
        row("no subject", u"sub"_s, absent);
        row("empty subject", u"sub"_s, QString());
        row("number as subject", u"sub"_s, 7);
        row("odd subject", u"sub"_s, u"a\nb"_s);
        row("long subject", u"sub"_s, QString(257, u'x'));
    }

    void claimsDecideWhoItIs()
    {
        QFETCH(QString, claim);
        QFETCH(QJsonValue, value);
        QFETCH(QString, code);
        QJsonObject claims = goodClaims();
        claims[claim] = value;
        const auto identity = identityOf(claims, rules, nowMs);
        QCOMPARE(identity ? QString() : identity.error().code, code);
        if (identity) {
            QCOMPARE(identity->userId, u"user-7"_s);
            QCOMPARE(*identity->expiresAtMs, claims["exp"_L1].toInteger() * 1000);
        }
    }
};

QTEST_GUILESS_MAIN(TestJwt)
#include "tst_jwt.moc"
