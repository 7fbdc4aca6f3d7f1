// SPDX-License-Identifier: GPL-3.0-or-later
#include "door_factory.h"

#include "auth/client_tokens.h"
#include "auth/jwt_authenticator.h"
#include "settings_reader.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Expected<QByteArray> contents(const QString &setting, const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return SettingsReader::wrong(setting, u"cannot read '%1': %2"_s.arg(name, file.errorString()),
                                     u"the path of a readable file in PEM format"_s);
    return file.readAll();
}

template <typename T, auto Read> std::shared_ptr<T> readPem(const QByteArray &pem, void (*free)(T *))
{
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_mem_buf(pem.constData(), int(pem.size())),
                                                            &BIO_free_all);
    // A key with a password would be asked for on the terminal.
    const auto noPassword = [](char *, int, int, void *) { return 0; };
    T *object = Read(bio.get(), nullptr, noPassword, nullptr);
    return object ? std::shared_ptr<T>(object, free) : nullptr;
}

/// Whether clients of today shake hands with it: RSA of 2048 bits, or a curve that TLS 1.3 knows (RFC
/// 8446, 4.2.7).
bool isStrongEnough(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= 2048;
    std::array<char, 64> curve{};
    if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) != 1)
        return false;
    const auto is = [&curve](const char *name) { return qstrcmp(curve.data(), name) == 0; };
    return is("prime256v1") || is("secp384r1") || is("secp521r1");
}

} // namespace

Expected<QSslConfiguration> loadTls(const DoorOptions &door)
{
    const QString certSetting = u"LOQUAT_TLS_CERT"_s;
    const QString keySetting = u"LOQUAT_TLS_KEY"_s;
    const auto certPem = contents(certSetting, door.tlsCert);
    if (!certPem)
        return certPem.error();
    const auto keyPem = contents(keySetting, door.tlsKey);
    if (!keyPem)
        return keyPem.error();
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certPem, QSsl::Pem);
    const auto first = readPem<X509, PEM_read_bio_X509>(*certPem, X509_free);
    if (chain.isEmpty() || !first)
        return SettingsReader::wrong(certSetting, u"there is no certificate in '%1'"_s.arg(door.tlsCert),
                                     u"a certificate in PEM format, its chain after it"_s);
    const auto opened = readPem<EVP_PKEY, PEM_read_bio_PrivateKey>(*keyPem, EVP_PKEY_free);
    QSslKey key(*keyPem, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(*keyPem, QSsl::Ec);
    if (!opened || key.isNull())
        return SettingsReader::wrong(keySetting, u"there is no usable key in '%1'"_s.arg(door.tlsKey),
                                     u"an RSA or EC key in PEM format without a password"_s);
    if (X509_check_private_key(first.get(), opened.get()) != 1)
        return SettingsReader::wrong(keySetting, u"it does not belong to the certificate"_s,
                                     u"the key that the certificate was made for"_s);
    if (!isStrongEnough(opened.get()))
        return SettingsReader::wrong(keySetting, u"clients do not accept a key of this size or curve"_s,
                                     u"RSA with 2048 bits or more, or EC on P-256, P-384 or P-521"_s);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(key);
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone); // clients have no certificates
    return tls;
}

Expected<DoorPolicy> makeDoorPolicy(const Options &options, Clock &clock)
{
    const DoorOptions &door = options.door;
    DoorPolicy policy{OriginPolicy::parse(door.allowedOrigins).value_or(OriginPolicy()),
                      TrustedProxies::parse(door.trustedProxies).value_or(TrustedProxies()),
                      {},
                      {}};
    if (options.host.isLoopback())
        policy.origins.guardHost();
    if (door.auth == DoorOptions::Auth::Token) {
        auto tokens = ClientTokens::parse(door.clientTokens);
        if (!tokens)
            return tokens.error();
        policy.authenticator = std::make_shared<ClientTokens>(std::move(*tokens));
    } else if (door.auth == DoorOptions::Auth::Jwt) {
        policy.authenticator =
            std::make_shared<JwtAuthenticator>(JwtSettings{door.jwtSecret,
                                                           door.jwtKeysUrl,
                                                           {door.jwtIssuer, door.jwtAudience, door.jwtRole},
                                                           door.jwksPause},
                                               clock);
    }
    if (!door.tlsCert.isEmpty()) {
        auto tls = loadTls(door);
        if (!tls)
            return tls.error();
        policy.tls = std::move(*tls);
    }
    return policy;
}

} // namespace loquat
