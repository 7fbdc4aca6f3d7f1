// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/epoll_dispatcher.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <iterator>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds pollEvery{20};

/// Runs `work` in the thread of `target` and waits for it: for starting and stopping only.
template <typename Work> void runIn(QObject *target, Work work)
{
    QMetaObject::invokeMethod(target, std::move(work), Qt::BlockingQueuedConnection);
}

void serveSockets(QThread &thread)
{
    if (auto dispatcher = dispatcherForSockets())
        thread.setEventDispatcher(dispatcher.release());
}

} // namespace

Gateway::Gateway(GatewayParts parts, HttpParts http, int threads)
    : m_parts(std::move(parts))
    , m_httpParts(std::move(http))
{
    startThreads(std::max(1, threads));
}

Gateway::~Gateway()
{
    stop();
}

void Gateway::startThreads(int count)
{
    for (int i = 0; i < count; ++i) {
        GatewayThread &added = m_threads.emplace_back();
        added.thread = std::make_unique<QThread>();
        added.thread->setObjectName(u"gateway-%1"_s.arg(i));
        serveSockets(*added.thread);
        added.worker = std::make_unique<SessionWorker>(m_parts);
        added.worker->moveToThread(added.thread.get());
        added.thread->start();
        runIn(added.worker.get(), [worker = added.worker.get()] { worker->start(); });
    }
}

SessionWorker &Gateway::workerOf(const QString &sessionId) const
{
    return *m_threads[qHash(sessionId, 0) % m_threads.size()].worker;
}

Expected<quint16> Gateway::start(const QHostAddress &address, quint16 port)
{
    m_door = std::make_unique<FrontDoor>(m_parts.limits, *m_parts.dialect, m_parts.session.profiles.keys(),
                                         m_parts.door, *m_parts.counters,
                                         [this](const IncomingPtr &incoming, const SessionRequest &request) {
                                             SessionWorker &worker = workerOf(request.sessionId);
                                             incoming->moveTo(worker.thread());
                                             QMetaObject::invokeMethod(&worker, [&worker, incoming, request] {
                                                 worker.accept(incoming, request);
                                             });
                                         });
    m_door->setOperators(m_operators, m_operatorThread);
    m_http = std::make_unique<QHttpServer>();
    HttpRoutes::install(*m_http, m_parts.door.origins, m_httpParts);
    m_acceptor.setObjectName(u"acceptor"_s);
    serveSockets(m_acceptor);
    m_door->moveToThread(&m_acceptor);
    m_http->moveToThread(&m_acceptor);
    m_acceptor.start();
    quint16 listening = 0;
    QString failure;
    auto why = QAbstractSocket::UnknownSocketError;
    runIn(m_door.get(), [&] {
        if (m_door->listen(address, port)) {
            listening = m_door->serverPort();
            m_http->bind(m_door.get());
        } else {
            failure = m_door->errorString();
            why = m_door->serverError();
        }
    });
    if (listening == 0 &&
        (why == QAbstractSocket::AddressInUseError || why == QAbstractSocket::SocketAccessError))
        return Error{u"cannot_listen"_s,
                     u"Cannot listen on %1 port %2: %3."_s.arg(address.toString()).arg(port).arg(failure),
                     why == QAbstractSocket::AddressInUseError
                         ? u"Choose another --port (0: any free one) or stop what uses it."_s
                         : u"Choose a --port above 1023 (0: any free one), or give Loquat the right to this "
                           "one (CAP_NET_BIND_SERVICE)."_s,
                     false};
    if (listening == 0)
        return Error{u"cannot_listen"_s,
                     u"--host: cannot listen on %1: %2"_s.arg(address.toString(), failure),
                     u"expected an address of this machine, such as 127.0.0.1 or 0.0.0.0"_s, false};
    return listening;
}

void Gateway::useTls(const QSslConfiguration &identity)
{
    if (m_acceptor.isRunning())
        QMetaObject::invokeMethod(m_door.get(), [this, identity] { m_door->useTls(identity); });
}

void Gateway::recover(const QStringList &sessionIds)
{
    QHash<SessionWorker *, QStringList> byWorker;
    for (const QString &id : sessionIds)
        byWorker[&workerOf(id)].append(id);
    for (auto it = byWorker.cbegin(); it != byWorker.cend(); ++it)
        QMetaObject::invokeMethod(it.key(), [worker = it.key(), ids = it.value()] { worker->recover(ids); });
}

void Gateway::letGo(const QString &sessionId, const QString &owner)
{
    SessionWorker &worker = workerOf(sessionId);
    QMetaObject::invokeMethod(&worker, [&worker, sessionId, owner] { worker.letGo(sessionId, owner); });
}

void Gateway::command(const QString &sessionId, const Command &command, QObject *context,
                      std::function<void(Expected<void>)> done)
{
    SessionWorker &worker = workerOf(sessionId);
    QMetaObject::invokeMethod(&worker, [&worker, sessionId, command, guard = QPointer<QObject>(context),
                                        context, done = std::move(done)] {
        Expected<void> result = worker.command(sessionId, command);
        if (guard)
            QMetaObject::invokeMethod(context, [done, result = std::move(result)] { done(result); });
    });
}

void Gateway::retell(const QString &sessionId)
{
    if (m_threads.empty()) // stopped
        return;
    SessionWorker &worker = workerOf(sessionId);
    QMetaObject::invokeMethod(&worker, [&worker, sessionId] { worker.retell(sessionId); });
}

void Gateway::shutDown(std::chrono::milliseconds turnBound, std::chrono::milliseconds bound,
                       std::function<void()> done)
{
    if (m_acceptor.isRunning())
        QMetaObject::invokeMethod(m_door.get(), [this] { m_door->close(); });
    for (const GatewayThread &entry : m_threads)
        QMetaObject::invokeMethod(entry.worker.get(),
                                  [worker = entry.worker.get(), turnBound] { worker->shutDown(turnBound); });
    poll(&SessionWorker::isQuiet, QDeadlineTimer(bound), [done = std::move(done)](bool) { done(); });
}

void Gateway::endNow(std::chrono::milliseconds bound, std::function<void(bool)> done)
{
    for (const GatewayThread &entry : m_threads)
        QMetaObject::invokeMethod(entry.worker.get(),
                                  [worker = entry.worker.get()] { worker->shutDown({}); });
    poll(&SessionWorker::isKept, QDeadlineTimer(bound), std::move(done));
}

void Gateway::poll(Asked asked, QDeadlineTimer deadline, std::function<void(bool)> done)
{
    if (m_threads.empty()) // stopped meanwhile, after all was quiet or took too long
        return done(true);
    // Each worker is asked in its own thread; the answers are counted in this one.
    auto open = std::make_shared<size_t>(m_threads.size());
    auto all = std::make_shared<bool>(true);
    for (const GatewayThread &entry : m_threads) {
        SessionWorker *worker = entry.worker.get();
        QMetaObject::invokeMethod(worker, [this, worker, asked, open, all, deadline, done] {
            QMetaObject::invokeMethod(
                this, [this, is = (worker->*asked)(), asked, open, all, deadline, done] {
                    *all = *all && is;
                    if (--*open > 0)
                        return;
                    if (*all || deadline.hasExpired())
                        done(*all);
                    else
                        QTimer::singleShot(pollEvery, this,
                                           [this, asked, deadline, done] { poll(asked, deadline, done); });
                });
        });
    }
}

void Gateway::stop()
{
    if (m_acceptor.isRunning()) {
        runIn(m_door.get(), [this] {
            m_door->close();
            // Deleted by the thread on its way out: their sockets must not outlive it.
            m_http.release()->deleteLater();
            m_door.release()->deleteLater();
        });
        m_acceptor.quit();
        m_acceptor.wait();
    }
    for (const GatewayThread &entry : m_threads) {
        runIn(entry.worker.get(), [worker = entry.worker.get()] { worker->stop(); });
        entry.thread->quit();
        entry.thread->wait();
    }
    std::ranges::move(m_threads, std::back_inserter(m_ended));
    m_threads.clear();
}

} // namespace loquat
