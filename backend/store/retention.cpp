// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/retention.h"

#include "store/logging.h"
#include "store/search_index.h"
#include "store/sql_error.h"
#include "store/stored_text.h"

#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<bool> Retention::step(qint64 nowMs)
{
    if (!m_settings.prunes())
        return false;
    const auto found = victims(nowMs);
    if (!found)
        return found.error();
    if (found->sessions.isEmpty())
        return false;
    auto outcome = m_connection.run(u"begin immediate"_s);
    for (const QString &session : found->sessions)
        if (outcome)
            outcome = prune(session);
    if (outcome)
        outcome = m_connection.run(u"commit"_s);
    if (!outcome) {
        std::ignore = m_connection.run(u"rollback"_s);
        return outcome.error();
    }
    qCInfo(storeLog) << "pruned" << found->sessions.size() << "sessions that every replica holds";
    return found->more;
}

Expected<qint64> Retention::confirmedByAll()
{
    QSqlQuery query(m_connection.db());
    query.prepare(u"select coalesce(max(event_id), 0) from replica_marks where target = ?"_s);
    qint64 least = -1;
    for (const QString &replica : m_settings.replicas) {
        query.bindValue(0, replica);
        if (!query.exec() || !query.next())
            return journalError(query.lastError());
        const qint64 mark = query.value(0).toLongLong();
        least = least < 0 ? mark : std::min(least, mark);
        query.finish();
    }
    return std::max<qint64>(0, least);
}

Expected<Retention::Victims> Retention::victims(qint64 nowMs)
{
    const auto confirmed = confirmedByAll();
    if (!confirmed)
        return confirmed.error();
    QSqlQuery query(m_connection.db());
    query.setForwardOnly(true);
    query.prepare(u"select s.session_id, (select count(*) from session_events e "
                  "where e.session_id = s.session_id) from sessions s "
                  "where s.status = 'completed' and s.end_time < ? "
                  "and not exists (select 1 from session_events e where e.session_id = s.session_id "
                  "and (e.id > ? or e.id in (select event_id from replica_rejects))) "
                  "order by s.end_time limit ?"_s);
    const auto keep = std::chrono::duration_cast<std::chrono::milliseconds>(m_settings.keep);
    query.addBindValue(storedTime(nowMs - keep.count()));
    query.addBindValue(*confirmed);
    query.addBindValue(maxStepSessions);
    if (!query.exec())
        return journalError(query.lastError());
    Victims found;
    qint64 events = 0;
    while (query.next()) {
        events += query.value(1).toLongLong();
        if (events > maxStepEvents && !found.sessions.isEmpty()) {
            found.more = true;
            return found;
        }
        found.sessions.append(query.value(0).toString());
    }
    if (query.lastError().isValid())
        return journalError(query.lastError());
    found.more = found.sessions.size() == maxStepSessions;
    return found;
}

Expected<void> Retention::prune(const QString &sessionId)
{
    return erase(sessionId,
                 {u"insert or replace into pruned_sessions (session_id, last_seq, user_id, start_time, "
                  "model, turns, input_tokens, output_tokens, cost_usd, summary, summary_source, node_id, "
                  "metadata) select s.session_id, "
                  "(select coalesce(max(seq), 0) from session_events e where e.session_id = s.session_id), "
                  "user_id, start_time, model, turns, input_tokens, output_tokens, cost_usd, summary, "
                  "summary_source, node_id, metadata "
                  "from sessions s where session_id = ?"_s});
}

Expected<void> Retention::forget(const QString &sessionId)
{
    auto outcome = m_connection.run(u"begin immediate"_s);
    if (outcome)
        outcome = erase(sessionId, {});
    if (outcome)
        outcome = m_connection.run(u"commit"_s);
    if (!outcome)
        std::ignore = m_connection.run(u"rollback"_s);
    return outcome;
}

Expected<void> Retention::erase(const QString &sessionId, const QStringList &statements)
{
    if (auto forgotten = m_index.forget(sessionId); !forgotten)
        return forgotten;
    for (const auto &sql : statements + QStringList{u"delete from session_events where session_id = ?"_s,
                                                    u"delete from sessions where session_id = ?"_s}) {
        QSqlQuery query(m_connection.db());
        query.prepare(sql);
        query.addBindValue(sessionId);
        if (!query.exec())
            return journalError(query.lastError());
    }
    return {};
}

} // namespace loquat
