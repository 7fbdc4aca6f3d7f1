// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/refused_runs.h"

namespace loquat {

const Error *RefusedRuns::against(const EncodedEvent &event)
{
    if (m_sessions.isEmpty())
        return nullptr;
    const auto found = m_sessions.constFind(event.sessionId);
    if (found == m_sessions.cend())
        return nullptr;
    if (event.order == EventLog::Order::BehindLast)
        return &found.value();
    m_sessions.erase(found);
    return nullptr;
}

void RefusedRuns::note(const EncodedEvent &refused, const Error &why)
{
    m_sessions.insert(refused.sessionId, why);
}

} // namespace loquat
