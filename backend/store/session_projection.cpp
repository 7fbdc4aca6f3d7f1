// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/session_projection.h"

#include "store/stored_text.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QVariant textOrNull(const QJsonValue &value)
{
    return value.isString() ? QVariant(storedText(value.toString()))
                            : QVariant(QMetaType(QMetaType::QString));
}

QVariant integerOrNull(const QJsonValue &value)
{
    return value.isDouble() ? QVariant(value.toInteger()) : QVariant(QMetaType(QMetaType::LongLong));
}

QSqlError run(QSqlQuery &query, const QVariantList &values)
{
    for (int i = 0; i < values.size(); ++i)
        query.bindValue(i, values[i]);
    const bool good = query.exec();
    const auto error = good ? QSqlError() : query.lastError();
    query.finish();
    return error;
}

} // namespace

SessionProjection::SessionProjection(const QSqlDatabase &db)
    : m_event(prepared(db, u"insert into session_events "
                           "(session_id, seq, ts, event_type, role, content, metadata) "
                           "values (?, ?, ?, ?, ?, ?, ?)"_s))
    , m_start(prepared(db, u"insert into sessions "
                           "(session_id, user_id, status, start_time, model, node_id, metadata) "
                           "values (?, ?, 'active', ?, ?, ?, ?) "
                           "on conflict (session_id) do update set status = 'active', end_time = null"_s))
    , m_revive(prepared(db,
                        u"insert into sessions (session_id, user_id, status, start_time, model, turns, "
                        "input_tokens, output_tokens, cost_usd) select session_id, user_id, 'active', "
                        "start_time, model, turns, input_tokens, output_tokens, cost_usd "
                        "from pruned_sessions where session_id = ? on conflict (session_id) do nothing"_s))
    , m_resume(prepared(
          db,
          u"update sessions set status = 'active', end_time = null, duration_seconds = null where session_id = ?"_s))
    // What is unknown adds nothing, and stays unknown if it was: the sum, else what is known of it.
    , m_use(prepared(db, u"update sessions set turns = turns + ?, "
                         "input_tokens = coalesce(input_tokens + ?, input_tokens, ?), "
                         "output_tokens = coalesce(output_tokens + ?, output_tokens, ?), "
                         "cost_usd = coalesce(cost_usd + ?, cost_usd, ?), "
                         "model = coalesce(model, ?) where session_id = ?"_s))
    , m_end(prepared(db, u"update sessions set status = ?, end_time = ?, duration_seconds = "
                         "max(0, cast(round((julianday(?) - julianday(start_time)) * 86400) as integer)) "
                         "where session_id = ?"_s))
    , m_summary(prepared(db, u"update sessions set summary = ?, summary_source = ?, "
                             "status = iif(end_time is null, status, 'completed') where session_id = ?"_s))
{
}

QSqlQuery SessionProjection::prepared(const QSqlDatabase &db, const QString &sql)
{
    QSqlQuery query(db);
    query.setForwardOnly(true);
    if (!query.prepare(sql) && !m_prepareError.isValid())
        m_prepareError = query.lastError();
    return query;
}

QSqlError SessionProjection::write(const Event &event)
{
    // The session's row first: the event refers to it.
    if (auto error = updateSession(event); error.isValid())
        return error;
    return run(m_event, {event.sessionId, event.seq, storedTime(event.atMs), nameOf(event.type),
                         nameOf(event.role), storedText(event.content), storedJson(event.meta)});
}

QSqlError SessionProjection::updateSession(const Event &event)
{
    switch (event.type) {
    case EventType::SessionStarted:
        return start(event);
    case EventType::SessionResumed:
        if (auto error = run(m_revive, {event.sessionId}); error.isValid())
            return error;
        return run(m_resume, {event.sessionId});
    case EventType::AiMessage:
        return event.meta["final"_L1].toBool() ? count(event, 1) : QSqlError();
    case EventType::Synopsis:
        return count(event, 0);
    case EventType::SessionEnded:
        return end(event);
    case EventType::Summary:
        if (auto error = event.meta.contains("usage"_L1) ? count(event, 0) : QSqlError(); error.isValid())
            return error;
        return run(m_summary, {storedText(event.content),
                               event.meta["source"_L1].toString() == "model"_L1 ? u"model"_s : u"fallback"_s,
                               event.sessionId});
    default:
        return {};
    }
}

QSqlError SessionProjection::start(const Event &event)
{
    auto rest = event.meta;
    const auto user = rest.take("user_id"_L1);
    const auto model = rest.take("model"_L1);
    const auto node = rest.take("node_id"_L1);
    return run(m_start, {event.sessionId, storedText(user.toString(u"anonymous"_s)), storedTime(event.atMs),
                         textOrNull(model), textOrNull(node), storedJson(rest)});
}

QSqlError SessionProjection::end(const Event &event)
{
    // An empty session gets no summary, so nothing would complete it later.
    const bool complete = event.meta["summary"_L1].toString() == "none"_L1;
    const auto at = storedTime(event.atMs);
    return run(m_end, {complete ? u"completed"_s : u"ending"_s, at, at, event.sessionId});
}

QSqlError SessionProjection::count(const Event &event, int turns)
{
    const auto usage = event.meta["usage"_L1].toObject();
    const auto input = integerOrNull(usage["input_tokens"_L1]);
    const auto output = integerOrNull(usage["output_tokens"_L1]);
    const QJsonValue price = event.meta["cost_usd"_L1];
    const QVariant cost =
        price.isDouble() ? QVariant(price.toDouble()) : QVariant(QMetaType::fromType<double>());
    return run(m_use, {turns, input, input, output, output, cost, cost,
                       turns ? textOrNull(event.meta["model"_L1]) : QVariant(), event.sessionId});
}

} // namespace loquat
