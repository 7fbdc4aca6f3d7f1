// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QReadWriteLock>

#include <functional>
#include <memory>

namespace loquat {

/// Calls back in other threads until it is closed: close() waits for calls that run right now, and none runs
/// after it. Held by a shared_ptr, because calls under way outlive who posted them. Thread-safe; a callback
/// must not close the gate it came through.
class CallbackGate : public std::enable_shared_from_this<CallbackGate>
{
public:
    void post(QObject *context, std::function<void()> call);
    /// `call` for other threads to call: it runs in that of `context`. Empty if `call` is.
    template <typename Told>
    std::function<void(Told)> posting(QObject *context, std::function<void(Told)> call)
    {
        if (!call)
            return {};
        return [gate = shared_from_this(), context, call = std::move(call)](const Told &told) {
            gate->post(context, [call, told] { call(told); });
        };
    }
    void close();

private:
    QReadWriteLock m_lock{QReadWriteLock::Recursive};
    bool m_open = true;
};

} // namespace loquat
