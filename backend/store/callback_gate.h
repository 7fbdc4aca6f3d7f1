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
    void close();

private:
    QReadWriteLock m_lock{QReadWriteLock::Recursive};
    bool m_open = true;
};

} // namespace loquat
