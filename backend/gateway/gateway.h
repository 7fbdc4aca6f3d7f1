// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/front_door.h"
#include "gateway/http_routes.h"
#include "gateway/session_worker.h"

#include <QDeadlineTimer>
#include <QHostAddress>
#include <QThread>

#include <functional>
#include <memory>
#include <vector>

namespace loquat {

/// The network side: one acceptor thread with the front door and HTTP, and N gateway threads with the
/// sessions. A session belongs to the thread its id hashes to, so whoever connects with that id finds it
/// there.
///
/// Not thread-safe: use it from the thread that created it. Nothing here blocks once start() has returned.
class Gateway final : public QObject
{
    Q_OBJECT

public:
    Gateway(GatewayParts parts, HttpParts http, int threads);
    ~Gateway() override;

    /// `thread`: where they are served. Before start().
    void setOperators(FrontDoor::ToOperators operators, QThread *thread)
    {
        m_operators = std::move(operators);
        m_operatorThread = thread;
    }
    /// Listens; the port that it got. 0 asks for any free one.
    Expected<quint16> start(const QHostAddress &address, quint16 port);
    /// The certificate and key of connections from now on.
    void useTls(const QSslConfiguration &identity);
    /// That are open; thread-safe, once it has started.
    [[nodiscard]] int connections() const { return m_door->connections(); }
    void recover(const QStringList &sessionIds);
    /// Another node leads the session by now.
    void letGo(const QString &sessionId, const QString &owner);
    /// `done` is called in the thread of `context`. From any thread, before stop().
    void command(const QString &sessionId, const Command &command, QObject *context,
                 std::function<void(Expected<void>)> done);
    /// Lets the observer know all that the session's running reply has said, once more. Thread-safe, as
    /// command().
    void retell(const QString &sessionId);
    /// Stops accepting, lets turns finish within `turnBound`, ends and sums up the sessions within `bound`
    /// altogether (what is not done by then is finalised at the next start), then calls `done` in this
    /// thread.
    void shutDown(std::chrono::milliseconds turnBound, std::chrono::milliseconds bound,
                  std::function<void()> done);
    /// Ends every session where it is and calls `done` in this thread: true as soon as all of it is on disk,
    /// false after `bound`. Also during shutDown().
    void endNow(std::chrono::milliseconds bound, std::function<void(bool kept)> done);
    /// Ends the threads. Blocks for as long as one turn of their event loops takes.
    void stop();

private:
    struct GatewayThread
    {
        std::unique_ptr<QThread> thread;
        std::unique_ptr<SessionWorker> worker;
    };

    void startThreads(int count);
    SessionWorker &workerOf(const QString &sessionId) const;
    using Asked = bool (SessionWorker::*)() const;
    /// Until every worker says yes, which `done` is told, or `deadline`.
    void poll(Asked asked, QDeadlineTimer deadline, std::function<void(bool yes)> done);

    GatewayParts m_parts;
    HttpParts m_httpParts;
    FrontDoor::ToOperators m_operators;
    QThread *m_operatorThread = nullptr;
    std::vector<GatewayThread> m_threads;
    std::vector<GatewayThread> m_ended; ///< kept: the log may still answer them
    QThread m_acceptor;
    // Both live in m_acceptor.
    std::unique_ptr<FrontDoor> m_door;
    std::unique_ptr<QHttpServer> m_http;
};

} // namespace loquat
