// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <qqmlregistration.h>

namespace loquat {

/// Sends commands to the selected session, and keeps the last refusal for the person to read.
class CommandRunner : public QObject
{
    Q_OBJECT
    QML_ANONYMOUS
    Q_PROPERTY(QString error READ error NOTIFY errorChanged)
    Q_PROPERTY(QString remedy READ remedy NOTIFY errorChanged)

public:
    using Then = std::function<void(bool ok)>;

    explicit CommandRunner(ConsoleLink &link, QObject *parent = nullptr);

    void setSession(const QString &sessionId);
    [[nodiscard]] QString session() const { return m_session; }
    void run(const Command &command, Then then = {});
    /// A command that needs no text.
    void run(CommandKind kind, Then then = {});

    [[nodiscard]] QString error() const { return m_error.message; }
    [[nodiscard]] QString remedy() const { return m_error.remedy; }
    Q_INVOKABLE void dismissError();

Q_SIGNALS:
    void errorChanged();

private:
    ConsoleLink &m_link;
    QString m_session;
    Error m_error;
};

} // namespace loquat
