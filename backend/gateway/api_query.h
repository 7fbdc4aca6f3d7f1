// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api_limits.h"
#include "gateway/request_head.h"
#include "store/api/session_history.h"

#include <QJsonObject>
#include <QUrlQuery>

namespace loquat {

/// ?status=&user_id=&q=&limit=&cursor= of GET /api/sessions. Error bad_query.
Expected<SessionQuery> sessionQuery(const QUrlQuery &query, const ApiLimits &limits);

/// ?after=&limit= of GET /api/sessions/{id}/events. Error bad_query.
Expected<EventQuery> eventQuery(const QString &sessionId, const QUrlQuery &query, const ApiLimits &limits);

/// The same of an operator's frame, where a limit beyond the most is the most.
Expected<EventQuery> eventQueryOfFrame(const QString &sessionId, const QJsonObject &frame,
                                       const ApiLimits &limits);

/// The Last-Event-ID header; nullopt: there is none. Error bad_query.
Expected<std::optional<qint64>> lastEventId(const RequestHead &head);

struct ApiPath
{
    QStringList parts; ///< below /api/, decoded
    QUrlQuery query;
};

/// nullopt: the target is not below /api/. "/api/sessions/a%2Fb" has the parts "sessions" and "a/b".
std::optional<ApiPath> apiPath(const QByteArray &target);

/// /api/… and /ws/operator: what only operators may use.
bool isForOperators(QByteArrayView path);

} // namespace loquat
