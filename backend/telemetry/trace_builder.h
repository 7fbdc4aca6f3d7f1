// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QHash>
#include <QJsonArray>

#include <map>

namespace loquat {

/// Makes OpenTelemetry spans of events: a session is a trace, and a turn, a model call and a tool call are a
/// span each. Names and attributes are those of the GenAI conventions; what was said is never among them. Ids
/// follow from the session and the event, so that a session that is resumed, elsewhere too, stays one trace.
///
/// Spans as OTLP's JSON has them (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). One thread.
class TraceBuilder
{
public:
    /// More than a node has connections. Not every session ends here: others lead it, or its end was dropped.
    static constexpr qsizetype maxSessions = 32'768;

    TraceBuilder() = default;
    /// Beyond `most` sessions, the one that was quiet longest is forgotten.
    explicit TraceBuilder(qsizetype most)
        : m_most(most)
    {
    }

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
        quint64 heard = 0;           ///< its key in m_quiet
        bool over = false;           ///< but for its summary
    };

    Session *heardOf(const Event &event);
    void forget(const QString &sessionId);
    static Turn &turnOf(const Event &event, Session &session);
    static QJsonArray endTool(const Event &event, Session &session);
    static QJsonArray asideSpans(const Event &event, const QString &parent);
    static QJsonArray modelSpans(const Event &event, const Session &session, const Turn &turn);
    static QJsonArray endTurn(const Event &event, Session &session, int number, const QString &finish);

    qsizetype m_most = maxSessions;
    quint64 m_heard = 0;
    QHash<QString, Session> m_sessions;
    std::map<quint64, QString> m_quiet; ///< the sessions, by when something was last heard of them
};

} // namespace loquat
