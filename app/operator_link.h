// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"
#include "gateway/operator_client.h"
#include "history_client.h"

namespace loquat {

/// The console's link to a backend elsewhere, over its /ws/operator. Connects again by itself, ever less
/// often, and says in status() that it does and why.
class OperatorLink final : public ConsoleLink
{
    Q_OBJECT

public:
    using Pace = OperatorClient::Pace;

    /// `server` as operatorAddress() gives it; `token` may be empty. Begins to connect.
    OperatorLink(QUrl server, QString token, Pace pace);
    OperatorLink(QUrl server, QString token)
        : OperatorLink(std::move(server), std::move(token), Pace{})
    {
    }

    /// Error not_connected, and the backend's own.
    void command(const QString &sessionId, const Command &command, Done done) override;
    void loadEvents(const QString &sessionId, Loaded loaded) override;
    void watch(const QString &sessionId) override;
    void findSessions(const SessionQuery &query, Found found) override;
    void exportSession(const QString &sessionId, const QString &format, Exported exported) override;
    [[nodiscard]] BackendStatus status() const override { return m_status; }

private:
    void lost(const QString &why);
    void takeStatus(const BackendStatus &status);
    void takeSessions(const QList<SessionSnapshot> &sessions);
    void takeBatch(const LiveBatch &taken);
    void say(const QString &trouble);
    [[nodiscard]] QString troubleOf(const QString &error) const;

    const QUrl m_server;
    const QString m_token;
    OperatorClient m_client;
    HistoryClient m_history;
    BackendStatus m_status;
    QHash<QString, SessionSnapshot> m_live;
};

} // namespace loquat
