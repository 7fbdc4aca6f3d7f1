// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"
#include "domain/session_snapshot.h"
#include "store/api/session_history.h"

#include <QHash>
#include <QJsonObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <memory>

namespace loquat {

/// Talks to a Loquat as its operators do, over its /ws/operator (see operator_connection.h). Connects again
/// by itself, ever less often. TLS is verified. One thread.
class OperatorClient final : public QObject
{
    Q_OBJECT

public:
    struct Pace
    {
        std::chrono::milliseconds firstRetry{500}; ///< doubles with every attempt that fails
        std::chrono::milliseconds longestRetry{15'000};
        std::chrono::milliseconds silence{10'000}; ///< the server says something every second
    };
    struct Server
    {
        QUrl url;      ///< ws or wss; "/ws/operator" is added to its path
        QString token; ///< may be empty
        /// Asked by another node: for what it leads itself, and of that only what is watched.
        bool asNode = false;
    };
    using Done = std::function<void(Expected<void>)>;

    OperatorClient(Server server, Pace pace);
    ~OperatorClient() override;

    /// Begins to connect, at once if an attempt is put off; nothing if it is connected or about to be.
    void open();
    [[nodiscard]] bool isWelcome() const { return m_welcome; }
    /// Answers that are still owed.
    [[nodiscard]] qsizetype waiting() const { return m_commands.size() + m_loads.size(); }

    /// Whose replies are told from their beginning; also after the connection was lost. With every call they
    /// are told once more.
    void watch(const QStringList &sessionIds);
    // While it is being connected these wait. Errors: the server's; not_connected: it was not asked;
    // connection_lost: it was, and may have done it.
    void command(const QString &sessionId, const Command &command, Done done);
    /// `types` cannot be asked for.
    void loadEvents(const EventQuery &query, SessionHistory::Events found);

    static Error notConnected();

Q_SIGNALS:
    void welcome();
    void status(const loquat::BackendStatus &status);
    /// All live sessions there are: what was told before may have gaps. Not for a node.
    void sessions(const QList<loquat::SessionSnapshot> &sessions);
    void gapped(); ///< something was left out; what came to be since is told by sessions()
    void batch(const loquat::LiveBatch &batch);
    void lost(const QString &why); ///< "401" and the like where it was refused

private:
    void connectAnew();
    void loose(const QString &why);
    void received(const QString &text);
    void greeted(const QJsonObject &frame);
    void takeSnapshot(const QJsonObject &frame);
    void takeEvents(const QJsonObject &frame);
    void takeResult(const QJsonObject &frame);
    /// Now, or once it is connected.
    void ask(const QJsonObject &frame);
    void send(const QJsonObject &frame);
    void sendWatch();

    const Server m_server;
    const Pace m_pace;
    std::unique_ptr<QWebSocket> m_socket; ///< none: not yet opened, or the next attempt is put off
    QTimer m_retry;
    QTimer m_silence;
    std::chrono::milliseconds m_pause;
    bool m_welcome = false; ///< the server has said hello
    QStringList m_watched;
    QList<SessionSnapshot> m_snapshot; ///< in pieces, as it arrives
    QList<QJsonObject> m_unsent;
    qint64 m_serial = 0;
    QHash<qint64, Done> m_commands;
    QHash<qint64, SessionHistory::Events> m_loads;
};

} // namespace loquat
