// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/client_tokens.h"
#include "auth/jwk_set.h"
#include "auth/jwt.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

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

/// A key pair of OpenSSL's own making.
class Pair
{
public:
    explicit Pair(EVP_PKEY *key)
        : m_key(key, EVP_PKEY_free)
    {
    }

    [[nodiscard]] QByteArray number(const char *name, qsizetype size = 0) const
    {
        BIGNUM *value = nullptr;
        EVP_PKEY_get_bn_param(m_key.get(), name, &value);
        QByteArray bytes(size > 0 ? size : BN_num_bytes(value), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char *>(bytes.data()), int(bytes.size()));
        BN_free(value);
        return bytes;
    }
    /// As OpenSSL makes it: for EC in DER.
    [[nodiscard]] QByteArray sign(const QByteArray &text) const
    {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        size_t size = 0;
        const auto *bytes = reinterpret_cast<const unsigned char *>(text.constData());
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, m_key.get());
        EVP_DigestSign(context, nullptr, &size, bytes, size_t(text.size()));
        QByteArray signature(qsizetype(size), '\0');
        EVP_DigestSign(context, reinterpret_cast<unsigned char *>(signature.data()), &size, bytes,
                       size_t(text.size()));
        EVP_MD_CTX_free(context);
        return signature.first(qsizetype(size));
    }

private:
    std::shared_ptr<EVP_PKEY> m_key;
};

QByteArray sideBySide(const QByteArray &der)
{
    const auto *at = reinterpret_cast<const unsigned char *>(der.constData());
    ECDSA_SIG *pair = d2i_ECDSA_SIG(nullptr, &at, der.size());
    QByteArray bytes(64, '\0');
    auto *out = reinterpret_cast<unsigned char *>(bytes.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
    ECDSA_SIG_free(pair);
    return bytes;
}

QJsonObject ecJwk(const Pair &pair, const QString &id)
{
    return {{"kty"_L1, "EC"_L1},
            {"crv"_L1, "P-256"_L1},
            {"kid"_L1, id},
            {"x"_L1, QString::fromLatin1(base64(pair.number(OSSL_PKEY_PARAM_EC_PUB_X, 32)))},
            {"y"_L1, QString::fromLatin1(base64(pair.number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)))}};
}

QJsonObject rsaJwk(const Pair &pair, const QString &id)
{
    return {{"kty"_L1, "RSA"_L1},
            {"kid"_L1, id},
            {"alg"_L1, "RS256"_L1},
            {"n"_L1, QString::fromLatin1(base64(pair.number(OSSL_PKEY_PARAM_RSA_N)))},
            {"e"_L1, QString::fromLatin1(base64(pair.number(OSSL_PKEY_PARAM_RSA_E)))}};
}

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

    void signaturesOfFreshKeysAreGoodAndChangedOnesAreNot()
    {
        const Pair ec(EVP_EC_gen("P-256"));
        const Pair rsa(EVP_RSA_gen(2048));
        const auto ecKey = PublicKey::fromJwk(ecJwk(ec, u"e"_s));
        const auto rsaKey = PublicKey::fromJwk(rsaJwk(rsa, u"r"_s));
        QVERIFY(ecKey && rsaKey);
        QVERIFY(ecKey->algorithm() == JwsAlgorithm::Es256 && rsaKey->algorithm() == JwsAlgorithm::Rs256);
        const QByteArray text = "some.text";
        const QByteArray der = ec.sign(text);
        for (const auto &[key, good] : {std::pair{*ecKey, sideBySide(der)}, {*rsaKey, rsa.sign(text)}}) {
            QVERIFY(key.verifies(good, text));
            QVERIFY(!key.verifies(good, "some.other"));
            for (qsizetype i = 0; i < good.size(); i += 7) {
                QByteArray changed = good;
                changed[i] = char(changed[i] ^ 1);
                QVERIFY(!key.verifies(changed, text));
            }
            QVERIFY(!key.verifies(good.chopped(1), text));
            QVERIFY(!key.verifies(good + 'x', text));
            QVERIFY(!key.verifies({}, text));
            QVERIFY(!key.verifies(QByteArray(good.size(), '\0'), text));
        }
        QVERIFY(!ecKey->verifies(der, text)); // not as JWS has it
        QVERIFY(!rsaKey->verifies(sideBySide(der), text));
    }

    void keysThatAreWeakOrForSomethingElseAreLeftOut_data()
    {
        QTest::addColumn<QJsonObject>("jwk");
        const Pair ec(EVP_EC_gen("P-256"));
        const auto with = [](QJsonObject jwk, const QString &name, const QJsonValue &value) {
            jwk[name] = value;
            return jwk;
        };
        QTest::newRow("short rsa") << rsaJwk(Pair(EVP_RSA_gen(1024)), u"k"_s);
        QTest::newRow("other curve") << with(ecJwk(ec, u"k"_s), u"crv"_s, u"P-384"_s);
        QTest::newRow("not on the curve")
            << with(ecJwk(ec, u"k"_s), u"x"_s, QString::fromLatin1(base64(QByteArray(32, '\1'))));
        QTest::newRow("short coordinate")
            << with(ecJwk(ec, u"k"_s), u"x"_s, QString::fromLatin1(base64(QByteArray(31, '\1'))));
        QTest::newRow("encryption") << with(ecJwk(ec, u"k"_s), u"use"_s, u"enc"_s);
        QTest::newRow("other algorithm") << with(ecJwk(ec, u"k"_s), u"alg"_s, u"RS256"_s);
        QTest::newRow("secret") << QJsonObject{{"kty"_L1, "oct"_L1}, {"k"_L1, "c2VjcmV0"_L1}};
        QTest::newRow("empty") << QJsonObject();
    }

    void keysThatAreWeakOrForSomethingElseAreLeftOut()
    {
        QFETCH(QJsonObject, jwk);
        QVERIFY(!PublicKey::fromJwk(jwk));
        const auto set = JwkSet::parse(json({{"keys"_L1, QJsonArray{jwk}}}));
        QVERIFY(set.has_value() && set->isEmpty());
    }

    void aSetFindsAKeyByItsNameForItsAlgorithmOnly()
    {
        const Pair ec(EVP_EC_gen("P-256"));
        const Pair rsa(EVP_RSA_gen(2048));
        const QJsonArray keys{ecJwk(ec, u"a"_s), rsaJwk(rsa, u"b"_s), ecJwk(ec, u"c"_s)};
        const auto set = JwkSet::parse(json({{"keys"_L1, keys}}));
        QVERIFY(set.has_value());
        QVERIFY(set->find(u"a"_s, JwsAlgorithm::Es256));
        QVERIFY(!set->find(u"a"_s, JwsAlgorithm::Rs256));
        QVERIFY(!set->find(u"b"_s, JwsAlgorithm::Hs256));
        QVERIFY(!set->find(u"x"_s, JwsAlgorithm::Es256));
        QVERIFY(set->find({}, JwsAlgorithm::Rs256));  // there is but one
        QVERIFY(!set->find({}, JwsAlgorithm::Es256)); // one of two would be a guess
        QCOMPARE(JwkSet::parse("<html>").error().code, u"bad_keys"_s);
        QCOMPARE(JwkSet::parse("{}").error().code, u"bad_keys"_s);
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

    void clientTokensNameTheirUser()
    {
        const auto tokens = ClientTokens::parse(u" ana:s3cret, bob : a:b ,"_s);
        QVERIFY(tokens.has_value());
        QCOMPARE(tokens->nameOf("s3cret"), u"ana"_s);
        QCOMPARE(tokens->nameOf("a:b"), u"bob"_s);
        for (const QByteArray wrong : {"", "s3cre", "s3cret ", "S3CRET", "ana", "ana:s3cret"})
            QVERIFY(!tokens->nameOf(wrong));
    }

    void listsOfTokensThatMeanNothingAreRefused()
    {
        for (const QString &list : {u""_s, u","_s, u"s3cret"_s, u"ana:"_s, u":s3cret"_s,
                                    u"a:s3cret,a:other"_s, u"a:s3cret,b:s3cret"_s}) {
            const auto tokens = ClientTokens::parse(list);
            QVERIFY2(!tokens, qPrintable(list));
            QVERIFY(!tokens.error().message.contains("s3cret"_L1));
        }
    }
};

QTEST_GUILESS_MAIN(TestJwt)
#include "tst_jwt.moc"
