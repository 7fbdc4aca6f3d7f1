// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/timeline_model.h"

#include "models/format.h"

namespace loquat {

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_spans.size());
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TurnTracker::Span &span = m_spans[index.row()];
    const qint64 length = std::max<qint64>(0, endOf(span) - span.startMs);
    switch (role) {
    case Qt::DisplayRole:
    case LabelRole:
        return span.label;
    case ToolRole:
        return span.tool;
    case FailedRole:
        return span.failed;
    case PersonRole:
        return span.person;
    case OffsetRole:
        return double(span.startMs - m_startMs) / double(m_lengthMs);
    case LengthRole:
        return double(length) / double(m_lengthMs);
    case TimeRole:
        return format::duration(length);
    default:
        return {};
    }
}

QHash<int, QByteArray> TimelineModel::roleNames() const
{
    return {{LabelRole, "label"},   {ToolRole, "tool"},     {FailedRole, "failed"}, {PersonRole, "person"},
            {OffsetRole, "offset"}, {LengthRole, "length"}, {TimeRole, "time"}};
}

void TimelineModel::show(const TurnTracker &turn, qint64 nowMs)
{
    const auto &spans = turn.spans();
    m_startMs = turn.startMs();
    m_nowMs = nowMs;
    qint64 end = m_startMs + 1;
    for (const auto &span : spans)
        end = std::max(end, span.endMs.value_or(nowMs));
    m_lengthMs = end - m_startMs;
    if (spans.size() < m_spans.size()) {
        beginRemoveRows({}, int(spans.size()), rowCount() - 1);
        m_spans.resize(spans.size());
        endRemoveRows();
    }
    const qsizetype kept = m_spans.size();
    std::copy_n(spans.cbegin(), kept, m_spans.begin());
    if (spans.size() > kept) {
        beginInsertRows({}, int(kept), int(spans.size()) - 1);
        m_spans = spans;
        endInsertRows();
    }
    // Every bar is a share of the turn, so when the turn grows all of them move.
    if (kept > 0)
        Q_EMIT dataChanged(index(0), index(int(kept) - 1));
    Q_EMIT countChanged();
}

} // namespace loquat
