// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_member.h"

#include "store/callback_gate.h"
#include "store/fleet_worker.h"

namespace loquat {

using namespace Qt::StringLiterals;

FleetMember::FleetMember(FleetSettings settings, Journal &journal)
    : m_settings(std::move(settings))
    , m_gate(std::make_shared<CallbackGate>())
    , m_worker(std::make_unique<FleetWorker>(m_settings, journal, m_away, m_outbox))
{
    m_thread.setObjectName(u"fleet"_s);
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

FleetMember::~FleetMember()
{
    stop();
}

void FleetMember::start(QObject *context, const Callbacks &callbacks)
{
    const auto takenOver = [gate = m_gate, context, tell = callbacks.takenOver](const QStringList &ids) {
        gate->post(context, [tell, ids] { tell(ids); });
    };
    const auto lost = [gate = m_gate, context, tell = callbacks.lost](const QHash<QString, QString> &owners) {
        gate->post(context, [tell, owners] { tell(owners); });
    };
    const auto seen = [gate = m_gate, context, tell = callbacks.seen](const SessionSnapshot &snapshot) {
        gate->post(context, [tell, snapshot] { tell(snapshot); });
    };
    const auto roster = [gate = m_gate, context,
                         tell = callbacks.roster](const Expected<QList<FleetNode>> &nodes) {
        if (tell)
            gate->post(context, [tell, nodes] { tell(nodes); });
    };
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), takenOver, lost, seen, roster] {
        worker->start({takenOver, lost, seen, roster});
    });
}

void FleetMember::announce(const SessionSnapshot &snapshot)
{
    if (m_outbox.add(snapshot))
        QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get()] { worker->showSoon(); });
}

void FleetMember::stop()
{
    silence();
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        m_worker.get(), [worker = m_worker.get()] { worker->leave(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void FleetMember::silence()
{
    m_gate->close();
}

void FleetMember::locate(const QString &sessionId, QObject *context, Located located)
{
    auto answer = [gate = m_gate, context, located = std::move(located)](const std::optional<QUrl> &where) {
        gate->post(context, [located, where] { located(where); });
    };
    // The worker may be busy with an attempt to connect, for which nobody should wait.
    const bool away = m_away;
    if (away)
        answer({});
    QMetaObject::invokeMethod(m_worker.get(),
                              [worker = m_worker.get(), sessionId, away, answer = std::move(answer)] {
                                  if (away)
                                      worker->leadAlone(sessionId);
                                  else
                                      worker->locate(sessionId, answer);
                              });
}

void FleetMember::claim(const QStringList &sessionIds, QObject *context,
                        std::function<void(QStringList)> claimed)
{
    struct Claimed
    {
        qsizetype left;
        QStringList mine;
    };
    auto tell = [gate = m_gate, context, claimed = std::move(claimed)](const QStringList &mine) {
        gate->post(context, [claimed, mine] { claimed(mine); });
    };
    if (sessionIds.isEmpty())
        return tell({});
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionIds, tell = std::move(tell),
                                               all = std::make_shared<Claimed>()] {
        all->left = sessionIds.size();
        for (const QString &id : sessionIds)
            worker->claim(id, [all, tell, id](const std::optional<QUrl> &where) {
                if (!where)
                    all->mine.append(id);
                if (--all->left == 0)
                    tell(all->mine);
            });
    });
}

void FleetMember::read(const QString &sessionId, QObject *context,
                       std::function<void(Expected<QList<Event>>)> done)
{
    auto tell = [gate = m_gate, context, done = std::move(done)](const Expected<QList<Event>> &events) {
        gate->post(context, [done, events] { done(events); });
    };
    if (m_away)
        return tell(FleetWorker::databaseAway());
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionId, tell = std::move(tell)] {
        tell(worker->read(sessionId));
    });
}

void FleetMember::owner(const QString &sessionId, QObject *context, Found found)
{
    auto tell = [gate = m_gate, context,
                 found = std::move(found)](const Expected<std::optional<FleetNode>> &node) {
        gate->post(context, [found, node] { found(node); });
    };
    if (m_away)
        return tell(FleetWorker::databaseAway());
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionId, tell = std::move(tell)] {
        tell(worker->owner(sessionId));
    });
}

} // namespace loquat
