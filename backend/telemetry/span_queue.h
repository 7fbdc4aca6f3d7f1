// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>

#include <chrono>
#include <optional>

namespace loquat {

/// The spans that a collector has not taken yet: how many go to it at once, and how long it is left alone
/// after what it answered. Has neither a network nor a time of its own. One thread.
class SpanQueue
{
public:
    using Pause = std::chrono::milliseconds;

    static constexpr qsizetype maxWaiting = 8'192; ///< beyond, the oldest are dropped
    static constexpr qsizetype maxBatch = 512;     ///< in one request
    static constexpr Pause longestPause = std::chrono::minutes(1);
    static constexpr Pause longestRetryAfter = std::chrono::hours(1);

    struct Answer
    {
        int status = 0; ///< 0: none came
        std::optional<Pause> retryAfter = std::nullopt;
    };

    /// `firstPause`: after the first request that failed; each further one doubles it.
    explicit SpanQueue(Pause firstPause)
        : m_firstPause(firstPause)
        , m_pause(firstPause)
    {
    }

    void add(const QJsonArray &spans);
    /// What is to be sent now. It is out until answered().
    QJsonArray take();
    /// How long to wait before the next is sent; zero: not at all.
    [[nodiscard]] Pause answered(const Answer &answer);

    [[nodiscard]] bool isEmpty() const { return m_waiting.isEmpty(); }
    [[nodiscard]] qsizetype waiting() const { return m_waiting.size(); }
    [[nodiscard]] qsizetype out() const { return m_out.size(); }
    [[nodiscard]] qint64 refused() const { return m_refused; }       ///< by the collector, for good
    [[nodiscard]] qint64 overflowed() const { return m_overflowed; } ///< beyond maxWaiting

    /// The header of that name: seconds or an HTTP date.
    [[nodiscard]] static std::optional<Pause> retryAfter(const QByteArray &header, const QDateTime &now);

private:
    void putBack();
    void keepBound();

    const Pause m_firstPause;
    Pause m_pause;
    qsizetype m_batch = maxBatch; ///< less where that was too large
    QList<QJsonObject> m_waiting;
    QList<QJsonObject> m_out;
    qint64 m_refused = 0;
    qint64 m_overflowed = 0;
};

} // namespace loquat
