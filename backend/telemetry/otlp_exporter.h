// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QHash>
#include <QMutex>
#include <QThread>
#include <QUrl>

#include <chrono>
#include <memory>

namespace loquat {

struct OtlpSettings
{
    QUrl endpoint;                         ///< with its path: http://127.0.0.1:4318/v1/traces
    QHash<QByteArray, QByteArray> headers; ///< may hold a key: never log them
    QString serviceName;
    QString version;
    QString nodeId;
    std::chrono::milliseconds flushEvery{2'000};
    std::chrono::milliseconds requestLimit{10'000};
};

/// Sends traces to a collector, as OTLP over HTTP with JSON. In a thread of its own; the service never waits
/// for it. What a collector does not take is sent again as long as maxWaiting spans are not exceeded; then
/// the oldest are dropped, and counted.
class OtlpExporter
{
public:
    static constexpr qsizetype maxWaiting = 8'192;
    static constexpr qsizetype maxEvents = 16'384; ///< that wait to be made spans of

    explicit OtlpExporter(OtlpSettings settings);
    /// Tries once to send what is there, within the request's limit.
    ~OtlpExporter();
    Q_DISABLE_COPY_MOVE(OtlpExporter)

    /// Thread-safe; never blocks for long.
    void onEvent(const Event &event);

private:
    class Worker;

    QMutex m_mutex;
    QList<Event> m_events;
    QThread m_thread;
    std::unique_ptr<Worker> m_worker; ///< lives in m_thread
};

} // namespace loquat
