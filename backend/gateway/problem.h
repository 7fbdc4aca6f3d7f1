// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QByteArray>

namespace loquat {

/// The reason phrase of an HTTP status.
QByteArray statusTitle(int status);

/// An Error as application/problem+json (RFC 9457): {"type","title","status","detail","code","remedy"}.
QByteArray problemJson(int status, const Error &error);

/// A whole HTTP/1.1 answer with that, for a connection that never reaches a server.
QByteArray problemResponse(int status, const Error &error);

} // namespace loquat
