// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QHash>
#include <QMutex>
#include <QThread>
#include <QUrl>

#include <atomic>
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
    std::chrono::milliseconds requestLimit{10'000}; ///< however much of an answer is there; of the end, too
};

/// Sends traces to a collector, as OTLP over HTTP with JSON. In a thread of its own; the service never waits
/// for it. What a collector does not take is sent again as long as no more wait than SpanQueue keeps; then
/// the oldest are dropped, and counted.
class OtlpExporter
{
public:
    static constexpr qsizetype maxEvents = 16'384; ///< that wait to be made spans of

    explicit OtlpExporter(OtlpSettings settings);
    /// Tries once to send what is there. All of that takes no longer than the request's limit.
    ~OtlpExporter();
    Q_DISABLE_COPY_MOVE(OtlpExporter)

    /// Thread-safe; never blocks for long.
    void onEvent(const Event &event);

    /// Since the start. Thread-safe.
    [[nodiscard]] qint64 spansDropped() const { return m_spansDropped; }
    [[nodiscard]] qint64 eventsDropped() const { return m_eventsDropped; }

private:
    class Worker;

    std::atomic<qint64> m_spansDropped = 0;
    std::atomic<qint64> m_eventsDropped = 0; ///< beyond maxEvents
    QMutex m_mutex;
    QList<Event> m_events;
    QThread m_thread;
    std::unique_ptr<Worker> m_worker; ///< lives in m_thread
};

} // namespace loquat
