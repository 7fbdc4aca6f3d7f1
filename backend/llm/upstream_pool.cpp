// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream_pool.h"

#include "llm/buffered_route.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <set>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::chrono::seconds drainLimit{2};

QString hostOf(const QUrl &url)
{
    return url.scheme() + u"://"_s + url.host() + u':' + QString::number(url.port(-1));
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

QNetworkAccessManager *UpstreamPool::makeManager()
{
    auto *manager = new QNetworkAccessManager(this);
    manager->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    manager->setProxyFactory(new BufferedRoute); // the manager's from then on
    return manager;
}

QNetworkReply *UpstreamPool::post(QNetworkRequest request, const QByteArray &body)
{
    Lane *lane = &laneFor(request.url());
    ++lane->running;
    request.setPeerVerifyName(lane->peerName);
    QNetworkReply *reply = lane->manager->post(request, body);
    // Managers delete the replies they own; a lane must be able to go before its last reply does.
    reply->setParent(nullptr);

    // Whichever comes first: the end of the reply frees its connection, and so does deleting it.
    const auto freed = std::make_shared<bool>(false);
    const auto free = [this, lane, freed] {
        if (!std::exchange(*freed, true))
            release(lane);
    };
    connect(reply, &QNetworkReply::finished, this, free);
    connect(reply, &QObject::destroyed, this, free);
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
    int number = 0;
    for (const auto &lane : m_lanes) {
        if (lane->host != host)
            continue;
        if (lane->running < lane->capacity)
            return *lane;
        number = std::max(number, lane->number + 1);
    }
    auto lane = std::make_unique<Lane>();
    lane->host = host;
    lane->number = number;
    if (url.scheme() == "http"_L1) {
        if (!m_plain)
            m_plain = makeManager();
        lane->manager = m_plain;
        lane->peerName = number == 0 ? QString() : u"lane-%1"_s.arg(number);
    } else {
        lane->manager = makeManager();
    }
    m_lanes.push_back(std::move(lane));
    return *m_lanes.back();
}

void UpstreamPool::release(Lane *lane)
{
    --lane->running;
    // The first lane of a host stays, for its open connections; the others go from the top, so that the
    // numbers, and with them the idle connections, are used again.
    const auto idle = [](const Lane &last) { return last.running == 0 && last.number > 0; };
    const QString host = lane->host;
    while (true) {
        const auto last = std::find_if(m_lanes.rbegin(), m_lanes.rend(),
                                       [&host](const auto &candidate) { return candidate->host == host; });
        if (last == m_lanes.rend() || !idle(**last))
            return;
        if ((*last)->manager != m_plain)
            (*last)->manager->deleteLater(); // we may be inside a signal of one of its replies
        m_lanes.erase(std::next(last).base());
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

int UpstreamPool::managers() const
{
    std::set<QNetworkAccessManager *> distinct;
    for (const auto &lane : m_lanes)
        distinct.insert(lane->manager);
    return int(distinct.size());
}

} // namespace loquat
