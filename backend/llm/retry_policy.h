// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QRandomGenerator>

#include <chrono>
#include <optional>

namespace loquat {

struct RetrySettings
{
    int attemptsPerProvider = 2;
    int attemptsInAll = 5;
    std::chrono::milliseconds firstDelay{250};
    std::chrono::milliseconds longestDelay{4'000};
    /// How long a provider that names a time is waited for; a longer one is left for the next provider.
    std::chrono::milliseconds longestWait{2'000};
};

/// Whether and when a provider that failed is asked again.
class RetryPolicy
{
public:
    explicit RetryPolicy(RetrySettings settings)
        : m_settings(settings)
    {
    }

    /// How long to wait before the same provider is asked again, after `attempts` attempts; nothing: leave
    /// it. Half of a delay is random, so that sessions that failed together do not come back together.
    [[nodiscard]] std::optional<std::chrono::milliseconds> delay(const Error &error, int attempts,
                                                                 QRandomGenerator &random) const;
    [[nodiscard]] const RetrySettings &settings() const { return m_settings; }

private:
    RetrySettings m_settings;
};

} // namespace loquat
