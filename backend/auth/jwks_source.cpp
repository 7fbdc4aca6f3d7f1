// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwks_source.h"

#include <QLoggingCategory>
#include <QNetworkReply>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {
Q_LOGGING_CATEGORY(log, "loquat.auth")
}

JwksSource::JwksSource(QUrl url, Clock &clock, std::chrono::milliseconds leastPause, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
    , m_clock(clock)
    , m_leastPause(leastPause)
{
    m_network.setTransferTimeout(int(transferLimit.count()));
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy); // keys come from the issuer itself
}

JwksSource::~JwksSource() = default;

std::shared_ptr<const JwkSet> JwksSource::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_keys;
}

void JwksSource::refresh(std::function<void(bool)> done)
{
    const qint64 now = m_clock.monotonicMs();
    const bool tooSoon = m_askedAtMs && now - *m_askedAtMs < m_leastPause.count();
    if ((!m_asking && tooSoon) || m_waiting.size() >= maxWaiting)
        return done(m_heard);
    m_waiting.push_back(std::move(done));
    if (m_asking)
        return;
    m_asking = true;
    m_askedAtMs = now;
    QNetworkRequest request(m_url);
    request.setRawHeader("Accept", "application/json");
    QNetworkReply *reply = m_network.get(request);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
        if (received > maxBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, reply] { fetched(reply); });
}

void JwksSource::refreshIfOld()
{
    if (!m_askedAtMs || m_clock.monotonicMs() - *m_askedAtMs > std::chrono::milliseconds(oldAfter).count())
        refresh([](bool) {});
}

void JwksSource::fetched(QNetworkReply *reply)
{
    reply->deleteLater();
    m_asking = false;
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    auto keys = reply->error() == QNetworkReply::NoError && status == 200
                    ? JwkSet::parse(reply->readAll())
                    : Error{u"keys_unavailable"_s, reply->errorString(), {}, true};
    m_heard = keys.has_value();
    if (keys) {
        if (keys->isEmpty())
            qCWarning(log) << "The issuer publishes no key for ES256 or RS256 at" << m_url.toString();
        const std::lock_guard lock(m_mutex);
        m_keys = std::make_shared<JwkSet>(std::move(*keys));
    } else {
        qCWarning(log) << "The issuer's keys could not be fetched from" << m_url.toString() << "status"
                       << status << keys.error().message;
    }
    for (const auto &done : std::exchange(m_waiting, {}))
        done(m_heard);
}

} // namespace loquat
