// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/replica_status.h"

namespace loquat {

using namespace Qt::StringLiterals;
using State = ReplicaStatus::State;

QString nameOf(State state)
{
    switch (state) {
    case State::Disabled:
        return u"disabled"_s;
    case State::Connecting:
        return u"connecting"_s;
    case State::InSync:
        return u"in_sync"_s;
    case State::CatchingUp:
        return u"catching_up"_s;
    case State::Unreachable:
        return u"unreachable"_s;
    case State::Failing:
        return u"failing"_s;
    }
    return {};
}

} // namespace loquat
