// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"
#include "store/replica.h"
#include "store/rest_settings.h"

#include <memory>

namespace loquat {

/// Which database gets the copy of the journal, and how it is treated.
struct ReplicaPlan
{
    std::unique_ptr<ReplicaTarget> target; ///< none: the journal stays alone
    QString name;                          ///< Supabase | Postgres
    ReplicaSettings settings;
};

/// The checked settings of a replica over REST; errors name the variable.
Expected<RestSettings> replicaOverRest(const SupabaseOptions &options);

/// By what the settings say; a database's own address wins over a REST API. Errors name the setting.
Expected<ReplicaPlan> planReplica(const Options &options);

} // namespace loquat
