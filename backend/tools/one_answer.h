// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

namespace loquat {

/// What a callback gives and one coroutine waits for. Copies share the answer; the first give() counts.
/// Whoever makes one sees to it that give() is called.
template <typename T> class OneAnswer
{
public:
    void give(T value) const
    {
        if (m_state->value)
            return;
        m_state->value.emplace(std::move(value));
        const auto keep = m_state; // the coroutine may hold the last reference
        if (const auto waiting = std::exchange(keep->waiting, {}))
            waiting.resume();
    }

    [[nodiscard]] bool await_ready() const { return m_state->value.has_value(); }
    void await_suspend(std::coroutine_handle<> handle) const { m_state->waiting = handle; }
    [[nodiscard]] T await_resume() const { return *m_state->value; }

private:
    struct State
    {
        std::optional<T> value;
        std::coroutine_handle<> waiting;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace loquat
