// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api_query.h"

#include "domain/ids.h"
#include "domain/json_text.h"
#include "gateway/query_value.h"
#include "gateway/without_slash.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error badQuery(const QString &name, const QString &value, const QString &right)
{
    return {u"bad_query"_s, u"'%1=%2' is not usable."_s.arg(name, value.left(100)), right, false};
}

/// A whole number of the query, or `fallback` where it is not given.
Expected<qint64> number(const QUrlQuery &query, const QString &name, qint64 fallback, qint64 least,
                        qint64 most)
{
    const QString text = queryValue(query, name);
    if (text.isEmpty()) // a form sends fields that nobody filled in
        return fallback;
    bool whole = false;
    const qint64 value = text.toLongLong(&whole);
    if (whole && value >= least && value <= most)
        return value;
    return badQuery(name, text,
                    most == std::numeric_limits<qint64>::max()
                        ? u"A whole number from %1 on."_s.arg(least)
                        : u"A whole number from %1 to %2."_s.arg(least).arg(most));
}

/// The same of a frame, where null is not given.
Expected<qint64> number(const QJsonObject &frame, const QString &name, qint64 fallback, qint64 least)
{
    const QJsonValue value = frame[name];
    if (value.isUndefined() || value.isNull())
        return fallback;
    if (const qint64 whole = value.toInteger(least - 1); whole >= least)
        return whole;
    return badQuery(name, jsonText(value), u"A whole number from %1 on."_s.arg(least));
}

} // namespace

Expected<SessionQuery> sessionQuery(const QUrlQuery &query, const ApiLimits &limits)
{
    SessionQuery wanted;
    if (const QString name = queryValue(query, u"status"_s); !name.isEmpty()) {
        for (const auto status : {SessionStatus::Active, SessionStatus::Ending, SessionStatus::Completed})
            if (nameOf(status) == name)
                wanted.status = status;
        if (!wanted.status)
            return badQuery(u"status"_s, name, u"One of active, ending, completed."_s);
    }
    wanted.userId = queryValue(query, u"user_id"_s);
    if (const auto user = parseUserId(wanted.userId); !user)
        return badQuery(u"user_id"_s, u"…"_s, user.error().message);
    wanted.text = queryValue(query, u"q"_s);
    wanted.cursor = queryValue(query, u"cursor"_s);
    const auto limit = number(query, u"limit"_s, limits.sessionPage, 1, limits.maxSessionPage);
    if (!limit)
        return limit.error();
    wanted.limit = int(*limit);
    return wanted;
}

Expected<EventQuery> eventQuery(const QString &sessionId, const QUrlQuery &query, const ApiLimits &limits)
{
    const auto after = number(query, u"after"_s, 0, 0, std::numeric_limits<qint64>::max());
    if (!after)
        return after.error();
    const auto limit = number(query, u"limit"_s, limits.eventPage, 1, limits.maxEventPage);
    if (!limit)
        return limit.error();
    return EventQuery{sessionId, *after, int(*limit)};
}

Expected<EventQuery> eventQueryOfFrame(const QString &sessionId, const QJsonObject &frame,
                                       const ApiLimits &limits)
{
    const auto after = number(frame, u"after"_s, 0, 0);
    if (!after)
        return after.error();
    const auto limit = number(frame, u"limit"_s, limits.maxEventPage, 1);
    if (!limit)
        return limit.error();
    return EventQuery{sessionId, *after, int(std::min<qint64>(*limit, limits.maxEventPage))};
}

Expected<std::optional<qint64>> lastEventId(const RequestHead &head)
{
    const QByteArray id = head.header("last-event-id");
    if (id.isEmpty())
        return std::optional<qint64>();
    bool whole = false;
    const qint64 after = id.toLongLong(&whole);
    if (!whole || after < 0)
        return Error{u"bad_query"_s, u"Last-Event-ID is not a number."_s,
                     u"Send the last 'id' that arrived, or none."_s, false};
    return std::optional(after);
}

std::optional<ApiPath> apiPath(const QByteArray &target)
{
    const qsizetype mark = target.indexOf('?');
    const QByteArray path = withoutSlash(mark < 0 ? target : target.first(mark));
    if (!path.startsWith("/api/"))
        return {};
    ApiPath parsed;
    for (const QByteArray &part : path.sliced(qsizetype(qstrlen("/api/"))).split('/'))
        parsed.parts.append(QUrl::fromPercentEncoding(part));
    if (mark >= 0)
        parsed.query = QUrlQuery(QString::fromLatin1(target.sliced(mark + 1)));
    return parsed;
}

bool isForOperators(QByteArrayView path)
{
    return path == "/api" || path.startsWith("/api/") || path == "/ws/operator";
}

} // namespace loquat
