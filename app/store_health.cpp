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
    if (const auto trouble = journal.trouble())
        return {BackendStatus::Store::Failing, u"SQLite"_s, trouble->message + u' ' + trouble->remedy, 0,
                false};
    if (!replica)
        return {BackendStatus::Store::JournalOnly, u"SQLite"_s, {}, 0, true};
    const ReplicaStatus status = replica->status();
    const QString detail = status.remedy.isEmpty() ? status.detail : status.detail + u' ' + status.remedy;
    const double lag = status.oldestQueuedAtMs && status.queued > 0
                           ? double(QDateTime::currentMSecsSinceEpoch() - *status.oldestQueuedAtMs) / 1000
                           : 0;
    return {storeState(status.state), replicaName,    detail, status.queued, true,
            std::max(0.0, lag),       status.rejected};
}

} // namespace loquat
