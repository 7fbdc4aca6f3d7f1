// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QHash>
#include <QJsonArray>

namespace loquat {

/// Makes OpenTelemetry spans of events: a session is a trace, and a turn, a model call and a tool call are a
/// span each. Names and attributes are those of the GenAI conventions; what was said is never among them. Ids
/// follow from the session and the event, so that a session that is resumed, elsewhere too, stays one trace.
///
/// Spans as OTLP's JSON has them (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). One thread.
class TraceBuilder
{
public:
    /// The spans that ended with this event.
    QJsonArray take(const Event &event);
    /// Sessions that are held in memory.
    [[nodiscard]] qsizetype open() const { return m_sessions.size(); }

private:
    struct Started
    {
        qint64 atMs = 0;
        qint64 seq = 0;
    };
    struct ModelCall
    {
        Started asked;
        qint64 endedMs = 0;
    };
    struct Turn
    {
        Started started;
        Started asked; ///< the model, last
        bool modelRuns = true;
        QList<ModelCall> modelCalls = {};   ///< that ended
        QHash<QString, Started> tools = {}; ///< by call id
        QString error = {};                 ///< its code
    };
    struct Session
    {
        Started started;
        QString model;
        QHash<int, Turn> turns = {}; ///< those that run or wait, by number
        qint64 freeSinceMs = 0;      ///< when the last turn ended
    };

    static Turn &turnOf(const Event &event, Session &session);
    static QJsonArray endTool(const Event &event, Session &session);
    static QJsonArray modelSpans(const Event &event, const Session &session, const Turn &turn);
    static QJsonArray endTurn(const Event &event, Session &session, int number, const QString &finish);

    QHash<QString, Session> m_sessions;
};

} // namespace loquat
