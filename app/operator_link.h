// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <QHash>
#include <QJsonObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <memory>

namespace loquat {

/// The console's link to a backend elsewhere, over its /ws/operator. Connects again by itself, ever less
/// often, and says in status() that it does and why.
class OperatorLink final : public ConsoleLink
{
    Q_OBJECT

public:
    struct Pace
    {
        std::chrono::milliseconds firstRetry{500}; ///< doubles with every attempt that fails
        std::chrono::milliseconds longestRetry{15'000};
        std::chrono::milliseconds silence{10'000}; ///< the server says something every second
    };

    /// `server` as operatorAddress() gives it; `token` may be empty. Begins to connect.
    OperatorLink(QUrl server, QString token, Pace pace);
    OperatorLink(QUrl server, QString token)
        : OperatorLink(std::move(server), std::move(token), Pace{})
    {
    }
    ~OperatorLink() override;

    /// Error not_connected, and the backend's own.
    void command(const QString &sessionId, const Command &command, Done done) override;
    void loadEvents(const QString &sessionId, Loaded loaded) override;
    [[nodiscard]] BackendStatus status() const override { return m_status; }

private:
    struct Load
    {
        QString sessionId;
        Loaded loaded;
        QList<Event> events;
    };

    void connectAnew();
    void lost(const QString &error);
    void received(const QString &text);
    void takeSnapshot(const QJsonObject &frame);
    void takeBatch(const QJsonObject &frame);
    void takeEvents(const QJsonObject &frame);
    void takeResult(const QJsonObject &frame);
    void takeStatus(const QJsonObject &status);
    void askForMore(qint64 id, Load load);
    void say(const QString &trouble);
    [[nodiscard]] QString troubleOf(const QString &error) const;
    void send(const QJsonObject &frame);
    static Error notConnected();

    const QUrl m_server;
    const QString m_token;
    const Pace m_pace;
    std::unique_ptr<QWebSocket> m_socket;
    QTimer m_retry;
    QTimer m_silence;
    std::chrono::milliseconds m_pause;
    bool m_welcome = false; ///< the server has said hello
    BackendStatus m_status;
    QList<SessionSnapshot> m_snapshot; ///< in pieces, as it arrives
    QHash<QString, SessionSnapshot> m_live;
    qint64 m_serial = 0;
    QHash<qint64, Done> m_commands;
    QHash<qint64, Load> m_loads;
};

} // namespace loquat
