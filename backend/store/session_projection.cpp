// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/session_projection.h"

#include "store/stored_text.h"

#include <utility>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

SqliteValue textOrNull(const QJsonValue &value)
{
    return value.isString() ? SqliteValue(storedText(value.toString())) : SqliteValue();
}

std::optional<qint64> integer(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(qint64(value.toInteger())) : std::nullopt;
}

std::optional<double> number(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QSqlError run(SqliteStatement &statement, std::initializer_list<SqliteValue> values)
{
    return statement.run(values);
}

template <typename T> SqliteValue valueOrNull(const std::optional<T> &value)
{
    return value ? SqliteValue(*value) : SqliteValue();
}

/// What is unknown adds nothing.
template <typename T> void add(std::optional<T> &sum, const std::optional<T> &more)
{
    if (more)
        sum = sum.value_or(T()) + *more;
}

} // namespace

SessionProjection::SessionProjection(const QSqlDatabase &db)
    : m_start(prepared(db, u"insert into sessions "
                           "(session_id, user_id, status, start_time, model, node_id, metadata) "
                           "values (?, ?, 'active', ?, ?, ?, ?) "
                           "on conflict (session_id) do update set status = 'active', end_time = null"_s))
    , m_revive(prepared(db,
                        u"insert into sessions (session_id, user_id, status, start_time, model, turns, "
                        "input_tokens, output_tokens, cost_usd, summary, summary_source, node_id, metadata) "
                        "select session_id, user_id, 'active', start_time, model, turns, input_tokens, "
                        "output_tokens, cost_usd, summary, summary_source, node_id, metadata "
                        "from pruned_sessions where session_id = ? on conflict (session_id) do nothing"_s))
    , m_resume(prepared(
          db,
          u"update sessions set status = 'active', end_time = null, duration_seconds = null where session_id = ?"_s))
    // What is unknown adds nothing, and stays unknown if it was: the sum, else what is known of it.
    , m_addUse(prepared(db, u"update sessions set turns = turns + ?, "
                            "input_tokens = coalesce(input_tokens + ?, input_tokens, ?), "
                            "output_tokens = coalesce(output_tokens + ?, output_tokens, ?), "
                            "cost_usd = coalesce(cost_usd + ?, cost_usd, ?), "
                            "model = coalesce(model, ?) where session_id = ?"_s))
    , m_end(prepared(db, u"update sessions set status = ?, end_time = ?, duration_seconds = "
                         "max(0, cast(round((julianday(?) - julianday(start_time)) * 86400) as integer)) "
                         "where session_id = ?"_s))
    , m_summarise(prepared(db, u"update sessions set summary = ?, summary_source = ?, "
                               "status = iif(end_time is null, status, 'completed') where session_id = ?"_s))
{
}

SqliteStatement SessionProjection::prepared(const QSqlDatabase &db, const QString &sql)
{
    SqliteStatement statement(db, sql);
    if (!m_prepareError.isValid())
        m_prepareError = statement.error();
    return statement;
}

QSqlError SessionProjection::apply(std::span<const EncodedEvent *const> events)
{
    m_use = {};
    for (const auto *encoded : events) {
        if (m_use.sessionId != encoded->event.sessionId)
            if (auto error = writeUse(); error.isValid())
                return error;
        if (auto error = update(encoded->event); error.isValid())
            return error;
    }
    return writeUse();
}

QSqlError SessionProjection::update(const Event &event)
{
    switch (event.type) {
    case EventType::SessionStarted:
        return start(event);
    case EventType::SessionResumed:
        if (auto error = run(m_revive, {event.sessionId}); error.isValid())
            return error;
        return run(m_resume, {event.sessionId});
    case EventType::AiMessage:
        if (event.meta["final"_L1].toBool())
            count(event, 1);
        return {};
    case EventType::TurnEnded:
        count(event, 1);
        return {};
    case EventType::Synopsis:
        count(event, 0);
        return {};
    case EventType::SessionEnded:
        return end(event);
    case EventType::Summary:
        if (event.meta.contains("usage"_L1))
            count(event, 0);
        return run(m_summarise,
                   {storedText(event.content),
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

void SessionProjection::count(const Event &event, int turns)
{
    const auto usage = event.meta["usage"_L1].toObject();
    m_use.sessionId = event.sessionId;
    m_use.turns += turns;
    add(m_use.inputTokens, integer(usage["input_tokens"_L1]));
    add(m_use.outputTokens, integer(usage["output_tokens"_L1]));
    add(m_use.cost, number(event.meta["cost_usd"_L1]));
    if (const QJsonValue model = event.meta["model"_L1]; turns && model.isString() && !m_use.model)
        m_use.model = storedText(model.toString());
}

QSqlError SessionProjection::writeUse()
{
    const auto use = std::exchange(m_use, {});
    if (use.sessionId.isEmpty())
        return {};
    const auto input = valueOrNull(use.inputTokens);
    const auto output = valueOrNull(use.outputTokens);
    const auto cost = valueOrNull(use.cost);
    return run(m_addUse,
               {use.turns, input, input, output, output, cost, cost, valueOrNull(use.model), use.sessionId});
}

} // namespace loquat
