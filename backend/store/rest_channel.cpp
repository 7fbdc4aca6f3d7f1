// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_channel.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPointer>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// PostgREST says little to us; who says more is somebody else.
constexpr qint64 maxAnswerBytes = 1024 * 1024;

RestAnswer answerOf(QNetworkReply &reply)
{
    RestAnswer answer;
    answer.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (reply.isOpen()) // it is not once it was aborted
        answer.body = reply.read(maxAnswerBytes);
    answer.retryAfter = reply.rawHeader("Retry-After");
    answer.redirectHost = reply.attribute(QNetworkRequest::RedirectionTargetAttribute).toUrl().host();
    if (reply.error() == QNetworkReply::SslHandshakeFailedError)
        answer.line = RestAnswer::Line::Insecure;
    // Below 200 are errors of the network and of proxies: also an answer that broke off after its status.
    else if (answer.status == 0 ||
             (reply.error() > QNetworkReply::NoError && reply.error() < QNetworkReply::ContentAccessDenied))
        answer.line = RestAnswer::Line::Broken;
    if (answer.line != RestAnswer::Line::Good)
        answer.words = reply.errorString();
    return answer;
}

} // namespace

/// A request and its answer, between the thread that waits and the one that works.
struct RestChannel::Exchange
{
    QMutex mutex;
    QWaitCondition wake;
    std::optional<RestAnswer> answer;

    [[nodiscard]] bool isOver()
    {
        const QMutexLocker lock(&mutex);
        return answer.has_value();
    }
    /// The first answer counts.
    void finish(RestAnswer with)
    {
        const QMutexLocker lock(&mutex);
        if (!answer)
            answer = std::move(with);
        wake.wakeAll();
    }
    RestAnswer wait()
    {
        const QMutexLocker lock(&mutex);
        while (!answer)
            wake.wait(&mutex);
        return *answer;
    }
};

class RestChannel::Worker final : public QObject
{
public:
    void send(const std::shared_ptr<Exchange> &exchange, const QNetworkRequest &request,
              const QByteArray &body)
    {
        if (exchange->isOver()) // broken off before it began
            return;
        auto *reply = body.isEmpty() ? m_network.get(request) : m_network.post(request, body);
        m_reply = reply;
        connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
            if (received > maxAnswerBytes)
                reply->abort();
        });
        connect(reply, &QNetworkReply::finished, this, [reply, exchange] {
            exchange->finish(answerOf(*reply));
            reply->deleteLater();
        });
    }

    void abort()
    {
        if (m_reply)
            m_reply->abort();
    }

    void hangUp() { m_network.clearConnectionCache(); }

private:
    QNetworkAccessManager m_network{this};
    QPointer<QNetworkReply> m_reply;
};

RestChannel::RestChannel(RestSettings settings)
    : m_settings(std::move(settings))
    , m_worker(new Worker)
{
    m_worker->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(u"replica-rest"_s);
    m_thread.start();
}

RestChannel::~RestChannel()
{
    m_thread.quit();
    m_thread.wait();
}

RestAnswer RestChannel::ask(const RestRequest &request)
{
    auto exchange = std::make_shared<Exchange>();
    {
        const QMutexLocker lock(&m_mutex);
        m_current = exchange;
    }
    QMetaObject::invokeMethod(
        m_worker,
        [worker = m_worker, exchange, wire = networkRequest(m_settings, request), body = request.body] {
            worker->send(exchange, wire, body);
        },
        Qt::QueuedConnection);
    auto answer = exchange->wait();
    const QMutexLocker lock(&m_mutex);
    m_current.reset();
    return answer;
}

void RestChannel::hangUp()
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->hangUp(); }, Qt::QueuedConnection);
}

void RestChannel::interrupt()
{
    const QMutexLocker lock(&m_mutex);
    if (!m_current)
        return;
    m_current->finish({.line = RestAnswer::Line::BrokenOff});
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->abort(); }, Qt::QueuedConnection);
}

} // namespace loquat
