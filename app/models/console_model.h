// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "models/composer_model.h"
#include "models/history_page_model.h"
#include "models/inspector_model.h"
#include "models/metrics_model.h"
#include "models/nodes_model.h"
#include "models/session_actions.h"
#include "models/session_filter_model.h"
#include "models/status_model.h"
#include "models/theme_settings.h"
#include "models/tools_model.h"
#include "models/transcript_model.h"
#include "models/waiting_calls_model.h"

namespace loquat {

/// Everything the console shows, fed by one link: who is selected, and the models of each column.
class ConsoleModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Created by the composition root")
    Q_PROPERTY(loquat::SessionFilterModel *sessions READ sessions CONSTANT)
    Q_PROPERTY(loquat::TranscriptModel *transcript READ transcript CONSTANT)
    Q_PROPERTY(loquat::InspectorModel *inspector READ inspector CONSTANT)
    Q_PROPERTY(loquat::SessionActions *actions READ actions CONSTANT)
    Q_PROPERTY(loquat::ComposerModel *composer READ composer CONSTANT)
    Q_PROPERTY(loquat::CommandRunner *commands READ commands CONSTANT)
    Q_PROPERTY(loquat::StatusModel *status READ status CONSTANT)
    Q_PROPERTY(loquat::HistoryPageModel *history READ history CONSTANT)
    Q_PROPERTY(loquat::NodesModel *nodes READ nodes CONSTANT)
    Q_PROPERTY(loquat::MetricsModel *metrics READ metrics CONSTANT)
    Q_PROPERTY(loquat::ToolsModel *tools READ tools CONSTANT)
    Q_PROPERTY(loquat::WaitingCallsModel *waitingCalls READ waitingCalls CONSTANT)
    Q_PROPERTY(loquat::ThemeSettings *theme READ theme CONSTANT)
    Q_PROPERTY(QString counts READ counts NOTIFY countsChanged)
    Q_PROPERTY(int needsYou READ needsYou NOTIFY countsChanged)
    Q_PROPERTY(QString selectedId READ selectedId NOTIFY selectionChanged)
    Q_PROPERTY(int selectedRow READ selectedRow NOTIFY selectedRowChanged)
    Q_PROPERTY(QString title READ title NOTIFY headerChanged)
    Q_PROPERTY(QString subtitle READ subtitle NOTIFY headerChanged)
    Q_PROPERTY(QString stateWord READ stateWord NOTIFY headerChanged)
    Q_PROPERTY(QString stateKind READ stateKind NOTIFY headerChanged)
    Q_PROPERTY(QString trouble READ trouble NOTIFY headerChanged)
    Q_PROPERTY(LoadState loadState READ loadState NOTIFY loadStateChanged)
    Q_PROPERTY(QString loadError READ loadError NOTIFY loadStateChanged)

public:
    enum class LoadState { Nothing, Loading, Ready, Failed };
    Q_ENUM(LoadState)

    /// `link` and `clock` must outlive the model.
    ConsoleModel(ConsoleLink &link, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] SessionFilterModel *sessions() { return &m_shown; }
    [[nodiscard]] TranscriptModel *transcript() { return &m_transcript; }
    [[nodiscard]] InspectorModel *inspector() { return &m_inspector; }
    [[nodiscard]] SessionActions *actions() { return &m_actions; }
    [[nodiscard]] ComposerModel *composer() { return &m_composer; }
    [[nodiscard]] CommandRunner *commands() { return &m_commands; }
    [[nodiscard]] StatusModel *status() { return &m_status; }
    [[nodiscard]] HistoryPageModel *history() { return &m_history; }
    [[nodiscard]] NodesModel *nodes() { return &m_nodes; }
    [[nodiscard]] MetricsModel *metrics() { return &m_metrics; }
    [[nodiscard]] ToolsModel *tools() { return &m_tools; }
    [[nodiscard]] WaitingCallsModel *waitingCalls() { return &m_waitingCalls; }
    [[nodiscard]] ThemeSettings *theme() { return &m_theme; }

    [[nodiscard]] QString counts() const { return m_sessions.countsText(); }
    [[nodiscard]] int needsYou() const { return m_sessions.needsYouCount(); }
    [[nodiscard]] QString selectedId() const { return m_selected; }
    [[nodiscard]] int selectedRow() const { return m_shown.rowOf(m_selected); }
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString subtitle() const;
    [[nodiscard]] QString stateWord() const { return m_state.word; }
    [[nodiscard]] QString stateKind() const { return m_state.kind; }
    [[nodiscard]] QString trouble() const; ///< why the selected session is not seen as those here are
    [[nodiscard]] LoadState loadState() const { return m_loadState; }
    [[nodiscard]] QString loadError() const { return m_loadError; }

    Q_INVOKABLE void select(const QString &sessionId);
    Q_INVOKABLE void selectNeighbour(int step); ///< J and K; the first row when nothing is selected
    Q_INVOKABLE void deselect() { select({}); }
    Q_INVOKABLE void reload(); ///< after a failure, or when batches were lost

Q_SIGNALS:
    void countsChanged();
    void selectionChanged();
    void selectedRowChanged();
    void headerChanged();
    void loadStateChanged();

private:
    void take(const LiveBatch &batch);
    void takeStream(const LiveBatch &batch);
    void showSelected();
    void loaded(const Expected<QList<Event>> &events);
    void setLoadState(LoadState state, const QString &error = {});
    void tick();
    void showStatus();
    /// What is shown of a backend that is away is as it was when it went.
    [[nodiscard]] qint64 shownMs() const;

    ConsoleLink &m_link;
    Clock &m_clock;
    std::unique_ptr<Clock::Timer> m_tick;
    RunningReplies m_replies;
    SessionListModel m_sessions;
    SessionFilterModel m_shown;
    TranscriptModel m_transcript;
    InspectorModel m_inspector;
    CommandRunner m_commands;
    SessionActions m_actions;
    ComposerModel m_composer;
    StatusModel m_status;
    HistoryPageModel m_history;
    NodesModel m_nodes;
    MetricsModel m_metrics;
    ToolsModel m_tools;
    WaitingCallsModel m_waitingCalls;
    ThemeSettings m_theme;
    QString m_selected;
    SessionState m_state;
    std::optional<qint64> m_awaySinceMs;
    LoadState m_loadState = LoadState::Nothing;
    QString m_loadError;
    quint64 m_loadSerial = 0;    ///< an answer to an older load is not shown
    QList<Event> m_whileLoading; ///< live events of the selected session, until its history is here
};

} // namespace loquat
