// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/encoded_event.h"

#include "store/stored_text.h"

#include <array>

namespace loquat {
namespace {

/// The name of one of the first `count` values, made once for all events.
template <typename Enum, int count> QByteArray sharedName(Enum value)
{
    static const auto names = [] {
        std::array<QByteArray, count> made;
        for (int i = 0; i < count; ++i)
            made[size_t(i)] = nameOf(Enum(i)).toLatin1();
        return made;
    }();
    const auto at = size_t(value);
    return at < names.size() ? names[at] : nameOf(value).toLatin1();
}

} // namespace

EncodedEvent::EncodedEvent(const Event &of, EventLog::Order orderOf)
    : event(of)
    , order(orderOf)
    , sessionId(of.sessionId.toUtf8())
    , time(storedTimeUtf8(of.atMs))
    , type(sharedName<EventType, int(EventType::Synopsis) + 1>(of.type))
    , role(sharedName<Role, int(Role::Operator) + 1>(of.role))
    , content(storedText(of.content).toUtf8())
    , meta(storedJson(of.meta))
{
}

} // namespace loquat
