// SPDX-License-Identifier: GPL-3.0-or-later
#include "setting_names.h"

#include "domain/edit_distance.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const QStringList &known()
{
    static const QStringList names{
        u"LOQUAT_ALLOWED_ORIGINS"_s,
        u"LOQUAT_ALLOW_ANONYMOUS"_s,
        u"LOQUAT_APPROVAL_TIMEOUT_MS"_s,
        u"LOQUAT_AUTH"_s,
        u"LOQUAT_CLIENT_TOKENS"_s,
        u"LOQUAT_CONFIG"_s,
        u"LOQUAT_CONNECT_TIMEOUT_MS"_s,
        u"LOQUAT_DIALECT"_s,
        u"LOQUAT_FIRST_TOKEN_TIMEOUT_MS"_s,
        u"LOQUAT_GRACE_PERIOD_MS"_s,
        u"LOQUAT_HANDSHAKE_TIMEOUT_MS"_s,
        u"LOQUAT_JWKS_PAUSE_MS"_s,
        u"LOQUAT_JWT_AUDIENCE"_s,
        u"LOQUAT_JWT_ISSUER"_s,
        u"LOQUAT_JWT_ROLE"_s,
        u"LOQUAT_LISTEN_URL"_s,
        u"LOQUAT_LOG_LEVEL"_s,
        u"LOQUAT_MAX_API_REQUESTS"_s,
        u"LOQUAT_MAX_CONNECTIONS"_s,
        u"LOQUAT_MAX_CONNECTIONS_PER_ADDRESS"_s,
        u"LOQUAT_MAX_EVENT_PAGE"_s,
        u"LOQUAT_MAX_EXPORT_EVENTS"_s,
        u"LOQUAT_MAX_FRAME_BYTES"_s,
        u"LOQUAT_MAX_HEADER_BYTES"_s,
        u"LOQUAT_MAX_LIVE_READERS"_s,
        u"LOQUAT_MAX_MESSAGES_PER_MINUTE"_s,
        u"LOQUAT_MAX_MESSAGE_BYTES"_s,
        u"LOQUAT_MAX_OPERATORS"_s,
        u"LOQUAT_MAX_REQUEST_BYTES"_s,
        u"LOQUAT_MAX_SESSION_PAGE"_s,
        u"LOQUAT_MAX_UNSENT_BYTES"_s,
        u"LOQUAT_MAX_UNSENT_TOTAL_BYTES"_s,
        u"LOQUAT_NODE_DEAD_AFTER_MS"_s,
        u"LOQUAT_NODE_ID"_s,
        u"LOQUAT_NODE_URL"_s,
        u"LOQUAT_OPERATOR_TOKEN"_s,
        u"LOQUAT_PING_INTERVAL_MS"_s,
        u"LOQUAT_PROVIDERS"_s,
        u"LOQUAT_REQUEST_TIMEOUT_MS"_s,
        u"LOQUAT_RETENTION_DAYS"_s,
        u"LOQUAT_SIMULATED_PACE_MS"_s,
        u"LOQUAT_SYNCHRONOUS"_s,
        u"LOQUAT_THREADS"_s,
        u"LOQUAT_TLS_CERT"_s,
        u"LOQUAT_TLS_KEY"_s,
        u"LOQUAT_TOKEN_TIMEOUT_MS"_s,
        u"LOQUAT_TRUSTED_PROXIES"_s,
        u"LOQUAT_TURN_TIMEOUT_MS"_s,
        u"OPENAI_API_KEY"_s,
        u"OPENAI_BASE_URL"_s,
        u"OPENAI_MODEL"_s,
        u"GROQ_API_KEY"_s,
        u"GROQ_BASE_URL"_s,
        u"GROQ_MODEL"_s,
        u"GEMINI_API_KEY"_s,
        u"GEMINI_BASE_URL"_s,
        u"GEMINI_MODEL"_s,
        u"ANTHROPIC_API_KEY"_s,
        u"ANTHROPIC_BASE_URL"_s,
        u"ANTHROPIC_MODEL"_s,
        u"SUPABASE_DB_URL"_s,
        u"SUPABASE_URL"_s,
        u"SUPABASE_SERVICE_ROLE_KEY"_s,
        u"SUPABASE_SERVICE_KEY"_s,
        u"SUPABASE_KEY"_s,
        u"SUPABASE_SCHEMA"_s,
        u"SUPABASE_JWT_SECRET"_s,
    };
    return names;
}

/// Two slips turn any short word into any other: they count in long ones only.
bool isNear(const QString &name, const QString &setting)
{
    constexpr qsizetype longWord = 5;
    const auto letters = [](QString text) { return text.remove(u'_'); };
    const qsizetype distance = editDistance(letters(name), letters(setting));
    const QStringList words = name.split(u'_');
    const QStringList meant = setting.split(u'_');
    if (distance != 2 || words.size() != meant.size())
        return distance <= 1;
    for (qsizetype i = 0; i < words.size(); ++i)
        if (meant[i].size() < longWord && editDistance(words[i], meant[i]) > 1)
            return false;
    return true;
}

/// The setting that was meant; empty if none is near enough. A name that only goes on where another ends is
/// somebody's second one.
QString meantBy(const QString &name)
{
    const qsizetype prefix = name.indexOf(u'_') + 1;
    for (const QString &each : known())
        if (each.left(prefix) == name.left(prefix) && !name.startsWith(each) && isNear(name, each))
            return each;
    return {};
}

} // namespace

QStringList notesOnSlips(const QHash<QString, QString> &file, const QHash<QString, QString> &environment)
{
    QStringList notes;
    for (const auto *source : {&file, &environment})
        for (const QString &name : source->keys()) {
            if (known().contains(name) || !name.contains(u'_'))
                continue;
            if (const QString meant = meantBy(name); !meant.isEmpty())
                notes.append(u"%1 is no setting: is %2 meant?"_s.arg(name, meant));
            else if (source == &file && name.startsWith("LOQUAT_"_L1)) // the environment is others' too
                notes.append(u"%1 is no setting of Loquat's own: README lists those there are"_s.arg(name));
        }
    notes.removeDuplicates();
    notes.sort();
    return notes;
}

} // namespace loquat
