// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/span_queue.h"

#include <QLocale>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// By how much a batch that was too large grows again with each that was not.
constexpr qsizetype batchGrowth = 8;

bool isWorthRepeating(int status)
{
    return status == 0 || status == 408 || status == 429 || (status >= 502 && status <= 504);
}

} // namespace

void SpanQueue::add(const QJsonArray &spans)
{
    for (const QJsonValue &span : spans)
        m_waiting.append(span.toObject());
    keepBound();
}

QJsonArray SpanQueue::take()
{
    const qsizetype many = std::min(m_batch, m_waiting.size());
    m_out = m_waiting.first(many);
    m_waiting.remove(0, many);
    QJsonArray batch;
    for (const QJsonObject &span : std::as_const(m_out))
        batch.append(span);
    return batch;
}

SpanQueue::Pause SpanQueue::answered(const Answer &answer)
{
    if (answer.status >= 200 && answer.status < 300) {
        m_out.clear();
        m_pause = m_firstPause;
        m_batch = std::min(m_batch + batchGrowth, maxBatch);
        return 0ms;
    }
    if (answer.status == 413 && m_out.size() > 1) {
        m_batch = m_out.size() / 2;
        putBack();
        return 0ms;
    }
    if (isWorthRepeating(answer.status))
        putBack();
    else
        m_refused += std::exchange(m_out, {}).size();
    const Pause pause = std::exchange(m_pause, std::min(m_pause * 2, std::max(longestPause, m_firstPause)));
    // Who asks for no pause at all gets one nevertheless.
    return std::clamp(answer.retryAfter.value_or(pause), std::min(pause, m_firstPause), longestRetryAfter);
}

std::optional<SpanQueue::Pause> SpanQueue::retryAfter(const QByteArray &header, const QDateTime &now)
{
    const QByteArray text = header.trimmed();
    bool isNumber = false;
    if (const qint64 wait = text.toLongLong(&isNumber); isNumber && wait >= 0)
        return Pause(std::chrono::seconds(std::min<qint64>(wait, longestRetryAfter / 1s)));
    // "Fri, 20 Nov 2026 08:00:00 GMT"
    auto date = QLocale::c().toDateTime(QString::fromLatin1(text), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    if (!date.isValid())
        return {};
    date.setTimeSpec(Qt::UTC);
    return Pause(std::clamp<qint64>(now.msecsTo(date), 0, longestRetryAfter / 1ms));
}

void SpanQueue::putBack()
{
    m_waiting = std::exchange(m_out, {}) + m_waiting;
    keepBound();
}

void SpanQueue::keepBound()
{
    if (const qsizetype over = m_waiting.size() - maxWaiting; over > 0) {
        m_waiting.remove(0, over);
        m_overflowed += over;
    }
}

} // namespace loquat
