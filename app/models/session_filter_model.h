// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session_list_model.h"

#include <QSortFilterProxyModel>

namespace loquat {

/// The sessions a person wants to see, those that need a person first, then the open ones, newest first,
/// then the ended. A row moves only when its session changes group, so the list does not dance.
class SessionFilterModel : public QSortFilterProxyModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(Show show READ show WRITE setShow NOTIFY filterChanged)
    Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY filterChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool filtered READ isFiltered NOTIFY filterChanged)

public:
    enum class Show { All, Streaming, NeedsYou, Ended };
    Q_ENUM(Show)

    explicit SessionFilterModel(SessionListModel *sessions, QObject *parent = nullptr);

    [[nodiscard]] Show show() const { return m_show; }
    void setShow(Show show);
    [[nodiscard]] QString search() const { return m_search; }
    void setSearch(const QString &search);
    [[nodiscard]] bool isFiltered() const { return m_show != Show::All || !m_search.isEmpty(); }
    [[nodiscard]] int count() const { return rowCount(); }

    [[nodiscard]] int rowOf(const QString &sessionId) const; ///< -1 when it is not shown
    [[nodiscard]] QString sessionAt(int row) const;

Q_SIGNALS:
    void filterChanged();
    void countChanged();

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    SessionListModel *m_sessions;
    Show m_show = Show::All;
    QString m_search;
};

} // namespace loquat
