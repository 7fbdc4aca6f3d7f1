// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/callback_gate.h"

#include <QMetaObject>

namespace loquat {

void CallbackGate::post(QObject *context, std::function<void()> call)
{
    // Held until it is posted: once the gate is closed the context may be gone.
    const QReadLocker lock(&m_lock);
    if (!m_open)
        return;
    QMetaObject::invokeMethod(
        context,
        [gate = shared_from_this(), call = std::move(call)] {
            const QReadLocker running(&gate->m_lock);
            if (gate->m_open)
                call();
        },
        Qt::QueuedConnection);
}

void CallbackGate::close()
{
    const QWriteLocker lock(&m_lock);
    m_open = false;
}

} // namespace loquat
