// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/turn_tracker.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// The model calls and tools of one turn as bars: where each starts and how long it is, as fractions of the
/// turn.
class TimelineModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by InspectorModel")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        LabelRole = Qt::UserRole + 1,
        ToolRole,
        FailedRole,
        PersonRole,
        OffsetRole,
        LengthRole,
        TimeRole
    };

    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }

    void show(const TurnTracker &turn, qint64 nowMs);

Q_SIGNALS:
    void countChanged();

private:
    [[nodiscard]] qint64 endOf(const TurnTracker::Span &span) const { return span.endMs.value_or(m_nowMs); }

    QList<TurnTracker::Span> m_spans;
    qint64 m_startMs = 0;
    qint64 m_lengthMs = 1;
    qint64 m_nowMs = 0;
};

} // namespace loquat
