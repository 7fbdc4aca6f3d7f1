// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QSet>

#include <optional>

namespace loquat {

/// What the newest turn of a session did when, and what it took, gathered from its events and tokens.
class TurnTracker
{
public:
    struct Span
    {
        QString label;
        bool tool = false;
        bool failed = false;
        QString callId;
        qint64 startMs = 0;
        std::optional<qint64> endMs; ///< absent while it runs
        bool person = false;         ///< a call that waits, or waited, for somebody to decide on it

        bool operator==(const Span &) const = default;
    };

    void clear();
    void apply(const Event &event);
    void apply(const Delta &delta);

    [[nodiscard]] const QList<Span> &spans() const { return m_spans; }
    [[nodiscard]] bool running() const { return m_running; }
    [[nodiscard]] qint64 startMs() const { return m_startMs; }
    [[nodiscard]] std::optional<qint64> firstTokenMs() const { return m_firstToken; }
    /// Of the whole turn, once it is over.
    [[nodiscard]] std::optional<double> rate() const { return m_rate; }
    /// While it runs, the tokens that came, if all were seen.
    [[nodiscard]] const Usage &usage() const { return m_usage; }
    [[nodiscard]] std::optional<double> costUsd() const { return m_cost; }

private:
    void beginTurn(int turn, qint64 atMs);
    void beginNextTurn(qint64 atMs);
    void endTurns(const Event &event);
    void beginModelCall(qint64 atMs);
    void endModelCall(qint64 atMs);
    void decide(const Event &approval);
    void endTool(const Event &event);
    [[nodiscard]] Span *openTool(const QString &callId);
    void endReply(const Event &event);

    QList<Span> m_spans;
    bool m_running = false;
    bool m_modelAnswers = true; ///< not while a person does, or nobody
    bool m_timesFirst = true;   ///< its beginning was seen
    bool m_countsTokens = true; ///< every token was
    int m_turn = 0;
    QSet<QString> m_denied; ///< calls that somebody denied, which did not fail
    QList<int> m_waiting;   ///< turns of what was said before this one was over
    int m_modelCalls = 0;
    int m_openTools = 0;
    qint64 m_startMs = 0;
    std::optional<qint64> m_firstToken;
    std::optional<double> m_rate;
    std::optional<double> m_cost;
    Usage m_usage;
};

} // namespace loquat
