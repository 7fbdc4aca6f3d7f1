// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// The nodes on one database in words: who they are, whether they live, how much each leads.
class NodesModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(bool shown READ isShown NOTIFY changed)
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString summary READ summary NOTIFY changed)
    Q_PROPERTY(QString summaryKind READ summaryKind NOTIFY changed)
    Q_PROPERTY(QString trouble READ trouble NOTIFY changed)

public:
    enum Role {
        NodeIdRole = Qt::UserRole + 1,
        AddressRole,
        VersionRole,
        StateWordRole,
        StateKindRole,
        HeardRole,
        StartedRole,
        SessionsRole,
        SelfRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void show(const BackendStatus &status);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// It is one of several, or meant to be.
    [[nodiscard]] bool isShown() const { return !m_nodes.isEmpty() || !m_trouble.isEmpty(); }
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] QString summary() const; ///< "3 nodes", "1 of 3 nodes presumed dead"
    [[nodiscard]] QString summaryKind() const;
    [[nodiscard]] QString trouble() const { return m_trouble; }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] qsizetype dead() const;

    QList<FleetNode> m_nodes;
    QString m_trouble;
};

} // namespace loquat
