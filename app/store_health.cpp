// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_health.h"

#include "store/journal.h"
#include "store/replica.h"

#include <QDateTime>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

BackendStatus::Store storeState(ReplicaStatus::State state)
{
    using Store = BackendStatus::Store;
    switch (state) {
    case ReplicaStatus::State::InSync:
        return Store::InSync;
    case ReplicaStatus::State::Connecting:
    case ReplicaStatus::State::CatchingUp:
        return Store::CatchingUp;
    case ReplicaStatus::State::Unreachable:
        return Store::Unreachable;
    case ReplicaStatus::State::Failing:
        return Store::Failing;
    case ReplicaStatus::State::Disabled:
        break;
    }
    return Store::JournalOnly;
}

} // namespace

StoreHealth storeHealth(const Journal &journal, const Replica *replica, const QString &replicaName)
{
    StoreHealth health;
    health.name = u"SQLite"_s;
    health.journalQueued = journal.waiting();
    if (const auto trouble = journal.trouble()) {
        health.state = BackendStatus::Store::Failing;
        health.detail = trouble->text();
        health.journalOk = false;
        return health;
    }
    if (!replica)
        return health;
    const ReplicaStatus status = replica->status();
    health.state = storeState(status.state);
    health.name = replicaName;
    health.detail = status.remedy.isEmpty() ? status.detail : status.detail + u' ' + status.remedy;
    health.queued = status.queued;
    if (status.oldestQueuedAtMs && status.queued > 0)
        health.lagSeconds =
            std::max(0.0, double(QDateTime::currentMSecsSinceEpoch() - *status.oldestQueuedAtMs) / 1000);
    health.rejected = status.rejected;
    return health;
}

} // namespace loquat
