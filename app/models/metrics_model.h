// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// How the backend has been doing over the last minutes, a row a figure: what its status said once a second,
/// for as long as this console runs. What is to be kept longer is Prometheus's.
class MetricsModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(QString span READ span NOTIFY changed)
    Q_PROPERTY(bool empty READ isEmpty NOTIFY changed)

public:
    static constexpr int longest = 600; ///< samples: ten minutes

    enum Role {
        TitleRole = Qt::UserRole + 1,
        ValueRole,  ///< in words, "–" while unknown
        PeakRole,   ///< "peak 3,412 tok/s", empty before there is one
        PointsRole, ///< list of numbers, the oldest first; unknown ones are left out
        KindRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void show(const BackendStatus &status);
    /// Once a second: takes what was shown last. Of a backend that is away nothing is known.
    void sample();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    [[nodiscard]] QString span() const; ///< "the last 2 min"
    [[nodiscard]] bool isEmpty() const { return m_samples.isEmpty(); }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] bool isAway() const { return !m_status.trouble.isEmpty(); }

    BackendStatus m_status;
    QList<BackendStatus> m_samples; ///< a second apart, the oldest first
};

} // namespace loquat
