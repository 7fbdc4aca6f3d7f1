// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/history_page_model.h"

#include "models/format.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// What the row tells of the session, and its events besides.
SessionSnapshot snapshotOf(const SessionRow &row, const QList<Event> &events)
{
    SessionSnapshot session;
    session.sessionId = row.sessionId;
    session.userId = row.userId;
    session.model = row.model.value_or(QString());
    session.nodeId = row.nodeId.value_or(QString());
    session.status = row.status == "completed"_L1 ? SessionStatus::Completed : SessionStatus::Active;
    session.startedAtMs = row.startedAtMs;
    session.turns = int(row.turns);
    session.usage.inputTokens = row.inputTokens;
    session.usage.outputTokens = row.outputTokens;
    session.summary = row.summary.value_or(QString());
    for (const Event &event : events) {
        if (event.type == EventType::SessionStarted)
            session.protocol = event.meta["protocol"_L1].toString();
        addToolCall(session, event);
    }
    return session;
}

} // namespace

HistoryPageModel::HistoryPageModel(ConsoleLink &link, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_found(link, clock)
    , m_saving(link)
{
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_found, signal, this, &HistoryPageModel::selectedRowChanged);
    connect(&m_found, &QAbstractItemModel::modelReset, this, &HistoryPageModel::selectedRowChanged);
}

QString HistoryPageModel::subtitle() const
{
    QStringList parts;
    if (const int row = selectedRow(); row >= 0)
        for (const auto role : {HistoryModel::StartedRole, HistoryModel::FactsRole})
            parts.append(m_found.index(row).data(role).toString());
    return parts.join(u" · "_s);
}

void HistoryPageModel::select(const QString &sessionId)
{
    if (sessionId == m_row.sessionId)
        return;
    const SessionRow *row = m_found.find(sessionId);
    m_row = row ? *row : SessionRow{};
    m_transcript.clear();
    m_inspector.clear();
    m_saving.setSession(m_row.sessionId);
    Q_EMIT selectionChanged();
    Q_EMIT selectedRowChanged();
    reload();
}

void HistoryPageModel::selectNeighbour(int step)
{
    const int row = selectedRow();
    const int next = row < 0 ? 0 : std::clamp(row + step, 0, std::max(m_found.count() - 1, 0));
    if (const QString id = m_found.sessionAt(next); !id.isEmpty())
        select(id);
    if (next >= m_found.count() - 1)
        m_found.loadMore();
}

void HistoryPageModel::reload()
{
    const quint64 serial = ++m_serial;
    m_loading = !m_row.sessionId.isEmpty();
    m_loadError.clear();
    Q_EMIT loadChanged();
    if (m_loading)
        m_link.loadEvents(m_row.sessionId,
                          [self = QPointer(this), serial](const Expected<QList<Event>> &events) {
                              if (self && self->m_serial == serial)
                                  self->loaded(events);
                          });
}

void HistoryPageModel::loaded(const Expected<QList<Event>> &events)
{
    m_loading = false;
    if (!events) {
        m_loadError = events.error().text();
    } else {
        m_transcript.setUserName(m_row.userId);
        m_transcript.load(*events, nullptr, events->isEmpty() ? 0 : events->last().seq);
        m_inspector.clear();
        for (const Event &event : *events)
            m_inspector.apply(event);
        m_inspector.showSession(snapshotOf(m_row, *events));
        m_inspector.refresh(nullptr, 0);
    }
    Q_EMIT loadChanged();
}

} // namespace loquat
