// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/open_calls.h"
#include "models/running_replies.h"
#include "models/transcript_entry.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// The conversation of one session: what was stored, then what happens live. An event is shown once, by its
/// seq; a token touches the last block of the running reply and nothing else.
class TranscriptModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        KindRole = Qt::UserRole + 1,
        AuthorRole,
        GlyphRole,
        TimeRole,
        DetailRole,
        TextRole,
        LineKindRole,
        BlocksRole,
        StreamingRole,
        ToolStateRole,
        ToolStateKindRole,
        ToolWaitsRole,
        ArgsRole,
        ResultRole,
        ToolTimeRole,
        CallIdRole,
    };

    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }

    /// Empties the model, for a session whose events are still to come.
    void clear();
    void setUserName(const QString &name) { m_user = name; }
    /// Shows stored events, and the reply that runs meanwhile if any. What is shown of them already stays, so
    /// that who reads it is not thrown back to the beginning.
    void load(const QList<Event> &events, const RunningReplies::Reply *running, qint64 liveSeq);
    void apply(const Event &event);
    void apply(const Delta &delta);
    /// The session's phase says that a call of `tool` waits for an operator; an empty name when none does.
    void setWaitsForApproval(const QString &tool);

    [[nodiscard]] qint64 lastSeq() const { return m_lastSeq; }
    /// The calls that wait for an operator, the oldest first.
    [[nodiscard]] QStringList waitingCallIds() const { return m_waiting; }
    [[nodiscard]] QString waitingCallId() const { return m_waiting.value(0); }

Q_SIGNALS:
    void countChanged();

private:
    [[nodiscard]] bool continues(const QList<Event> &events) const;
    void take(const Event &event);
    qsizetype add(TranscriptEntry entry); ///< the row it has
    void changed(qsizetype row);
    void showWaiting();
    void setToolState(const QString &callId, TranscriptEntry::Tool state);
    void finishReply(const Event &event);
    void dropReply();
    void finishTool(const Event &event);

    QList<TranscriptEntry> m_entries;
    OpenCalls m_openCalls;
    QStringList m_waiting;    ///< as the entries show it
    qsizetype m_running = -1; ///< row of the reply that is being written
    QString m_session;
    qsizetype m_taken = 0; ///< how many events are shown
    qint64 m_lastSeq = 0;
    qint64 m_liveSeq = 0;    ///< newest seq that the live stream has reached
    qint64 m_staleUntil = 0; ///< tokens before this seq belong to a reply that was loaded whole
    QString m_user;
};

} // namespace loquat
