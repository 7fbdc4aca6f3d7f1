// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/upstream_pool.h"

#include "llm/upstream/upstream_manager.h"

#include <QNetworkReply>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <utility>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::chrono::seconds drainLimit{2};

/// Whatever is the same here is reached in the same way.
QString hostOf(const QUrl &url)
{
    return url.scheme() + u"://"_s + (url.userInfo().isEmpty() ? u""_s : u"@"_s) + url.host() + u':' +
           QString::number(url.port(-1));
}

} // namespace

UpstreamPool::UpstreamPool(QObject *parent)
    : QObject(parent)
{
}

UpstreamPool::~UpstreamPool()
{
    // Before the managers they came from, which are children too.
    qDeleteAll(findChildren<QNetworkReply *>(Qt::FindDirectChildrenOnly));
}

QNetworkReply *UpstreamPool::post(const QNetworkRequest &request, const QByteArray &body)
{
    Lane *lane = &laneFor(request.url());
    ++lane->running;
    QNetworkReply *reply = lane->manager->send(request, body);
    // Managers delete the replies they own; a lane must be able to go before its last reply does.
    reply->setParent(nullptr);

    // Whichever comes first: the end of the reply frees its connection, and so does deleting it.
    const auto freed = std::make_shared<bool>(false);
    const auto leave = [this, lane, freed] {
        if (!std::exchange(*freed, true))
            release(lane);
    };
    connect(reply, &QNetworkReply::finished, this, leave);
    connect(reply, &QObject::destroyed, this, leave);
    if (request.url().scheme() == "https"_L1)
        connect(reply, &QNetworkReply::metaDataChanged, this, [this, reply, host = lane->host] {
            if (reply->attribute(QNetworkRequest::Http2WasUsedAttribute).toBool())
                widen(host);
        });
    return reply;
}

void UpstreamPool::drain(QNetworkReply *reply)
{
    reply->setParent(this);
    if (reply->isFinished()) {
        reply->deleteLater();
        return;
    }
    connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
    connect(reply, &QIODevice::readyRead, reply, [reply] { reply->skip(reply->bytesAvailable()); });
    QTimer::singleShot(drainLimit, reply, &QNetworkReply::abort);
}

UpstreamPool::Lane &UpstreamPool::laneFor(const QUrl &url)
{
    const QString host = hostOf(url);
    for (const auto &lane : m_lanes)
        if (lane->host == host && lane->running < lane->capacity)
            return *lane;
    auto lane = std::make_unique<Lane>();
    lane->host = host;
    lane->manager = new UpstreamManager(this);
    if (UpstreamManager::isPlain(url))
        lane->capacity = std::numeric_limits<int>::max();
    m_lanes.push_back(std::move(lane));
    return *m_lanes.back();
}

void UpstreamPool::release(Lane *lane)
{
    --lane->running;
    // The first lane of a host stays, for its open connections; the others go from the last.
    const QString host = lane->host;
    const auto isOfHost = [&host](const auto &candidate) { return candidate->host == host; };
    while (true) {
        const auto first = std::ranges::find_if(m_lanes, isOfHost);
        const auto last = std::prev(std::find_if(m_lanes.rbegin(), m_lanes.rend(), isOfHost).base());
        if (first == last || (*last)->running > 0)
            return;
        (*last)->manager->deleteLater(); // we may be inside a signal of one of its replies
        m_lanes.erase(last);
    }
}

void UpstreamPool::widen(const QString &host)
{
    for (const auto &lane : m_lanes)
        if (lane->host == host)
            lane->capacity = requestsPerHttp2Lane;
}

int UpstreamPool::running() const
{
    int sum = 0;
    for (const auto &lane : m_lanes)
        sum += lane->running;
    return sum;
}

} // namespace loquat
