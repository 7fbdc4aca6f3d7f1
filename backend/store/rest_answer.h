// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QByteArray>
#include <QDateTime>

namespace loquat {

struct RestSettings;

/// What came back for a request, or why nothing did.
struct RestAnswer
{
    enum class Line { Good, Broken, Insecure, BrokenOff };

    Line line = Line::Good;
    QString words = {}; ///< Qt's about a line that is not good; they name the host, never the key
    int status = 0;
    QByteArray body = {};
    QByteArray retryAfter = {};
    QString redirectHost = {};

    /// PostgREST answers a write that it did, and a read, with nothing else.
    [[nodiscard]] bool isGood() const { return line == Line::Good && (status == 200 || status == 201); }
    /// The same rows may pass in smaller portions.
    [[nodiscard]] bool isTooMuch() const;
    /// Supabase, or what stands before it, did not wait until it was done.
    [[nodiscard]] bool isTooSlow() const;
    /// PostgREST's or PostgreSQL's code in the body; empty if there is none.
    [[nodiscard]] QString code() const;
};

/// An answer that is not good, in words for a person. `files`: what to run where tables or columns are
/// missing. Codes: supabase_unreachable, supabase_too_slow, supabase_tls, supabase_refused (the key),
/// supabase_not_allowed (its role), supabase_tables_missing, supabase_schema_hidden, supabase_other_schema,
/// supabase_moved, supabase_no_api, supabase_rate_limited, supabase_paused, supabase_failed; and
/// supabase_row_refused, the only one that is about the rows themselves: not retryable. A server's text is
/// left out: it may quote a row.
Error restError(const RestSettings &settings, const RestAnswer &answer, const QString &files,
                const QDateTime &now = QDateTime::currentDateTimeUtc());

/// supabase_other_schema
Error othersTablesError(const RestSettings &settings, const RestAnswer &answer);

} // namespace loquat
