// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/session_projection.h"

#include "store/stored_text.h"

#include <array>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

SqliteValue textOrNull(const QJsonValue &value)
{
    return value.isString() ? SqliteValue(storedText(value.toString())) : SqliteValue();
}

SqliteValue integerOrNull(const QJsonValue &value)
{
    return value.isDouble() ? SqliteValue(qint64(value.toInteger())) : SqliteValue();
}

QSqlError run(SqliteStatement &statement, std::initializer_list<SqliteValue> values)
{
    return statement.run(values);
}

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

EncodedEvent::EncodedEvent(const Event &of)
    : event(of)
    , sessionId(of.sessionId.toUtf8())
    , time(storedTimeUtf8(of.atMs))
    , type(sharedName<EventType, int(EventType::Synopsis) + 1>(of.type))
    , role(sharedName<Role, int(Role::Operator) + 1>(of.role))
    , content(storedText(of.content).toUtf8())
    , meta(storedJson(of.meta))
{
}

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

SqliteStatement SessionProjection::prepared(const QSqlDatabase &db, const QString &sql)
{
    SqliteStatement statement(db, sql);
    if (!m_prepareError.isValid())
        m_prepareError = statement.error();
    return statement;
}

QSqlError SessionProjection::write(const EncodedEvent &encoded)
{
    // The session's row first: the event refers to it.
    if (auto error = updateSession(encoded.event); error.isValid())
        return error;
    // Without a reference each, since another thread's cache holds the counts.
    const auto text = [](const QByteArray &of) { return QByteArray::fromRawData(of.constData(), of.size()); };
    return run(m_event, {text(encoded.sessionId), encoded.event.seq, text(encoded.time), text(encoded.type),
                         text(encoded.role), text(encoded.content), text(encoded.meta)});
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
    const auto cost = price.isDouble() ? SqliteValue(price.toDouble()) : SqliteValue();
    return run(m_use, {turns, input, input, output, output, cost, cost,
                       turns ? textOrNull(event.meta["model"_L1]) : SqliteValue(), event.sessionId});
}

} // namespace loquat
