// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_member.h"

#include "store/fleet_worker.h"

#include <QPointer>
#include <QTimer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// An answer that is given once, in the thread of its context, by whoever is first.
class OneAnswer
{
public:
    OneAnswer(QObject *context, SessionLocator::Located located)
        : m_context(context)
        , m_located(std::make_shared<SessionLocator::Located>(std::move(located)))
    {
    }

    void give(const std::optional<QUrl> &where) const
    {
        if (m_context)
            QMetaObject::invokeMethod(
                m_context, [once = m_located, where] { answer(once, where); }, Qt::QueuedConnection);
    }
    /// Counts as here when nobody answered by then.
    void giveAtLeastAfter(std::chrono::milliseconds bound) const
    {
        if (m_context)
            QMetaObject::invokeMethod(m_context, [context = m_context, once = m_located, bound] {
                QTimer::singleShot(bound, context, [once] { answer(once, {}); });
            });
    }

private:
    static void answer(const std::shared_ptr<SessionLocator::Located> &once, const std::optional<QUrl> &where)
    {
        if (const auto located = std::exchange(*once, {}))
            located(where);
    }

    QPointer<QObject> m_context;
    std::shared_ptr<SessionLocator::Located> m_located;
};

} // namespace

FleetMember::FleetMember(FleetSettings settings, Journal &journal)
    : m_settings(std::move(settings))
    , m_worker(std::make_unique<FleetWorker>(m_settings, journal, m_reachable))
{
    m_thread.setObjectName(u"fleet"_s);
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

FleetMember::~FleetMember()
{
    stop();
}

void FleetMember::start(QObject *context, std::function<void(QStringList)> takenOver)
{
    const auto tell = [guard = QPointer(context), takenOver = std::move(takenOver)](const QStringList &ids) {
        if (guard)
            QMetaObject::invokeMethod(guard, [takenOver, ids] { takenOver(ids); });
    };
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), tell] { worker->start(tell); });
}

void FleetMember::stop()
{
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        m_worker.get(), [worker = m_worker.get()] { worker->leave(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void FleetMember::locate(const QString &sessionId, QObject *context, Located located)
{
    const OneAnswer answer(context, std::move(located));
    if (!m_reachable) {
        answer.give({});
        return;
    }
    answer.giveAtLeastAfter(m_settings.locateBound);
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionId, answer] {
        answer.give(worker->locate(sessionId));
    });
}

void FleetMember::claim(const QStringList &sessionIds, QObject *context,
                        std::function<void(QStringList)> claimed)
{
    QMetaObject::invokeMethod(m_worker.get(), [worker = m_worker.get(), sessionIds, guard = QPointer(context),
                                               claimed = std::move(claimed)] {
        const QStringList mine = worker->claim(sessionIds);
        if (guard)
            QMetaObject::invokeMethod(guard, [claimed, mine] { claimed(mine); });
    });
}

} // namespace loquat
