// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <qqmlregistration.h>

namespace loquat {

/// The tools that the assistant called since this console looks, a row a tool, by name: how often, how well,
/// how fast. Fed by the live events; what is to be kept longer is Prometheus's.
class ToolsModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString summary READ summary NOTIFY changed)

public:
    /// A model may make up names: those beyond are not shown.
    static constexpr int longest = 200;

    enum Role {
        NameRole = Qt::UserRole + 1,
        StateWordRole,
        StateKindRole,
        CallsRole,
        FailedRole,
        DeniedRole,
        MeanTimeRole, ///< of the calls that ran to an end, "–" while unknown
        LastRole,     ///< "12 s ago"
    };

    using QAbstractListModel::QAbstractListModel;

    void apply(const LiveBatch &batch, qint64 nowMs);
    /// Batches were lost: what ran may have ended.
    void forgetRunning();
    /// Once a second: the last call is longer ago.
    void tick(qint64 nowMs);

    [[nodiscard]] int count() const { return int(m_tools.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    [[nodiscard]] QString summary() const; ///< "3 tools · 14 calls · 1 failed"

Q_SIGNALS:
    void changed();

private:
    /// How the last call that ended went.
    enum class Outcome { None, Ok, Failed, Denied, NoSuchTool };
    struct Tool
    {
        QString name;
        qint64 calls = 0;
        qint64 running = 0;
        qint64 failed = 0;
        qint64 denied = 0;
        qint64 timed = 0; ///< calls that told how long they took
        qint64 tookMs = 0;
        qint64 lastMs = 0;
        Outcome last = Outcome::None;
    };
    struct Open
    {
        QString tool;
        bool denied = false;
    };

    void apply(const Event &event);
    void forget(const QString &sessionId);
    [[nodiscard]] static QString wordOf(const Tool &tool);
    [[nodiscard]] static QString kindOf(const Tool &tool);
    [[nodiscard]] Tool *find(const QString &name);
    Tool *findOrAdd(const QString &name);

    QList<Tool> m_tools;                         ///< by name
    QHash<QString, QHash<QString, Open>> m_open; ///< calls without a result: session, call
    qint64 m_now = 0;
};

} // namespace loquat
