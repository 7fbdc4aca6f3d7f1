// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/known_events.h"

#include "store/sql_error.h"
#include "store/stored_text.h"

#include <QSqlError>
#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<bool> KnownEvents::holds(const Event &event)
{
    m_prepared = m_prepared || m_query.prepare(u"select ts, event_type, content from session_events "
                                               "where session_id = ? and seq = ?"_s);
    if (!m_prepared)
        return journalError(m_query.lastError());
    m_query.bindValue(0, event.sessionId);
    m_query.bindValue(1, event.seq);
    if (!m_query.exec())
        return journalError(m_query.lastError());
    const bool same = m_query.next() && msFromStored(m_query.value(0).toString()) == event.atMs &&
                      m_query.value(1).toString() == nameOf(event.type) &&
                      m_query.value(2).toString() == storedText(event.content);
    m_query.finish();
    return same;
}

} // namespace loquat
