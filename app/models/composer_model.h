// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/command_runner.h"

#include <QHash>
#include <QSet>

namespace loquat {

/// What a person types to a session: a whisper to the assistant, a reply to the user, or a note for other
/// operators. Each session keeps its own draft and kind.
class ComposerModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(Mode mode READ mode WRITE setMode NOTIFY changed)
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY changed)
    Q_PROPERTY(QString placeholder READ placeholder NOTIFY changed)
    Q_PROPERTY(QString sendLabel READ sendLabel NOTIFY changed)
    Q_PROPERTY(bool enabled READ isEnabled NOTIFY changed)
    Q_PROPERTY(bool canSend READ canSend NOTIFY changed)

public:
    enum class Mode { Whisper, Reply, Note };
    Q_ENUM(Mode)

    ComposerModel(CommandRunner &runner, QObject *parent = nullptr);

    void show(const SessionSnapshot &session);
    void clear();

    [[nodiscard]] Mode mode() const { return m_modes.value(m_session, Mode::Whisper); }
    void setMode(Mode mode);
    [[nodiscard]] QString text() const { return m_drafts.value(m_session); }
    void setText(const QString &text);
    [[nodiscard]] QString placeholder() const;
    [[nodiscard]] QString sendLabel() const;
    [[nodiscard]] bool isEnabled() const { return m_open; }
    [[nodiscard]] bool canSend() const;

    /// The draft stays until the backend has taken it, so that a refusal loses nothing. It goes to the
    /// session that is shown now, whichever is shown when the answers come.
    Q_INVOKABLE void send();

Q_SIGNALS:
    void changed();
    void replyWanted(); ///< the shown session was taken over: what is typed next is for its user

private:
    void deliver(const QString &session, CommandKind kind, const QString &draft);
    void answered(const QString &session);
    void tookOver(const QString &session);

    CommandRunner &m_runner;
    QString m_session;
    QHash<QString, QString> m_drafts;
    QHash<QString, Mode> m_modes;
    QSet<QString> m_sending; ///< sessions that have not answered yet
    bool m_open = false;
    bool m_human = false;
};

} // namespace loquat
