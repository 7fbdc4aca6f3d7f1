// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/session_statistics.h"

#include <QMutexLocker>

#include <algorithm>
#include <vector>

namespace loquat {

using namespace Qt::StringLiterals;

void SessionStatistics::onEvent(const Event &event)
{
    if (event.type == EventType::ErrorRaised && event.meta["code"_L1].toString().startsWith("model_"_L1)) {
        const QMutexLocker lock(&m_mutex);
        m_modelDetail = event.content;
        m_modelCode = event.meta["code"_L1].toString();
        return;
    }
    const int turn = event.meta["turn"_L1].toInt();
    if (event.type == EventType::ToolApproval) {
        const QMutexLocker lock(&m_mutex);
        if (const auto live = m_live.find(event.sessionId); live != m_live.end())
            live->decidedTurn = turn;
        return;
    }
    if (event.type != EventType::AiMessage || !event.meta["final"_L1].toBool())
        return;
    const QMutexLocker lock(&m_mutex);
    if (const QString finish = event.meta["finish"_L1].toString();
        finish == "stop"_L1 || finish == "length"_L1) {
        m_modelDetail.clear();
        m_modelCode.clear();
    }
    // How long a person thought says nothing of the model.
    const auto live = m_live.constFind(event.sessionId);
    const bool decided = live != m_live.cend() && turn > 0 && live->decidedTurn == turn;
    if (const QJsonValue ttft = event.meta["ttft_ms"_L1]; ttft.isDouble() && !decided) {
        m_ttft.emplace_back(event.atMs, ttft.toInteger());
        if (qsizetype(m_ttft.size()) > maxLatencySamples)
            m_ttft.pop_front();
    }
}

void SessionStatistics::onDelta(const Delta &delta)
{
    const qint64 second = delta.atMs / 1000;
    Second &slot = m_seconds[size_t(second) % m_seconds.size()];
    if (slot.second.exchange(second, std::memory_order_relaxed) != second)
        slot.tokens.store(0, std::memory_order_relaxed);
    slot.tokens.fetch_add(delta.tokens, std::memory_order_relaxed);
}

void SessionStatistics::onSnapshot(const SessionSnapshot &snapshot)
{
    const QMutexLocker lock(&m_mutex);
    if (snapshot.status == SessionStatus::Active && !snapshot.moved)
        m_live[snapshot.sessionId].streaming = snapshot.phase == Phase::Streaming;
    else
        m_live.remove(snapshot.sessionId);
}

void SessionStatistics::fill(BackendStatus &status, qint64 nowMs) const
{
    qint64 tokens = 0;
    const qint64 now = nowMs / 1000;
    for (const Second &slot : m_seconds)
        if (const qint64 second = slot.second.load(std::memory_order_relaxed);
            second < now && second >= now - rateSeconds)
            tokens += slot.tokens.load(std::memory_order_relaxed);
    status.tokensPerSecond = double(tokens) / rateSeconds;

    const QMutexLocker lock(&m_mutex);
    status.openSessions = int(m_live.size());
    status.streamingSessions = int(std::ranges::count_if(m_live, &Live::streaming));
    status.modelOk = m_modelCode.isEmpty();
    status.modelDetail = m_modelDetail;
    status.modelCode = m_modelCode;
    std::vector<qint64> recent;
    for (const auto &[at, ms] : m_ttft)
        if (at >= nowMs - latencyWindowMs)
            recent.push_back(ms);
    if (recent.empty())
        return;
    std::ranges::sort(recent);
    const auto percentile = [&recent](double p) {
        return recent[size_t(double(recent.size() - 1) * p + 0.5)];
    };
    status.ttftP50Ms = percentile(0.50);
    status.ttftP99Ms = percentile(0.99);
}

} // namespace loquat
