// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/otlp_exporter.h"

#include "telemetry/span_queue.h"
#include "telemetry/trace_builder.h"

#include <QJsonDocument>
#include <QLoggingCategory>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(traceLog, "loquat.traces")

QJsonObject attribute(const QString &key, const QString &value)
{
    return {{"key"_L1, key}, {"value"_L1, QJsonObject{{"stringValue"_L1, value}}}};
}

} // namespace

class OtlpExporter::Worker final : public QObject
{
public:
    Worker(OtlpExporter &exporter, OtlpSettings settings)
        : m_exporter(exporter)
        , m_settings(std::move(settings))
        , m_queue(m_settings.flushEvery)
    {
    }

    void start()
    {
        m_network = std::make_unique<QNetworkAccessManager>();
        m_timers = std::make_unique<Timers>();
        connect(&m_timers->flush, &QTimer::timeout, this, [this] { flush(); });
        connect(&m_timers->pause, &QTimer::timeout, this, [this] { sendNext(); });
        connect(&m_timers->limit, &QTimer::timeout, this, [this] { m_reply->abort(); });
        connect(&m_timers->deadline, &QTimer::timeout, this, [this] { thread()->quit(); });
        m_timers->flush.start(m_settings.flushEvery);
    }

    /// Sends the rest and then ends the thread; what is not through by then is lost with the process.
    void finish()
    {
        m_ending = true;
        m_timers->flush.stop();
        m_timers->pause.stop();
        m_timers->deadline.start(m_settings.requestLimit);
        collect();
        // Half of the time is for what runs: the other half is for trying once more.
        if (m_reply)
            m_timers->limit.start(
                std::min(m_timers->limit.remainingTimeAsDuration(), m_settings.requestLimit / 2));
        else if (!m_queue.isEmpty())
            sendNext();
        else
            thread()->quit();
    }

    void stop()
    {
        if (const qsizetype left = m_queue.waiting() + m_queue.out(); left > 0)
            qCWarning(traceLog) << left << "spans were not taken before the end";
        m_timers.reset();
        if (m_reply)
            m_reply->disconnect(this);
        delete m_reply;
        m_network.reset();
    }

private:
    struct Timers
    {
        Timers()
        {
            for (QTimer *once : {&pause, &limit, &deadline})
                once->setSingleShot(true);
        }

        QTimer flush;
        QTimer pause;    ///< while the collector is left alone
        QTimer limit;    ///< of the request that runs: an answer may come a byte at a time
        QTimer deadline; ///< of the end
    };

    void flush()
    {
        collect();
        sendNext();
    }

    /// Makes spans of what happened.
    void collect()
    {
        QList<Event> events;
        {
            const QMutexLocker lock(&m_exporter.m_mutex);
            events.swap(m_exporter.m_events);
        }
        for (const Event &event : std::as_const(events))
            m_queue.add(m_builder.take(event));
        countDropped();
    }

    /// Once, until it is well again: what goes on is in the metrics.
    void countDropped()
    {
        const qint64 events = m_exporter.m_eventsDropped;
        if (events == std::exchange(m_eventsDropped, events))
            m_toldOfEvents = false;
        else if (!std::exchange(m_toldOfEvents, true))
            qCWarning(traceLog) << "events are dropped: they come faster than spans are made of them";
        const qint64 spans = m_queue.overflowed();
        if (spans != std::exchange(m_spansDropped, spans) && !std::exchange(m_toldOfSpans, true))
            qCWarning(traceLog) << "spans are dropped: the collector does not keep up";
        m_exporter.m_spansDropped = spans + m_queue.refused();
    }

    void sendNext()
    {
        if (m_reply || m_timers->pause.isActive() || m_queue.isEmpty())
            return;
        QNetworkRequest request(m_settings.endpoint);
        request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
        for (auto each = m_settings.headers.cbegin(); each != m_settings.headers.cend(); ++each)
            request.setRawHeader(each.key(), each.value());
        m_isLastTry = m_ending;
        m_reply =
            m_network->post(request, QJsonDocument(bodyOf(m_queue.take())).toJson(QJsonDocument::Compact));
        connect(m_reply, &QNetworkReply::finished, this, [this] { answered(); });
        if (!m_ending) // else the deadline is its limit
            m_timers->limit.start(m_settings.requestLimit);
    }

    QJsonObject bodyOf(const QJsonArray &spans) const
    {
        const QJsonObject resource{
            {"attributes"_L1, QJsonArray{attribute(u"service.name"_s, m_settings.serviceName),
                                         attribute(u"service.version"_s, m_settings.version),
                                         attribute(u"service.instance.id"_s, m_settings.nodeId)}}};
        const QJsonObject scope{{"scope"_L1, QJsonObject{{"name"_L1, u"loquat"_s}}}, {"spans"_L1, spans}};
        return {{"resourceSpans"_L1,
                 QJsonArray{QJsonObject{{"resource"_L1, resource}, {"scopeSpans"_L1, QJsonArray{scope}}}}}};
    }

    void answered()
    {
        m_timers->limit.stop();
        // What broke off behind its status was taken or not all the same.
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const auto after =
            SpanQueue::retryAfter(m_reply->rawHeader("Retry-After"), QDateTime::currentDateTimeUtc());
        m_reply->deleteLater();
        m_reply = nullptr;
        const qint64 refusedBefore = m_queue.refused();
        const SpanQueue::Pause pause = m_queue.answered({status, after});
        const bool isWell = status >= 200 && status < 300;
        const bool drops = m_queue.refused() != refusedBefore;
        if (!isWell && (m_wasWell || (drops && !m_toldOfRefusal)))
            qCWarning(traceLog) << "the collector does not take traces: HTTP" << status
                                << (drops ? "(spans are dropped)" : "(they wait)");
        m_wasWell = isWell;
        m_toldOfRefusal = !isWell && (m_toldOfRefusal || drops);
        m_toldOfSpans = m_toldOfSpans && !isWell;
        countDropped();
        if (m_ending && (m_queue.isEmpty() || (m_isLastTry && pause.count() > 0)))
            return thread()->quit();
        if (pause.count() > 0 && !m_ending)
            m_timers->pause.start(pause);
        sendNext();
    }

    OtlpExporter &m_exporter;
    const OtlpSettings m_settings;
    TraceBuilder m_builder;
    SpanQueue m_queue;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<Timers> m_timers;
    QNetworkReply *m_reply = nullptr;
    bool m_ending = false;
    bool m_isLastTry = false; ///< what runs was sent at the end
    bool m_wasWell = true;
    bool m_toldOfRefusal = false;
    bool m_toldOfSpans = false;
    bool m_toldOfEvents = false;
    qint64 m_spansDropped = 0; ///< as of the last look, like the next
    qint64 m_eventsDropped = 0;
};

OtlpExporter::OtlpExporter(OtlpSettings settings)
    : m_worker(std::make_unique<Worker>(*this, std::move(settings)))
{
    m_thread.setObjectName(u"traces"_s);
    m_worker->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::started, m_worker.get(), [this] { m_worker->start(); });
    QObject::connect(
        &m_thread, &QThread::finished, m_worker.get(), [this] { m_worker->stop(); }, Qt::DirectConnection);
    m_thread.start();
}

OtlpExporter::~OtlpExporter()
{
    QMetaObject::invokeMethod(m_worker.get(), [this] { m_worker->finish(); });
    m_thread.wait();
}

void OtlpExporter::onEvent(const Event &event)
{
    // What a span says of an event is in its metadata.
    Event bare = event;
    bare.content.clear();
    const QMutexLocker lock(&m_mutex);
    if (m_events.size() < maxEvents)
        m_events.append(std::move(bare));
    else
        ++m_eventsDropped;
}

} // namespace loquat
