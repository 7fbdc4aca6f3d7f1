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
    const FleetMember::Callbacks posting{
        m_gate->posting(context, callbacks.takenOver), m_gate->posting(context, callbacks.lost),
        m_gate->posting(context, callbacks.seen), m_gate->posting(context, callbacks.roster)};
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), posting] { worker->start(posting); });
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
    const Located answer = m_gate->posting(context, std::move(located));
    // The worker may be busy with an attempt to connect, for which nobody should wait.
    const bool away = m_away;
    if (away)
        answer({});
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionId, away, answer] {
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
    const auto tell = m_gate->posting(context, std::move(claimed));
    if (sessionIds.isEmpty())
        return tell({});
    QMetaObject::invokeMethod(m_worker.get(),
                              [worker = m_worker.get(), sessionIds, tell, all = std::make_shared<Claimed>()] {
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

void FleetMember::read(const EventQuery &query, QObject *context, SessionHistory::Events found)
{
    const auto tell = m_gate->posting(context, std::move(found));
    if (m_away)
        return tell(FleetWorker::databaseAway());
    QMetaObject::invokeMethod(m_worker.get(),
                              [worker = m_worker.get(), query, tell] { tell(worker->read(query)); });
}

void FleetMember::owner(const QString &sessionId, QObject *context, Found found)
{
    const Found tell = m_gate->posting(context, std::move(found));
    if (m_away)
        return tell(FleetWorker::databaseAway());
    QMetaObject::invokeMethod(m_worker.get(),
                              [worker = m_worker.get(), sessionId, tell] { tell(worker->owner(sessionId)); });
}

} // namespace loquat
