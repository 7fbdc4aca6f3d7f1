// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_parts.h"

namespace loquat {

void OperatorParts::events(const EventQuery &query, bool hereOnly, QObject *context,
                           SessionHistory::Events found) const
{
    if (fleet && !hereOnly && !live.find(query.sessionId) && fleet->find(query.sessionId))
        return fleet->events(query, context, std::move(found));
    if (hereOnly || live.find(query.sessionId))
        return tail.settledEvents(query, context, std::move(found));
    // It may have ended, or gone on, elsewhere; the history knows where the newest is, once all is on disk.
    tail.settledEvents(query, context,
                       [this, query, context, found = std::move(found)](const Expected<EventPage> &here) {
                           if (!here)
                               return found(here);
                           history.events(query, context, [here, found](const Expected<EventPage> &newest) {
                               found(newest ? newest : here);
                           });
                       });
}

} // namespace loquat
