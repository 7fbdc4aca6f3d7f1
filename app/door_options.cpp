// SPDX-License-Identifier: GPL-3.0-or-later
#include "door_options.h"

#include "auth/client_tokens.h"
#include "gateway/limits.h"
#include "gateway/origin_policy.h"
#include "gateway/trusted_proxies.h"
#include "settings_reader.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype goodSecretBytes = 32; // RFC 7518, 3.2
/// Another node names many sessions in one frame, whatever clients may send.
constexpr quint64 leastOperatorFrame = 64 * 1024;

Expected<void> readJwt(SettingsReader &reader, DoorOptions &door, QStringList &notes)
{
    const auto or_ = [](const QString &text, const QString &fallback) {
        return text.isEmpty() ? fallback : text;
    };
    door.jwtSecret = reader.text(u"SUPABASE_JWT_SECRET"_s).toUtf8();
    QString project = reader.text(u"SUPABASE_URL"_s);
    while (project.endsWith(u'/'))
        project.chop(1);
    if (project.isEmpty() && door.jwtSecret.isEmpty())
        return SettingsReader::wrong(u"LOQUAT_AUTH"_s, u"'jwt' has nothing to check tokens with"_s,
                                     u"SUPABASE_URL or SUPABASE_JWT_SECRET to be set as well"_s);
    if (!project.isEmpty()) {
        const auto url = SettingsReader::webUrl(u"SUPABASE_URL"_s, project);
        if (!url)
            return url.error();
        const bool near = url->host() == "localhost"_L1 || QHostAddress(url->host()).isLoopback();
        if (url->scheme() != "https"_L1 && !near)
            return SettingsReader::wrong(u"SUPABASE_URL"_s, u"keys are not fetched over plain http"_s,
                                         u"https://PROJECT.supabase.co"_s);
        if (!url->userInfo().isEmpty()) // it would show up in logs
            return SettingsReader::wrong(u"SUPABASE_URL"_s, u"it holds a name or a password"_s,
                                         u"https://PROJECT.supabase.co"_s);
        door.jwtKeysUrl = QUrl(project + u"/auth/v1/.well-known/jwks.json"_s);
    }
    door.jwtIssuer =
        or_(reader.text(u"LOQUAT_JWT_ISSUER"_s), project.isEmpty() ? QString() : project + u"/auth/v1"_s);
    door.jwtAudience = or_(reader.text(u"LOQUAT_JWT_AUDIENCE"_s), u"authenticated"_s);
    door.jwtRole = or_(reader.text(u"LOQUAT_JWT_ROLE"_s), u"authenticated"_s);
    door.jwksPause = std::chrono::milliseconds(
        reader.number(u"LOQUAT_JWKS_PAUSE_MS"_s, door.jwksPause.count(), 1, 3'600'000));
    if (door.jwtIssuer.isEmpty())
        notes.append(u"neither SUPABASE_URL nor LOQUAT_JWT_ISSUER is set: the issuer of tokens is not "
                     "compared"_s);
    if (!door.jwtSecret.isEmpty() && door.jwtSecret.size() < goodSecretBytes)
        notes.append(u"SUPABASE_JWT_SECRET is shorter than 32 bytes and may be guessed"_s);
    return {};
}

Expected<void> readTls(const SettingsReader &reader, DoorOptions &door)
{
    door.tlsCert = reader.text(u"LOQUAT_TLS_CERT"_s);
    door.tlsKey = reader.text(u"LOQUAT_TLS_KEY"_s);
    if (door.tlsCert.isEmpty() == door.tlsKey.isEmpty())
        return {};
    return door.tlsKey.isEmpty()
               ? SettingsReader::wrong(u"LOQUAT_TLS_CERT"_s, u"LOQUAT_TLS_KEY is missing beside it"_s,
                                       u"the file of a certificate and that of its key"_s)
               : SettingsReader::wrong(u"LOQUAT_TLS_KEY"_s, u"LOQUAT_TLS_CERT is missing beside it"_s,
                                       u"the file of a certificate and that of its key"_s);
}

} // namespace

Expected<DoorOptions> readDoorOptions(SettingsReader &reader, QStringList &notes)
{
    DoorOptions door;
    const QString auth = reader.text(u"LOQUAT_AUTH"_s);
    door.clientTokens = reader.text(u"LOQUAT_CLIENT_TOKENS"_s);
    if (auth == "jwt"_L1) {
        door.auth = DoorOptions::Auth::Jwt;
        if (const auto read = readJwt(reader, door, notes); !read)
            return read.error();
    } else if (auth == "token"_L1) {
        door.auth = DoorOptions::Auth::Token;
        if (const auto tokens = ClientTokens::parse(door.clientTokens); !tokens)
            return SettingsReader::wrong(u"LOQUAT_CLIENT_TOKENS"_s, tokens.error().message,
                                         tokens.error().remedy);
    } else if (!auth.isEmpty() && auth != "none"_L1) {
        return SettingsReader::wrong(u"LOQUAT_AUTH"_s, u"'%1' does not exist"_s.arg(auth),
                                     u"one of none, jwt, token"_s);
    }
    if (door.auth != DoorOptions::Auth::Token && !door.clientTokens.isEmpty())
        notes.append(u"LOQUAT_CLIENT_TOKENS is set without LOQUAT_AUTH=token: nobody is asked for one"_s);
    if (door.auth != DoorOptions::Auth::Jwt && !reader.text(u"SUPABASE_JWT_SECRET"_s).isEmpty())
        notes.append(u"SUPABASE_JWT_SECRET is set without LOQUAT_AUTH=jwt: nobody is asked for a token"_s);

    const QString anonymous = reader.text(u"LOQUAT_ALLOW_ANONYMOUS"_s);
    if (!QStringList{QString(), u"0"_s, u"1"_s}.contains(anonymous))
        return SettingsReader::wrong(u"LOQUAT_ALLOW_ANONYMOUS"_s, u"'%1' is not usable"_s.arg(anonymous),
                                     u"1, or unset"_s);
    door.allowAnonymous = anonymous == "1"_L1;
    door.allowedOrigins = reader.text(u"LOQUAT_ALLOWED_ORIGINS"_s);
    if (!OriginPolicy::parse(door.allowedOrigins))
        return SettingsReader::wrong(
            u"LOQUAT_ALLOWED_ORIGINS"_s,
            u"%1 is not a list of origins"_s.arg(SettingsReader::shown(door.allowedOrigins)),
            u"such as https://app.example, https://*.app.example, or *"_s);
    door.trustedProxies = reader.text(u"LOQUAT_TRUSTED_PROXIES"_s);
    if (!TrustedProxies::parse(door.trustedProxies))
        return SettingsReader::wrong(u"LOQUAT_TRUSTED_PROXIES"_s,
                                     u"'%1' is not a list of addresses"_s.arg(door.trustedProxies),
                                     u"such as 127.0.0.1, 10.0.0.0/8"_s);
    if (const auto tls = readTls(reader, door); !tls)
        return tls.error();
    return door;
}

GatewayLimits readGatewayLimits(SettingsReader &reader)
{
    constexpr qint64 mega = 1024 * 1024;
    const auto time = [&reader](const QString &key, std::chrono::milliseconds fallback) {
        return std::chrono::milliseconds(reader.number(key, fallback.count(), 1, 3'600'000));
    };
    GatewayLimits limits;
    limits.maxConnections =
        int(reader.number(u"LOQUAT_MAX_CONNECTIONS"_s, limits.maxConnections, 1, 1'000'000));
    limits.countsLoopback = !reader.text(u"LOQUAT_MAX_CONNECTIONS_PER_ADDRESS"_s).isEmpty();
    limits.maxConnectionsPerAddress = int(reader.number(u"LOQUAT_MAX_CONNECTIONS_PER_ADDRESS"_s,
                                                        limits.maxConnectionsPerAddress, 1, 1'000'000));
    limits.headTime = time(u"LOQUAT_HANDSHAKE_TIMEOUT_MS"_s, limits.headTime);
    limits.maxHeadBytes = reader.number(u"LOQUAT_MAX_HEADER_BYTES"_s, limits.maxHeadBytes, 512, mega);
    limits.requestTime = time(u"LOQUAT_REQUEST_TIMEOUT_MS"_s, limits.requestTime);
    limits.maxRequestBytes =
        reader.number(u"LOQUAT_MAX_REQUEST_BYTES"_s, limits.maxRequestBytes, 1024, 1024 * mega);
    limits.maxMessageBytes =
        quint64(reader.number(u"LOQUAT_MAX_MESSAGE_BYTES"_s, qint64(limits.maxMessageBytes), 1, 1024 * mega));
    limits.maxFrameBytes =
        quint64(reader.number(u"LOQUAT_MAX_FRAME_BYTES"_s, qint64(limits.maxMessageBytes), 1, 1024 * mega));
    limits.messagesPerMinute =
        int(reader.number(u"LOQUAT_MAX_MESSAGES_PER_MINUTE"_s, limits.messagesPerMinute, 1, 1'000'000));
    limits.maxUnsentBytes =
        reader.number(u"LOQUAT_MAX_UNSENT_BYTES"_s, limits.maxUnsentBytes, 1024, 1024 * mega);
    limits.maxUnsentTotalBytes = reader.number(u"LOQUAT_MAX_UNSENT_TOTAL_BYTES"_s, limits.maxUnsentTotalBytes,
                                               1024, 1024 * 1024 * mega);
    limits.coalesceBytes = std::min(limits.coalesceBytes, limits.maxUnsentBytes / 4);
    limits.slowBytes = std::min(limits.slowBytes, limits.coalesceBytes / 4);
    limits.pingInterval = time(u"LOQUAT_PING_INTERVAL_MS"_s, limits.pingInterval);
    return limits;
}

ApiLimits readApiLimits(SettingsReader &reader, const GatewayLimits &gateway)
{
    ApiLimits limits;
    limits.maxSessionPage =
        int(reader.number(u"LOQUAT_MAX_SESSION_PAGE"_s, limits.maxSessionPage, 1, 10'000));
    limits.maxEventPage = int(reader.number(u"LOQUAT_MAX_EVENT_PAGE"_s, limits.maxEventPage, 1, 10'000));
    limits.sessionPage = std::min(limits.sessionPage, limits.maxSessionPage);
    limits.eventPage = std::min(limits.eventPage, limits.maxEventPage);
    limits.maxExportEvents =
        reader.number(u"LOQUAT_MAX_EXPORT_EVENTS"_s, limits.maxExportEvents, 1, 10'000'000);
    limits.maxLiveReaders =
        int(reader.number(u"LOQUAT_MAX_LIVE_READERS"_s, limits.maxLiveReaders, 0, 10'000));
    limits.maxOperators = int(reader.number(u"LOQUAT_MAX_OPERATORS"_s, limits.maxOperators, 1, 10'000));
    limits.maxRequests = int(reader.number(u"LOQUAT_MAX_API_REQUESTS"_s, limits.maxRequests, 1, 10'000));
    limits.maxOperatorFrame = std::max(gateway.maxFrameBytes, leastOperatorFrame);
    limits.maxOperatorMessage = std::max(gateway.maxMessageBytes, leastOperatorFrame);
    limits.heartbeat = std::min(limits.heartbeat, gateway.pingInterval);
    limits.stallTime = 3 * gateway.pingInterval;
    limits.maxBodyBytes = std::min(limits.maxBodyBytes, gateway.maxRequestBytes);
    limits.bodyTime = std::min(limits.bodyTime, gateway.requestTime);
    limits.answerTime = gateway.requestTime;
    limits.proofTime = gateway.headTime;
    return limits;
}

Expected<void> checkExposure(const QHostAddress &host, const DoorOptions &door)
{
    if (host.isLoopback() || door.auth != DoorOptions::Auth::None || door.allowAnonymous)
        return {};
    return SettingsReader::wrong(u"--host"_s,
                                 u"%1 is open to others, and LOQUAT_AUTH is none"_s.arg(host.toString()),
                                 u"LOQUAT_AUTH=jwt or token, or --allow-anonymous to let everybody in"_s);
}

} // namespace loquat
