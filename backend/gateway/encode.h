// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

#include <QStringList>

#include <functional>

namespace loquat {

/// What a message of the session is in a client's language: one text frame per string. One for each client,
/// since some languages remember what was said.
using Encode = std::function<QStringList(const Outbound &)>;

} // namespace loquat
