// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_filter_model.h"

namespace loquat {
namespace {

int groupOf(const QModelIndex &index)
{
    if (index.data(SessionListModel::EndedRole).toBool())
        return 2;
    return index.data(SessionListModel::NeedsYouRole).toBool() ? 0 : 1;
}

} // namespace

SessionFilterModel::SessionFilterModel(SessionListModel *sessions, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_sessions(sessions)
{
    setSourceModel(sessions);
    sort(0);
    connect(this, &QAbstractItemModel::rowsInserted, this, &SessionFilterModel::countChanged);
    connect(this, &QAbstractItemModel::rowsRemoved, this, &SessionFilterModel::countChanged);
}

void SessionFilterModel::setShow(Show show)
{
    if (m_show == show)
        return;
    m_show = show;
    invalidateRowsFilter();
    Q_EMIT filterChanged();
}

void SessionFilterModel::setSearch(const QString &search)
{
    if (m_search == search)
        return;
    m_search = search;
    invalidateRowsFilter();
    Q_EMIT filterChanged();
}

int SessionFilterModel::rowOf(const QString &sessionId) const
{
    return mapFromSource(m_sessions->index(m_sessions->rowOf(sessionId))).row();
}

QString SessionFilterModel::sessionAt(int row) const
{
    return index(row, 0).data(SessionListModel::SessionIdRole).toString();
}

bool SessionFilterModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex session = sourceModel()->index(row, 0, parent);
    const auto is = [&](SessionListModel::Role role) { return session.data(role).toBool(); };
    if ((m_show == Show::Streaming && !is(SessionListModel::StreamingRole)) ||
        (m_show == Show::NeedsYou && !is(SessionListModel::NeedsYouRole)) ||
        (m_show == Show::Ended && !is(SessionListModel::EndedRole)))
        return false;
    const QString wanted = m_search.trimmed();
    if (wanted.isEmpty())
        return true;
    const auto has = [&](SessionListModel::Role role) {
        return session.data(role).toString().contains(wanted, Qt::CaseInsensitive);
    };
    return has(SessionListModel::UserIdRole) || has(SessionListModel::SessionIdRole) ||
           has(SessionListModel::PreviewRole);
}

bool SessionFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const int leftGroup = groupOf(left);
    const int rightGroup = groupOf(right);
    if (leftGroup != rightGroup)
        return leftGroup < rightGroup;
    const qint64 leftStart = left.data(SessionListModel::StartedRole).toLongLong();
    const qint64 rightStart = right.data(SessionListModel::StartedRole).toLongLong();
    if (leftStart != rightStart)
        return leftStart > rightStart;
    return left.data(SessionListModel::SessionIdRole).toString() <
           right.data(SessionListModel::SessionIdRole).toString();
}

} // namespace loquat
