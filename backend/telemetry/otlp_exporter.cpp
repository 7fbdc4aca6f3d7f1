// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/otlp_exporter.h"

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
    {
    }

    void start()
    {
        m_network = std::make_unique<QNetworkAccessManager>();
        m_timer = std::make_unique<QTimer>();
        connect(m_timer.get(), &QTimer::timeout, this, [this] { flush(); });
        m_timer->start(m_settings.flushEvery);
    }

    /// Sends the rest and then ends the thread; what is not through by then is lost with the process.
    void finish()
    {
        m_timer.reset();
        m_ending = true;
        flush();
        if (!m_reply)
            thread()->quit();
    }

    void stop()
    {
        delete m_reply;
        m_network.reset();
        m_timer.reset();
    }

private:
    void flush()
    {
        QList<Event> events;
        {
            const QMutexLocker lock(&m_exporter.m_mutex);
            events.swap(m_exporter.m_events);
        }
        for (const Event &event : std::as_const(events))
            for (const QJsonValue &span : m_builder.take(event))
                m_spans.append(span);
        qsizetype dropped = 0;
        for (; m_spans.size() > maxWaiting; ++dropped)
            m_spans.removeFirst();
        if (dropped > 0)
            qCWarning(traceLog) << dropped << "spans were dropped: the collector does not keep up";
        if (!m_reply && !m_spans.isEmpty())
            send();
    }

    void send()
    {
        m_sent = std::exchange(m_spans, {});
        QNetworkRequest request(m_settings.endpoint);
        request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
        for (auto each = m_settings.headers.cbegin(); each != m_settings.headers.cend(); ++each)
            request.setRawHeader(each.key(), each.value());
        request.setTransferTimeout(int(m_settings.requestLimit.count()));
        m_reply = m_network->post(request, QJsonDocument(body()).toJson(QJsonDocument::Compact));
        connect(m_reply, &QNetworkReply::finished, this, [this] { answered(); });
    }

    QJsonObject body() const
    {
        const QJsonObject resource{
            {"attributes"_L1, QJsonArray{attribute(u"service.name"_s, m_settings.serviceName),
                                         attribute(u"service.version"_s, m_settings.version),
                                         attribute(u"service.instance.id"_s, m_settings.nodeId)}}};
        const QJsonObject scope{{"scope"_L1, QJsonObject{{"name"_L1, u"loquat"_s}}}, {"spans"_L1, m_sent}};
        return {{"resourceSpans"_L1,
                 QJsonArray{QJsonObject{{"resource"_L1, resource}, {"scopeSpans"_L1, QJsonArray{scope}}}}}};
    }

    void answered()
    {
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const bool retry = status == 0 || status == 429 || (status >= 502 && status <= 504);
        if (status != 200 && m_wasWell)
            qCWarning(traceLog) << "the collector does not take traces: HTTP" << status;
        m_wasWell = status == 200;
        m_reply->deleteLater();
        m_reply = nullptr;
        if (m_ending) {
            // What came since that was sent; only once, whatever becomes of it.
            if (m_spans.isEmpty())
                return thread()->quit();
            return send();
        }
        if (retry) {
            for (const QJsonValue &span : std::as_const(m_spans))
                m_sent.append(span);
            m_spans = std::exchange(m_sent, {});
        }
        m_sent = {};
    }

    OtlpExporter &m_exporter;
    const OtlpSettings m_settings;
    TraceBuilder m_builder;
    QJsonArray m_spans;
    QJsonArray m_sent;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<QTimer> m_timer;
    QNetworkReply *m_reply = nullptr;
    bool m_ending = false;
    bool m_wasWell = true;
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
}

} // namespace loquat
