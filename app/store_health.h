// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend.h"

namespace loquat {

class Journal;
class Replica;

/// How the journal and its copy are doing, in words. `replica`: nullptr if there is none. Thread-safe.
StoreHealth storeHealth(const Journal &journal, const Replica *replica, const QString &replicaName);

} // namespace loquat
