// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/identity.h"
#include "domain/expected.h"

#include <QByteArray>
#include <QObject>

#include <functional>

namespace loquat {

/// Finds out who a client is by the token that it shows. Implementations are thread-safe, never block, and
/// keep no token and put none into an Error.
class Authenticator
{
public:
    using Checked = std::function<void(const Expected<Identity> &)>;

    virtual ~Authenticator() = default;
    /// `checked` is called once in the thread of `context`, possibly before this returns; not at all if
    /// `context` is gone by then. Errors: bad_token, token_expired, keys_unavailable (retryable).
    virtual void check(const QByteArray &token, QObject *context, Checked checked) = 0;
};

} // namespace loquat
