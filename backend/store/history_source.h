// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

namespace loquat {

/// One database's answers to a SessionHistory; blocks. Used and destroyed in the thread that made it.
class HistorySource
{
public:
    virtual ~HistorySource() = default;
    virtual Expected<SessionPage> sessions(const SessionQuery &query) = 0;
    virtual Expected<EventPage> events(const EventQuery &query) = 0;
};

} // namespace loquat
