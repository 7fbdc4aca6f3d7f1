// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api_connection.h"
#include "gateway/api_query.h"
#include "gateway/operator_parts.h"

namespace loquat {

/// What the API answers, without a socket: GET /api/sessions, /api/sessions/{id}, …/events, …/export, and
/// POST …/commands. One thread.
class ApiRoutes
{
public:
    using Answer = ApiConnection::Answer;

    /// The stores and sessions answer in the thread of `context`, which outlives them.
    ApiRoutes(OperatorParts &parts, QObject *context)
        : m_parts(parts)
        , m_context(context)
    {
    }

    /// `answer` is called once, now or later.
    void handle(const QByteArray &method, const QByteArray &target, const QByteArray &body, Answer answer);

private:
    using WithRow = std::function<void(const SessionRow &row)>;

    void nodes(const Answer &answer);
    void countPage(const QUrlQuery &query, int most);
    void list(const QUrlQuery &query, const Answer &answer);
    void show(const QString &sessionId, const Answer &answer);
    void events(const QString &sessionId, const QUrlQuery &query, const Answer &answer);
    void exportAs(const QString &sessionId, const QUrlQuery &query, const Answer &answer);
    void collect(const SessionRow &row, const QString &format, QList<Event> events, const Answer &answer);
    void command(const QString &sessionId, const QByteArray &body, const Answer &answer);
    /// Calls `then` with the session's row, or answers why it cannot.
    void withRow(const QString &sessionId, const Answer &answer, WithRow then);
    [[nodiscard]] QJsonObject shown(const SessionRow &row) const;

    OperatorParts &m_parts;
    QObject *m_context;
};

} // namespace loquat
