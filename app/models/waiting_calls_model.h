// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/command_runner.h"
#include "models/session_list_model.h"

namespace loquat {

/// The tool calls of all sessions that wait for an operator, the one that has waited longest first. What was
/// stored of a session's calls decides; it is loaded where calls were asked before this console looked. Until
/// it is there the snapshot tells of one, which cannot be decided here: which one it is is not known.
class WaitingCallsModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        SessionIdRole = Qt::UserRole + 1,
        CallIdRole, ///< empty: of a call that only the snapshot tells
        UserRole,
        ToolRole,
        ArgsRole,
        WaitedRole,
        CanDecideRole,
        TroubleRole, ///< why the last decision was refused
    };

    /// All outlive it.
    WaitingCallsModel(ConsoleLink &link, const SessionListModel &sessions, CommandRunner &runner,
                      QObject *parent = nullptr);

    /// `sessions` must have seen the batch already.
    void apply(const LiveBatch &batch, qint64 nowMs);
    /// Batches were lost: begins anew with what the snapshots say.
    void forgetCalls();
    /// Once a second: what waits has waited longer.
    void tick(qint64 nowMs);

    [[nodiscard]] int count() const { return int(m_calls.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    Q_INVOKABLE void approve(const QString &sessionId, const QString &callId);
    Q_INVOKABLE void deny(const QString &sessionId, const QString &callId);

Q_SIGNALS:
    void countChanged();

private:
    struct Call
    {
        QString sessionId;
        QString callId;
        QString tool;
        QString args;
        qint64 askedAtMs = 0;
        bool decided = false; ///< sent, and not refused
        QString trouble = {};
    };

    void apply(const Event &event);
    void load(const QString &sessionId);
    void loadNext();
    void loaded(const QString &sessionId, const Expected<QList<Event>> &stored);
    void apply(const SessionSnapshot &session);
    void add(Call call);
    template <typename Matches> void removeIf(Matches matches);
    [[nodiscard]] qsizetype rowOf(const QString &sessionId, const QString &callId) const;
    void changed(qsizetype row);
    void decide(CommandKind kind, const QString &sessionId, const QString &callId);

    ConsoleLink &m_link;
    const SessionListModel &m_sessions;
    CommandRunner &m_runner;
    QList<Call> m_calls;
    QHash<QString, QHash<QString, QString>> m_args; ///< of a session's calls without a result, by call
    QSet<QString> m_told;                           ///< sessions whose calls are known from what was stored
    static constexpr qsizetype maxLoads = 4;        ///< at once; a backend answers only so many
    static constexpr qint64 retryMs = 5'000;

    QStringList m_toLoad;
    QHash<QString, QList<Event>> m_loading; ///< what happens in a session until what was stored is here
    qint64 m_retryAtMs = 0;                 ///< for those whose calls are not known yet
    quint64 m_serial = 0;                   ///< an answer to an older load means nothing
    qint64 m_now = 0;
};

} // namespace loquat
