// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_reader.h"

#include "provider_list.h"

#include <QCommandLineParser>
#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

SettingsReader::SettingsReader(const QCommandLineParser &parser, const QHash<QString, QString> &environment,
                               const QHash<QString, QString> &file)
    : m_parser(parser)
    , m_environment(environment)
    , m_file(file)
{
}

Error SettingsReader::wrong(const QString &setting, const QString &what, const QString &right)
{
    return {u"bad_setting"_s, u"%1: %2"_s.arg(setting, what), u"expected %1"_s.arg(right), false};
}

Error SettingsReader::wrong(const QString &setting, const Error &why)
{
    return {u"bad_setting"_s, u"%1: %2"_s.arg(setting, why.message), why.remedy, false};
}

Expected<QUrl> SettingsReader::webUrl(const QString &setting, const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1))
        return wrong(setting, u"%1 is not an http(s) URL"_s.arg(shown(text)),
                     u"such as https://host.example/path"_s);
    return url;
}

QString SettingsReader::shown(const QString &text)
{
    // What is before an @ may be a password.
    return text.contains(u'@') ? u"what is set"_s : u'\'' + text + u'\'';
}

void SettingsReader::fail(const Error &error)
{
    if (!m_error)
        m_error = error;
}

QString SettingsReader::text(const QString &key) const
{
    const auto found = m_environment.constFind(key);
    return (found != m_environment.cend() ? *found : m_file.value(key)).trimmed();
}

QHostAddress SettingsReader::address(const QString &option, const QHostAddress &fallback)
{
    if (!m_parser.isSet(option))
        return fallback;
    const QString value = m_parser.value(option);
    if (value == "localhost"_L1)
        return fallback;
    // As addresses write it, and as this program says where it listens.
    const bool bracketed = value.startsWith(u'[') && value.endsWith(u']');
    const QHostAddress address(bracketed ? value.sliced(1, value.size() - 2) : value);
    if (address.isNull())
        fail(wrong(u"--"_s + option, u"'%1' is not an IP address"_s.arg(value),
                   u"127.0.0.1, 0.0.0.0, ::1 or similar"_s));
    return address;
}

quint16 SettingsReader::port()
{
    const bool given = m_parser.isSet(u"port"_s);
    const QString value = given ? m_parser.value(u"port"_s) : text(u"PORT"_s);
    if (value.isEmpty() && !given)
        return 8000;
    bool ok = false;
    const int port = value.toInt(&ok);
    if (!ok || port < 0 || port > 65535) {
        fail(wrong(given ? u"--port"_s : u"PORT"_s, u"'%1' is not a port"_s.arg(value),
                   u"a number from 0 to 65535 (0: any free one)"_s));
        return 0;
    }
    return quint16(port);
}

qint64 SettingsReader::number(const QString &key, qint64 fallback, qint64 least, qint64 most)
{
    const QString value = text(key);
    if (value.isEmpty())
        return fallback;
    bool ok = false;
    const qint64 parsed = value.toLongLong(&ok);
    if (!ok || parsed < least || parsed > most)
        fail(wrong(key, u"'%1' is not usable"_s.arg(value),
                   u"a whole number from %1 to %2"_s.arg(least).arg(most)));
    return parsed;
}

int SettingsReader::retentionDays()
{
    const bool given = m_parser.isSet(u"retention-days"_s);
    const QString value = given ? m_parser.value(u"retention-days"_s) : text(u"LOQUAT_RETENTION_DAYS"_s);
    if (value.isEmpty() && !given)
        return 0;
    bool ok = false;
    const int days = value.toInt(&ok);
    if (!ok || days < 1 || days > 36'500)
        fail(wrong(given ? u"--retention-days"_s : u"LOQUAT_RETENTION_DAYS"_s,
                   u"'%1' is not a number of days"_s.arg(value),
                   u"a whole number from 1 to 36500, or unset to keep everything"_s));
    return days;
}

QString SettingsReader::among(const QString &setting, const QString &value, const QStringList &names)
{
    if (!names.contains(value))
        fail(wrong(setting, u"'%1' does not exist"_s.arg(value), u"one of %1"_s.arg(names.join(u", "_s))));
    return value;
}

QString SettingsReader::oneOf(const QString &option, const QStringList &names, const QString &key)
{
    if (m_parser.isSet(option))
        return among(u"--"_s + option, m_parser.value(option), names);
    return key.isEmpty() ? names.first() : choice(key, names);
}

QString SettingsReader::choice(const QString &key, const QStringList &names)
{
    const QString value = text(key);
    return value.isEmpty() ? names.first() : among(key, value, names);
}

QList<ProviderOptions> SettingsReader::providers()
{
    QList<ProviderOptions> wanted;
    if (const QString listed = text(u"LOQUAT_PROVIDERS"_s); !listed.isEmpty()) {
        QStringList names{u"simulated"_s};
        for (const KnownProvider &known : knownProviders())
            names.append(known.name);
        for (const QString &part : listed.split(u','))
            wanted.append(providerNamed(among(u"LOQUAT_PROVIDERS"_s, part.trimmed(), names)));
        return wanted;
    }
    for (const KnownProvider &known : knownProviders()) {
        // A server on this machine often needs no key: its address alone says that it is wanted.
        const QString address = text(known.prefix + "BASE_URL"_L1);
        const bool has =
            !text(known.prefix + "API_KEY"_L1).isEmpty() || (!address.isEmpty() && !needsKey(QUrl(address)));
        if (has && known.byKey)
            wanted.append(providerNamed(known.name));
    }
    if (wanted.isEmpty())
        wanted.append(providerNamed(u"simulated"_s));
    return wanted;
}

ProviderOptions SettingsReader::providerNamed(const QString &name)
{
    const KnownProvider *known = knownProvider(name);
    if (!known)
        return {u"simulated"_s, {}, {}, u"simulated"_s, {}};
    const QString given = text(known->prefix + "BASE_URL"_L1);
    const auto url = webUrl(known->prefix + "BASE_URL"_L1, given.isEmpty() ? QString(known->baseUrl) : given);
    if (!url)
        fail(url.error());
    const QString model = text(known->prefix + "MODEL"_L1);
    return {name,
            text(known->prefix + "API_KEY"_L1),
            url ? *url : QUrl(),
            model.isEmpty() ? QString(known->model) : model,
            {}};
}

SupabaseOptions SettingsReader::supabase() const
{
    SupabaseOptions options{text(u"SUPABASE_URL"_s), {}, {}, text(u"SUPABASE_SCHEMA"_s)};
    for (const auto &name : {u"SUPABASE_SERVICE_ROLE_KEY"_s, u"SUPABASE_SERVICE_KEY"_s, u"SUPABASE_KEY"_s})
        if (const QString key = text(name); options.key.isEmpty() && !key.isEmpty()) {
            options.key = key;
            options.keyName = name;
        }
    return options;
}

FleetOptions SettingsReader::fleet()
{
    FleetOptions options;
    options.nodeId = text(u"LOQUAT_NODE_ID"_s);
    options.listenUrl = text(u"LOQUAT_LISTEN_URL"_s);
    options.deadAfter = std::chrono::milliseconds(
        number(u"LOQUAT_NODE_DEAD_AFTER_MS"_s, options.deadAfter.count(), 500, 3'600'000));
    const QString url = text(u"LOQUAT_NODE_URL"_s);
    if (url.isEmpty())
        return options;
    options.nodeUrl = QUrl(url, QUrl::StrictMode);
    const bool isWeb = options.nodeUrl.scheme() == "http"_L1 || options.nodeUrl.scheme() == "https"_L1;
    const bool isPlain = options.nodeUrl.path().size() <= 1 && !options.nodeUrl.hasQuery() &&
                         options.nodeUrl.userInfo().isEmpty();
    if (!options.nodeUrl.isValid() || options.nodeUrl.host().isEmpty() || !isWeb || !isPlain)
        fail(wrong(u"LOQUAT_NODE_URL"_s, u"%1 is not an address of this node"_s.arg(shown(url)),
                   u"http://HOST:PORT where the other nodes reach this one"_s));
    return options;
}

void SettingsReader::noteUnused(QStringList &notes) const
{
    const SupabaseOptions rest = supabase();
    const QString database = text(u"SUPABASE_DB_URL"_s);
    // Not set by us: a pooler would not keep it for the session, or refuse it.
    const bool isElsewhere = database.contains("search_path"_L1);
    if (!database.isEmpty() && !rest.schema.isEmpty() && rest.schema != "public"_L1 && !isElsewhere)
        notes.append(u"SUPABASE_SCHEMA is for Supabase's REST API: SUPABASE_DB_URL needs "
                     "?options=-csearch_path%3DSCHEMA instead, its tables are in public"_s);
    static const QRegularExpression prismas(u"[?&]schema=(?!public(?:&|$))[^&]"_s);
    if (database.contains(prismas) && !isElsewhere)
        notes.append(
            u"schema= in SUPABASE_DB_URL is Prisma's own: Loquat's tables are in public, unless it has "
            "options=-csearch_path%3DSCHEMA"_s);
    if (!database.isEmpty() || rest.url.isEmpty() == rest.key.isEmpty())
        return;
    notes.append(rest.key.isEmpty()
                     ? u"SUPABASE_URL is set without SUPABASE_SERVICE_ROLE_KEY (or SUPABASE_DB_URL instead): "
                       "events stay in the local journal"_s
                     : rest.keyName + u" is set without SUPABASE_URL: events stay in the local journal"_s);
}

} // namespace loquat
