// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rate_meter.h"
#include "models/summary_facts.h"
#include "models/timeline_model.h"

#include <qqmlregistration.h>

namespace loquat {

/// What the right column says about the selected session: its newest turn, and the facts of the session. A
/// number nobody told is "–".
class InspectorModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(QString firstToken READ firstToken NOTIFY turnChanged)
    Q_PROPERTY(QString rate READ rate NOTIFY turnChanged)
    Q_PROPERTY(QString tokens READ tokens NOTIFY turnChanged)
    Q_PROPERTY(QString tokensLabel READ tokensLabel NOTIFY turnChanged)
    Q_PROPERTY(QString cost READ cost NOTIFY turnChanged)
    Q_PROPERTY(QList<double> rateHistory READ rateHistory NOTIFY turnChanged)
    Q_PROPERTY(loquat::TimelineModel *timeline READ timeline CONSTANT)
    Q_PROPERTY(QString user READ user NOTIFY sessionChanged)
    Q_PROPERTY(QString started READ started NOTIFY sessionChanged)
    Q_PROPERTY(QString turns READ turns NOTIFY sessionChanged)
    Q_PROPERTY(QString toolCalls READ toolCalls NOTIFY sessionChanged)
    Q_PROPERTY(QString sessionTokens READ sessionTokens NOTIFY sessionChanged)
    Q_PROPERTY(QString protocol READ protocol NOTIFY sessionChanged)
    Q_PROPERTY(QString node READ node NOTIFY sessionChanged)
    Q_PROPERTY(QString summary READ summary NOTIFY sessionChanged)
    Q_PROPERTY(QString summaryTitle READ summaryTitle NOTIFY sessionChanged)
    Q_PROPERTY(QString summaryIntent READ summaryIntent NOTIFY sessionChanged)
    Q_PROPERTY(QString summaryOutcome READ summaryOutcome NOTIFY sessionChanged)
    Q_PROPERTY(QString summaryOutcomeKind READ summaryOutcomeKind NOTIFY sessionChanged)
    Q_PROPERTY(QString summaryLanguage READ summaryLanguage NOTIFY sessionChanged)
    Q_PROPERTY(QStringList openPoints READ openPoints NOTIFY sessionChanged)

public:
    explicit InspectorModel(QObject *parent = nullptr);

    void clear();
    void showSession(const SessionSnapshot &session);
    void apply(const Event &event);
    void apply(const Delta &delta) { m_turn.apply(delta); }
    /// Once a batch and once a second; `meter` may be null.
    void refresh(const RateMeter *meter, qint64 nowMs);

    [[nodiscard]] QString firstToken() const;
    [[nodiscard]] QString rate() const;
    [[nodiscard]] QString tokens() const;
    [[nodiscard]] QString tokensLabel() const;
    [[nodiscard]] QString cost() const;
    [[nodiscard]] QList<double> rateHistory() const { return m_history; }
    [[nodiscard]] TimelineModel *timeline() { return &m_timeline; }
    [[nodiscard]] QString user() const { return m_session.userId; }
    [[nodiscard]] QString started() const;
    [[nodiscard]] QString turns() const { return QString::number(m_session.turns); }
    [[nodiscard]] QString toolCalls() const;
    [[nodiscard]] QString sessionTokens() const;
    [[nodiscard]] QString protocol() const;
    [[nodiscard]] QString node() const;
    [[nodiscard]] QString summary() const;
    [[nodiscard]] QString summaryTitle() const { return m_summary.title; }
    [[nodiscard]] QString summaryIntent() const { return m_summary.intent; }
    [[nodiscard]] QString summaryOutcome() const { return m_summary.outcome; }
    [[nodiscard]] QString summaryOutcomeKind() const { return m_summary.outcomeKind; }
    [[nodiscard]] QString summaryLanguage() const { return m_summary.language; }
    [[nodiscard]] QStringList openPoints() const { return m_summary.openPoints; }
    [[nodiscard]] std::optional<qint64> endedAtMs() const { return m_endedAtMs; }

Q_SIGNALS:
    void turnChanged();
    void sessionChanged();

private:
    TurnTracker m_turn;
    TimelineModel m_timeline;
    SessionSnapshot m_session;
    SummaryFacts m_summary; ///< of the newest summary event
    std::optional<qint64> m_endedAtMs;
    double m_liveRate = 0;
    QList<double> m_history;
};

} // namespace loquat
