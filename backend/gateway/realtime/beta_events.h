// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace loquat::realtime {

/// Puts an event into the words of the protocol's beta, whose clients ask for them. False: the beta has
/// nothing like it, and it is not said.
bool putAsBeta(QString &type, QJsonObject &fields);

} // namespace loquat::realtime
