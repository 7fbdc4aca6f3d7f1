// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QUrl>

namespace loquat {

/// Where a Supabase project's REST API (PostgREST) is and how to get in. Holds the key: never log or show one
/// whole, show place().
struct RestSettings
{
    QUrl base; ///< https://HOST/rest/v1, without a slash at its end
    QByteArray key;
    QString keyName; ///< the variable that the key came from, for messages
    QString schema = QStringLiteral("public");
    QString userAgent = QStringLiteral("Loquat");

    [[nodiscard]] QString place() const; ///< HOST/rest/v1 (SCHEMA)
    /// Keys that are JWTs say who they are also as Bearer; the newer sb_… keys must not.
    [[nodiscard]] bool keyIsToken() const;
    /// The role the key claims: service_role, anon, … ; empty if it does not say.
    [[nodiscard]] QString keyRole() const;
};

/// Checks what was set. `url` is the project's, as the dashboard shows it, with or without /rest/v1; plain
/// http is for this machine only, since the key travels with every request. An empty `schema` is public.
/// Errors bad_supabase_url, bad_supabase_key, bad_supabase_schema: `remedy` is what would be right, and
/// neither holds the key.
Expected<RestSettings> restSettings(const QString &url, const QString &key, const QString &schema = {});

} // namespace loquat
