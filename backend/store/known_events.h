// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QSqlQuery>

namespace loquat {

/// Tells an event that the journal has already from another one of the same session and seq. Lives in the
/// connection's thread and must go before the connection does.
class KnownEvents
{
public:
    explicit KnownEvents(const QSqlDatabase &db)
        : m_query(db)
    {
    }

    /// False: the journal has another event in its place, or none.
    Expected<bool> holds(const Event &event);

private:
    QSqlQuery m_query;
    bool m_prepared = false; ///< few ever ask
};

} // namespace loquat
