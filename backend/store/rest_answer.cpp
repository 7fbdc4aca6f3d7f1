// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_answer.h"

#include "store/rest_settings.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Who asks for more than that is not waited for that long.
constexpr qint64 longestPauseMs = 10 * 60 * 1000;

/// Seconds, or "Fri, 20 Nov 2026 08:00:00 GMT".
std::optional<qint64> pauseAsked(const QByteArray &retryAfter, const QDateTime &now)
{
    bool isNumber = false;
    if (const qint64 seconds = retryAfter.trimmed().toLongLong(&isNumber); isNumber && seconds >= 0)
        return std::min(seconds, longestPauseMs / 1000) * 1000;
    const auto text = QString::fromLatin1(retryAfter.trimmed()).replace("GMT"_L1, "+0000"_L1);
    const auto date = QDateTime::fromString(text, Qt::RFC2822Date);
    if (!date.isValid())
        return {};
    return std::clamp<qint64>(now.msecsTo(date), 0, longestPauseMs);
}

Error lineError(const RestSettings &settings, const RestAnswer &answer)
{
    if (answer.line == RestAnswer::Line::Insecure)
        return {u"supabase_tls"_s, u"No encrypted connection to Supabase: %1"_s.arg(answer.words),
                u"Check SUPABASE_URL, this machine's clock and its CA certificates."_s, true};
    const QString why =
        answer.line == RestAnswer::Line::BrokenOff ? u"no answer came in time"_s : answer.words;
    return {u"supabase_unreachable"_s,
            u"Supabase cannot be reached at %1: %2"_s.arg(settings.base.host(), why),
            u"Check SUPABASE_URL and that this machine can reach it; Loquat keeps trying."_s, true};
}

/// "(HTTP 403, 42501)"
QString marks(const RestAnswer &answer)
{
    const QString code = answer.code();
    return code.isEmpty() ? u"(HTTP %1)"_s.arg(answer.status)
                          : u"(HTTP %1, %2)"_s.arg(answer.status).arg(code);
}

Error refused(const RestSettings &settings, const RestAnswer &answer)
{
    return {
        u"supabase_refused"_s,
        u"Supabase does not accept the key in %1 %2."_s.arg(settings.keyName, marks(answer)),
        u"Copy the project's secret key (sb_secret_… or service_role) from Supabase: Project settings, API "
        "keys."_s,
        true};
}

Error notAllowed(const RestSettings &settings, const RestAnswer &answer, const QString &files)
{
    const QString role = settings.keyRole();
    if (!role.isEmpty() && role != "service_role"_L1)
        return {
            u"supabase_not_allowed"_s,
            u"The key in %1 is that of the role %2, which may not write there %3."_s.arg(settings.keyName,
                                                                                         role, marks(answer)),
            u"Set it to the project's secret key (sb_secret_… or service_role); the public one is for browsers."_s,
            true};
    return {
        u"supabase_not_allowed"_s,
        u"The role of the key in %1 may not write there, by its grants or by row level security %2."_s.arg(
            settings.keyName, marks(answer)),
        files + u" They give the role service_role what it needs."_s, true};
}

bool isRowsFault(const RestAnswer &answer, const QString &code)
{
    if (answer.status == 413)
        return true;
    const auto inClass = [&](QLatin1StringView prefix) {
        return code.size() == 5 && code.startsWith(prefix);
    };
    return inClass("22"_L1) || inClass("23"_L1) || inClass("54"_L1) || code == "P0001"_L1 ||
           code == "PGRST102"_L1;
}

std::optional<Error> schemaError(const RestSettings &settings, const RestAnswer &answer, const QString &code,
                                 const QString &files)
{
    if (code == "PGRST205"_L1 || code == "42P01"_L1)
        return Error{
            u"supabase_tables_missing"_s,
            u"Loquat's tables are not in the schema %1 of Supabase %2."_s.arg(settings.schema, marks(answer)),
            files, true};
    if (code == "PGRST204"_L1 || code == "42703"_L1)
        return Error{u"supabase_tables_missing"_s,
                     u"Supabase's tables lack a column %1."_s.arg(marks(answer)), files, true};
    if (code == "PGRST106"_L1)
        return Error{u"supabase_schema_hidden"_s,
                     u"Supabase's API does not show the schema %1 %2."_s.arg(settings.schema, marks(answer)),
                     u"Correct SUPABASE_SCHEMA, or add the schema in Supabase: Project settings, Data API, "
                     "Exposed schemas."_s,
                     true};
    if (code.size() == 5 && code.startsWith("42"_L1))
        return othersTablesError(settings, answer);
    return {};
}

} // namespace

QString RestAnswer::code() const
{
    const auto code = QJsonDocument::fromJson(body).object().value("code"_L1).toString();
    // Whoever stands in between may put anything there.
    const bool known = code.size() <= 8 && std::ranges::all_of(code, [](QChar c) {
                           return c.isDigit() || (c >= u'A' && c <= u'Z');
                       });
    return known ? code : QString();
}

bool RestAnswer::isTooMuch() const
{
    return line == Line::Good && (status == 413 || isTooSlow());
}

bool RestAnswer::isTooSlow() const
{
    if (line != Line::Good)
        return false;
    const auto said = code();
    // 57014: the statement was broken off. A timeout that has another code of PostgREST is about something
    // else.
    return said == "57014"_L1 || (said.isEmpty() && (status == 408 || status == 504 || status == 524));
}

Error othersTablesError(const RestSettings &settings, const RestAnswer &answer)
{
    return {
        u"supabase_other_schema"_s,
        u"The tables in the schema %1 of Supabase are not Loquat's %2."_s.arg(settings.schema, marks(answer)),
        u"Set SUPABASE_SCHEMA to a schema without sessions, session_events, events and schema_migrations; Loquat then tells how to fill it."_s,
        true};
}

Error restError(const RestSettings &settings, const RestAnswer &answer, const QString &files,
                const QDateTime &now)
{
    if (answer.line != RestAnswer::Line::Good)
        return lineError(settings, answer);
    const QString code = answer.code();
    const int status = answer.status;
    if (code == "23505"_L1 && answer.body.contains("session_events_pkey"))
        return {
            u"supabase_ids_behind"_s,
            u"Supabase counts the ids of session_events from below those that are there %1."_s.arg(
                marks(answer)),
            u"Run in the SQL editor: select setval(pg_get_serial_sequence('\"%1\".session_events', 'id'), max(id)) from \"%1\".session_events;"_s
                .arg(settings.schema),
            true};
    if (isRowsFault(answer, code))
        return {u"supabase_row_refused"_s,
                u"Supabase refuses a row for what it holds %1."_s.arg(marks(answer)),
                u"See replica_rejects in loquat.db."_s, false};
    if (code == "42501"_L1 || code == "25006"_L1)
        return notAllowed(settings, answer, files);
    if (auto error = schemaError(settings, answer, code, files))
        return *error;
    if (status == 401 || code.startsWith("PGRST3"_L1))
        return refused(settings, answer);
    if (status == 403)
        return notAllowed(settings, answer, files);
    const auto pause = pauseAsked(answer.retryAfter, now);
    if (answer.isTooSlow())
        return {u"supabase_too_slow"_s, u"Supabase did not do it in time %1."_s.arg(marks(answer)),
                u"Loquat keeps trying, with less at once; see the project's statement_timeout if it lasts."_s,
                true, pause};
    if (status == 429)
        return {u"supabase_rate_limited"_s, u"Supabase takes no more requests for now (HTTP 429)."_s,
                u"Loquat waits as long as Supabase asks."_s, true, pause};
    if (status == 402 || status == 540)
        return {u"supabase_paused"_s,
                u"The Supabase project is paused or over its quota %1."_s.arg(marks(answer)),
                u"Restore the project in Supabase's dashboard; Loquat keeps trying."_s, true, pause};
    if (status >= 300 && status < 400)
        return {u"supabase_moved"_s,
                u"SUPABASE_URL leads to another address, %1 %2."_s.arg(answer.redirectHost, marks(answer)),
                u"Set SUPABASE_URL to the project's own address; the key is not sent elsewhere."_s, true};
    if (status >= 500)
        return {u"supabase_unreachable"_s, u"Supabase is there but cannot work %1."_s.arg(marks(answer)),
                u"Loquat keeps trying; see Supabase's status page and the project's logs if it lasts."_s,
                true, pause};
    if (code.isEmpty())
        return {u"supabase_no_api"_s,
                u"What answers at %1 is not Supabase's REST API %2."_s.arg(settings.place(), marks(answer)),
                u"Check SUPABASE_URL, such as https://PROJECT.supabase.co."_s, true};
    return {u"supabase_failed"_s, u"Supabase refuses the request %1."_s.arg(marks(answer)),
            u"See the project's API logs."_s, true, pause};
}

} // namespace loquat
