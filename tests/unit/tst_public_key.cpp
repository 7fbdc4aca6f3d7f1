// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwk_set.h"

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

QByteArray base64(const QByteArray &data)
{
    return data.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray json(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

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

} // namespace

/// Protects which keys are taken to check tokens with, and what they let pass as signed.
class TestPublicKey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(TestPublicKey)
#include "tst_public_key.moc"
