// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/retry_policy.h"

#include <algorithm>

namespace loquat {

using std::chrono::milliseconds;

std::optional<milliseconds> RetryPolicy::delay(const Error &error, int attempts,
                                               QRandomGenerator &random) const
{
    if (!error.retryable || attempts >= m_settings.attemptsPerProvider)
        return {};
    if (error.retryAfterMs && *error.retryAfterMs > m_settings.longestWait.count())
        return {};
    const int doublings = std::clamp(attempts - 1, 0, 20);
    const milliseconds whole =
        std::min<milliseconds>(m_settings.firstDelay * (1LL << doublings), m_settings.longestDelay);
    const milliseconds backoff(whole.count() / 2 +
                               qint64(random.generateDouble() * double(whole.count()) / 2));
    // What the provider asks for is the least, never shortened by the jitter.
    return std::max(backoff, milliseconds(error.retryAfterMs.value_or(0)));
}

} // namespace loquat
