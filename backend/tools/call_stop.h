// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <utility>

namespace loquat {

/// How a tool hears that nobody waits for its result any more. Used from one thread.
class CallStop
{
public:
    /// What to do when the call is stopped; at once if it already is. A tool that has returned is not told.
    void onStop(std::function<void()> action)
    {
        if (m_stopped)
            action();
        else
            m_action = std::move(action);
    }
    void forget() { m_action = {}; }

    void stop()
    {
        m_stopped = true;
        if (const auto action = std::exchange(m_action, {}))
            action();
    }
    [[nodiscard]] bool stopped() const { return m_stopped; }

private:
    std::function<void()> m_action;
    bool m_stopped = false;
};

} // namespace loquat
