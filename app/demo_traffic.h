// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <memory>
#include <vector>

namespace loquat {

/// A made-up person who talks to a backend over a real WebSocket: asks, waits for the reply, thinks, asks
/// again, leaves and comes back as another session.
class DemoUser final : public QObject
{
    Q_OBJECT

public:
    DemoUser(const QUrl &server, QString userId, QStringList questions, std::chrono::milliseconds patience);

    void start(std::chrono::milliseconds after);

private:
    void connectAnew();
    void received(const QString &frame);
    void askNext();

    QUrl m_server;
    QString m_userId;
    QStringList m_questions;
    std::chrono::milliseconds m_patience; ///< between a reply and the next question
    qsizetype m_next = 0;
    QWebSocket m_socket;
    QTimer m_pause;
};

/// The people of --demo.
class DemoTraffic
{
public:
    /// `server`: ws://HOST:PORT
    explicit DemoTraffic(const QUrl &server);

private:
    std::vector<std::unique_ptr<DemoUser>> m_users;
};

} // namespace loquat
