// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>
#include <utility>

namespace loquat {

/// Lets go of `thing` from the event loop: a network may not be destroyed from within a signal of its
/// replies.
template <typename T> void releaseLater(std::shared_ptr<T> thing)
{
    class Holder final : public QObject
    {
    public:
        explicit Holder(std::shared_ptr<T> held)
            : m_held(std::move(held))
        {
        }

    private:
        const std::shared_ptr<T> m_held;
    };
    (new Holder(std::move(thing)))->deleteLater();
}

} // namespace loquat
