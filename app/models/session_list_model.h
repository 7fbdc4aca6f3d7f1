// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rate_meter.h"
#include "models/running_replies.h"
#include "models/session_state.h"

#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <qqmlregistration.h>

#include <vector>

namespace loquat {

/// Every session the console has heard of, in the order it heard of them; SessionFilterModel sorts and
/// filters. Never reset: a token touches one row.
class SessionListModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ANONYMOUS
    Q_PROPERTY(int openCount READ openCount NOTIFY countsChanged)
    Q_PROPERTY(int streamingCount READ streamingCount NOTIFY countsChanged)
    Q_PROPERTY(int needsYouCount READ needsYouCount NOTIFY countsChanged)
    Q_PROPERTY(QString countsText READ countsText NOTIFY countsChanged)

public:
    /// Beyond this many ended sessions those that ended first leave the list; History keeps them all.
    static constexpr int maxEnded = 500;

    enum Role {
        SessionIdRole = Qt::UserRole + 1,
        UserIdRole,
        StateRole,
        StateKindRole,
        PreviewRole,
        RateRole,
        SparklineRole,
        AgeRole,
        WaitedRole, ///< for a person to decide on a call: 0:14; empty where none does
        StreamingRole,
        NeedsYouRole,
        EndedRole,
        StartedRole,
    };

    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// `replies` must have seen the batch already.
    void apply(const LiveBatch &batch, const RunningReplies &replies, qint64 nowMs);
    /// This session stays in the list, since it is looked at.
    void keep(const QString &sessionId) { m_kept = sessionId; }
    /// Whether it is this console that took the session over.
    void setMine(const QString &sessionId, bool mine);
    /// What was said so far is not known any more: batches were lost.
    void forgetReplies();
    /// Once a second: ages and rates move although nothing happened.
    void tick(qint64 nowMs);

    [[nodiscard]] int rowOf(const QString &sessionId) const { return m_rowOf.value(sessionId, -1); }
    [[nodiscard]] const SessionSnapshot *find(const QString &sessionId) const;
    [[nodiscard]] SessionState state(const QString &sessionId) const;
    [[nodiscard]] const RateMeter *meter(const QString &sessionId) const;
    /// Those that go on: neither ended nor ending, that is, waiting for their summary.
    [[nodiscard]] int openCount() const { return m_open; }
    [[nodiscard]] int streamingCount() const { return m_streaming; }
    [[nodiscard]] int needsYouCount() const { return m_needsYou; }
    [[nodiscard]] QString countsText() const;

Q_SIGNALS:
    void countsChanged();

private:
    struct Row
    {
        SessionSnapshot session;
        SessionState state;
        QString liveText;
        RateMeter meter;
        bool mine = false;
        qint64 waitsSinceMs = 0; ///< for a person to decide on a call
    };

    [[nodiscard]] static QString previewOf(const Row &row);
    void put(const QList<SessionSnapshot> &sessions);
    void update(Row &row, const SessionSnapshot &session);
    void tellChanged(const QSet<int> &changed);
    void drop(int row);
    void count(const Row &row, int sign);
    void touch(const QString &sessionId, QSet<int> &touched, const RunningReplies &replies);
    void forgetOldest();

    std::vector<Row> m_rows;
    QHash<QString, int> m_rowOf;
    QString m_kept;
    qint64 m_now = 0;
    int m_open = 0;
    int m_streaming = 0;
    int m_needsYou = 0;
    int m_ended = 0;
};

} // namespace loquat
