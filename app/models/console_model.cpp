// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/console_model.h"

#include "models/format.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

ConsoleModel::ConsoleModel(ConsoleLink &link, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_clock(clock)
    , m_shown(&m_sessions)
    , m_commands(link)
    , m_actions(m_commands, clock)
    , m_composer(m_commands)
    , m_history(link, clock)
    , m_waitingCalls(link, m_sessions, m_commands)
{
    connect(&link, &ConsoleLink::batch, this, &ConsoleModel::take);
    connect(&link, &ConsoleLink::statusChanged, this, &ConsoleModel::showStatus);
    connect(&link, &ConsoleLink::gapped, this, [this] {
        m_replies.clear();
        m_sessions.forgetReplies();
        m_tools.forgetRunning();
        if (!m_selected.isEmpty())
            m_link.watch(m_selected);
        reload();
        m_waitingCalls.forgetCalls();
    });
    connect(&m_commands, &CommandRunner::obeyed, this, [this](const QString &session, CommandKind kind) {
        if (kind != CommandKind::TakeOver && kind != CommandKind::Release)
            return;
        m_sessions.setMine(session, kind == CommandKind::TakeOver);
        showSelected();
    });
    connect(&m_sessions, &SessionListModel::countsChanged, this, &ConsoleModel::countsChanged);
    connect(&m_sessions, &SessionListModel::countsChanged, &m_status,
            [this] { m_status.showOpen(m_sessions.openCount()); });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_shown, signal, this, &ConsoleModel::selectedRowChanged);
    connect(&m_shown, &QAbstractItemModel::layoutChanged, this, &ConsoleModel::selectedRowChanged);
    showStatus();
    tick();
}

void ConsoleModel::showStatus()
{
    const BackendStatus status = m_link.status();
    m_status.show(status);
    m_nodes.show(status);
    m_metrics.show(status);
    m_commands.setReachable(status.trouble.isEmpty());
    if (status.trouble.isEmpty())
        m_awaySinceMs.reset();
    else if (!m_awaySinceMs)
        m_awaySinceMs = m_clock.nowMs();
}

qint64 ConsoleModel::shownMs() const
{
    return m_awaySinceMs.value_or(m_clock.nowMs());
}

QString ConsoleModel::trouble() const
{
    const auto *session = m_sessions.find(m_selected);
    return session ? session->trouble : QString();
}

QString ConsoleModel::title() const
{
    const auto *session = m_sessions.find(m_selected);
    return session ? session->userId : QString();
}

QString ConsoleModel::subtitle() const
{
    const auto *session = m_sessions.find(m_selected);
    if (!session)
        return {};
    QStringList parts;
    if (!session->model.isEmpty())
        parts.append(session->model);
    // Its summary, which may come much later, is no part of the conversation.
    const qint64 until =
        m_inspector.endedAtMs().value_or(m_state.ended ? session->lastActivityMs : shownMs());
    parts.append(format::duration((until - session->startedAtMs) / 1000 * 1000));
    return parts.join(u" · "_s);
}

void ConsoleModel::select(const QString &sessionId)
{
    if (m_selected == sessionId)
        return;
    m_selected = sessionId;
    m_sessions.keep(sessionId);
    m_commands.setSession(sessionId);
    m_transcript.clear();
    m_inspector.clear();
    m_actions.clear();
    m_composer.clear();
    Q_EMIT selectionChanged();
    Q_EMIT selectedRowChanged();
    m_link.watch(sessionId);
    reload();
}

void ConsoleModel::selectNeighbour(int step)
{
    const int row = selectedRow();
    const int next = row < 0 ? 0 : std::clamp(row + step, 0, m_shown.count() - 1);
    if (m_shown.count() > 0)
        select(m_shown.sessionAt(next));
}

void ConsoleModel::reload()
{
    const quint64 serial = ++m_loadSerial;
    m_whileLoading.clear();
    showSelected();
    if (m_selected.isEmpty())
        return setLoadState(LoadState::Nothing);
    setLoadState(LoadState::Loading);
    m_link.loadEvents(m_selected, [self = QPointer(this), serial](const Expected<QList<Event>> &events) {
        if (self && self->m_loadSerial == serial)
            self->loaded(events);
    });
}

void ConsoleModel::loaded(const Expected<QList<Event>> &stored)
{
    if (!stored)
        return setLoadState(LoadState::Failed, stored.error().text());
    QList<Event> events = *stored;
    const qint64 last = events.isEmpty() ? 0 : events.last().seq;
    for (const Event &event : std::as_const(m_whileLoading))
        if (event.seq > last)
            events.append(event);
    m_whileLoading.clear();
    const auto *session = m_sessions.find(m_selected);
    const qint64 live = std::max(m_replies.lastSeq(m_selected), session ? session->lastSeq : 0);
    m_transcript.setUserName(title());
    m_transcript.load(events, m_replies.find(m_selected), live);
    m_inspector.clear();
    for (const Event &event : std::as_const(events))
        m_inspector.apply(event);
    if (const auto *running = m_replies.find(m_selected))
        m_inspector.apply(Delta{m_selected, running->turn, {}, 0, running->startedMs});
    setLoadState(LoadState::Ready);
    showSelected();
}

void ConsoleModel::take(const LiveBatch &batch)
{
    for (const auto &item : batch.stream)
        std::visit([this](const auto &happened) { m_replies.apply(happened); }, item);
    m_sessions.apply(batch, m_replies, m_clock.nowMs());
    m_tools.apply(batch, m_clock.nowMs());
    m_waitingCalls.apply(batch, m_clock.nowMs());
    if (m_selected.isEmpty())
        return;
    takeStream(batch);
    showSelected();
}

void ConsoleModel::takeStream(const LiveBatch &batch)
{
    const bool loading = m_loadState == LoadState::Loading;
    for (const auto &item : batch.stream) {
        const bool mine = std::visit([this](const auto &it) { return it.sessionId == m_selected; }, item);
        if (!mine)
            continue;
        if (const auto *event = std::get_if<Event>(&item)) {
            if (loading) {
                m_whileLoading.append(*event);
                continue;
            }
            if (event->seq > m_transcript.lastSeq())
                m_inspector.apply(*event);
            m_transcript.apply(*event);
        } else if (!loading) {
            const auto &delta = std::get<Delta>(item);
            if (!delta.text.isEmpty())
                m_inspector.apply(delta);
            m_transcript.apply(delta);
        }
    }
}

void ConsoleModel::showSelected()
{
    const auto *session = m_sessions.find(m_selected);
    m_state = m_sessions.state(m_selected);
    if (session) {
        m_transcript.setWaitsForApproval(session->phase == Phase::WaitingForApproval ? session->phaseDetail
                                                                                     : QString());
        m_actions.show(*session, m_transcript.waitingCallIds());
        m_composer.show(*session);
        m_inspector.showSession(*session);
        m_inspector.refresh(m_sessions.meter(m_selected), shownMs());
    } else {
        m_actions.clear();
        m_composer.clear();
    }
    Q_EMIT headerChanged();
}

void ConsoleModel::setLoadState(LoadState state, const QString &error)
{
    m_loadState = state;
    m_loadError = error.trimmed();
    Q_EMIT loadStateChanged();
}

void ConsoleModel::tick()
{
    m_sessions.tick(shownMs());
    m_metrics.sample();
    m_tools.tick(m_clock.nowMs());
    m_waitingCalls.tick(m_clock.nowMs());
    if (!m_selected.isEmpty())
        showSelected();
    m_tick = m_clock.after(std::chrono::seconds(1), [this] { tick(); });
}

} // namespace loquat
