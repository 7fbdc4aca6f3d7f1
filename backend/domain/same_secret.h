// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace loquat {

/// Takes as long for a guess that is nearly right as for one that is wrong from the first byte, whatever the
/// lengths, so that nobody finds a token byte by byte. Never true for an empty secret.
bool sameSecret(QByteArrayView given, QByteArrayView secret);

} // namespace loquat
