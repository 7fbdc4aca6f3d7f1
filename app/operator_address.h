// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QUrl>

namespace loquat {

/// What people write after --connect, as the base of the backend elsewhere: ws(s)://HOST[:PORT][/PREFIX]
/// without a slash at the end. http(s) is understood as well, and so is the WebSocket's own address. The
/// error names what is wrong: no such address, or credentials in it, which others could read in the list of
/// processes.
Expected<QUrl> operatorAddress(const QString &text);

} // namespace loquat
