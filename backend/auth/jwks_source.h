// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/jwk_set.h"
#include "domain/clock.h"

#include <QNetworkAccessManager>
#include <QUrl>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace loquat {

/// The issuer's keys: fetched, kept, and fetched again when a token names one that is not among them or when
/// they have become old, but never more often than once in `leastPause`. What was fetched stays good while
/// the issuer cannot be reached.
///
/// Lives in one thread; current() alone may be called from any.
class JwksSource final : public QObject
{
    Q_OBJECT

public:
    JwksSource(QUrl url, Clock &clock, std::chrono::milliseconds leastPause, QObject *parent = nullptr);
    ~JwksSource() override;

    [[nodiscard]] std::shared_ptr<const JwkSet> current() const;
    /// Calls `done` once the keys are as new as they may be now, at once if it is too soon to ask again.
    /// `heard`: the issuer answered when it was last asked.
    void refresh(std::function<void(bool heard)> done);
    /// The same for keys that are merely old.
    void refreshIfOld();

private:
    void fetched(QNetworkReply *reply);

    static constexpr std::chrono::milliseconds transferLimit{5'000};
    static constexpr std::chrono::minutes oldAfter{10};
    static constexpr qint64 maxBytes = 256 * 1024;
    static constexpr size_t maxWaiting = 1'000;

    const QUrl m_url;
    Clock &m_clock;
    const std::chrono::milliseconds m_leastPause;
    QNetworkAccessManager m_network;
    std::optional<qint64> m_askedAtMs;
    bool m_asking = false;
    bool m_heard = false;
    std::vector<std::function<void(bool)>> m_waiting;
    mutable std::mutex m_mutex;
    std::shared_ptr<const JwkSet> m_keys = std::make_shared<JwkSet>();
};

} // namespace loquat
