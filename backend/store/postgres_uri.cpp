// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_uri.h"

#include <QMap>
#include <QRegularExpression>
#include <QStringList>

#include <optional>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

Error wrong(const QString &what, const QString &remedy = {})
{
    const auto form =
        u"Use postgresql://USER:PASSWORD@HOST:5432/DATABASE, as Supabase's page 'Connect' shows it."_s;
    return {u"bad_database_url"_s, what, remedy.isEmpty() ? form : remedy, false};
}

/// nullopt: a '%' that is not followed by two hexadecimal digits, or bytes that are not UTF-8.
std::optional<QString> decoded(QStringView text)
{
    static const QRegularExpression stray(u"%(?![0-9A-Fa-f]{2})"_s);
    if (stray.match(text).hasMatch())
        return std::nullopt;
    const auto plain = QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8()));
    if (plain.contains(QChar::ReplacementCharacter) || plain.contains(QChar(u'\0')))
        return std::nullopt;
    return plain;
}

/// What libpq knows and makes sense here (QPSQL passes keywords through as they are).
bool isLibpqOption(const QString &name)
{
    static const QStringList known{u"sslmode"_s,
                                   u"sslrootcert"_s,
                                   u"sslcert"_s,
                                   u"sslkey"_s,
                                   u"sslcrl"_s,
                                   u"sslcrldir"_s,
                                   u"sslsni"_s,
                                   u"sslcompression"_s,
                                   u"sslpassword"_s,
                                   u"ssl_min_protocol_version"_s,
                                   u"ssl_max_protocol_version"_s,
                                   u"connect_timeout"_s,
                                   u"application_name"_s,
                                   u"fallback_application_name"_s,
                                   u"channel_binding"_s,
                                   u"gssencmode"_s,
                                   u"krbsrvname"_s,
                                   u"keepalives"_s,
                                   u"keepalives_idle"_s,
                                   u"keepalives_interval"_s,
                                   u"keepalives_count"_s,
                                   u"tcp_user_timeout"_s,
                                   u"target_session_attrs"_s,
                                   u"options"_s,
                                   u"hostaddr"_s,
                                   u"passfile"_s,
                                   u"requirepeer"_s};
    return known.contains(name);
}

/// Options of other clients that people have in their URL.
bool isForeignOption(const QString &name)
{
    static const QStringList foreign{
        u"pgbouncer"_s, u"connection_limit"_s,     u"pool_timeout"_s,     u"supa"_s,
        u"schema"_s,    u"statement_cache_size"_s, u"prepareThreshold"_s, u"workaround"_s};
    return foreign.contains(name);
}

Expected<void> checkOption(const QString &name, const QString &value)
{
    static const QStringList modes{u"disable"_s, u"allow"_s,     u"prefer"_s,
                                   u"require"_s, u"verify-ca"_s, u"verify-full"_s};
    if (name == "sslmode"_L1 && !modes.contains(value))
        return wrong(u"The database URL's sslmode is not one that PostgreSQL knows."_s,
                     u"Use one of %1."_s.arg(modes.join(u", "_s)));
    bool isNumber = false;
    const int seconds = value.toInt(&isNumber);
    if (name == "connect_timeout"_L1 && (!isNumber || seconds < 1 || seconds > 300))
        return wrong(u"The database URL's connect_timeout is not a number of seconds from 1 to 300."_s);
    // QPSQL makes every ';' a space, also one between quotes.
    if (value.contains(u';'))
        return wrong(u"The database URL's option %1 holds a ';', which cannot be passed on."_s.arg(name));
    return {};
}

Expected<QMap<QString, QString>> parseOptions(QStringView text)
{
    QMap<QString, QString> options;
    for (const auto pair : text.split(u'&', Qt::SkipEmptyParts)) {
        const auto equals = pair.indexOf(u'=');
        const auto name = equals < 0 ? QString() : pair.left(equals).toString();
        const auto value = equals < 0 ? std::nullopt : decoded(pair.mid(equals + 1));
        if (!value)
            return wrong(u"After '?' the database URL has something that is not name=value."_s);
        if (name == "ssl"_L1 && *value == "true"_L1) { // libpq's other word for it, as drivers of Java write
            if (!options.contains(u"sslmode"_s))
                options[u"sslmode"_s] = u"require"_s;
            continue;
        }
        if (isForeignOption(name))
            continue;
        if (!isLibpqOption(name)) {
            // The name is shown only if it can be nothing else than a name.
            static const QRegularExpression plain(u"^[A-Za-z_]{1,40}$"_s);
            return wrong(u"The database URL has an option that PostgreSQL does not know%1."_s.arg(
                plain.match(name).hasMatch() ? u": "_s + name : QString()));
        }
        if (auto good = checkOption(name, *value); !good)
            return good.error();
        options[name] = *value;
    }
    return options;
}

/// libpq's quoting; a value with a space or nothing in it would otherwise end the keyword.
QString quoted(QString value)
{
    return u"'"_s + value.replace(u'\\', u"\\\\"_s).replace(u'\'', u"\\'"_s) + u"'"_s;
}

QString joined(const QMap<QString, QString> &options)
{
    QStringList parts;
    for (auto it = options.begin(); it != options.end(); ++it)
        parts << it.key() + u'=' + quoted(it.value());
    return parts.join(u';');
}

Expected<void> parseHostAndPort(QStringView text, PostgresSettings &settings)
{
    QStringView host = text;
    QStringView port;
    if (text.startsWith(u'[')) {
        const auto end = text.indexOf(u']');
        if (end < 0 || (end + 1 < text.size() && text[end + 1] != u':'))
            return wrong(u"The database URL's host has a '[' without its ']'."_s);
        host = text.mid(1, end - 1);
        port = text.mid(end + 2);
    } else if (const auto colon = text.indexOf(u':'); colon >= 0) {
        host = text.left(colon);
        port = text.mid(colon + 1);
        if (port.contains(u':'))
            return wrong(u"The database URL's host has more than one ':'."_s,
                         u"Put an IPv6 address in brackets: [::1]:5432."_s);
    }
    static const QRegularExpression form(u"^[A-Za-z0-9._:%-]+$"_s);
    if (!form.match(host).hasMatch())
        return wrong(host.isEmpty() ? u"The database URL names no host."_s
                                    : u"The database URL's host has characters that no host name has."_s);
    settings.host = host.toString();
    if (!port.isEmpty()) {
        bool isNumber = false;
        const int number = port.toInt(&isNumber);
        if (!isNumber || number < 1 || number > 65535)
            return wrong(u"The database URL's port is not a number from 1 to 65535."_s);
        settings.port = number;
    }
    return {};
}

} // namespace

QString PostgresSettings::place() const
{
    // Of a pooler's many projects, postgres.PROJECT is one: host, port and database are those of all.
    const QString project = user.section(u'.', 1);
    return (project.isEmpty() ? QString() : project + u'@') +
           u"%1:%2/%3"_s.arg(host.contains(u':') ? u"["_s + host + u"]"_s : host).arg(port).arg(database);
}

bool PostgresSettings::isSupabase() const
{
    return host.endsWith(".supabase.co"_L1) || host.endsWith(".supabase.com"_L1);
}

Expected<PostgresSettings> parsePostgresUri(const QString &uri)
{
    const QString text = uri.trimmed();
    QStringView rest(text);
    if (text.startsWith("postgres://"_L1))
        rest = rest.mid(11);
    else if (text.startsWith("postgresql://"_L1))
        rest = rest.mid(13);
    else
        return wrong(u"The database URL does not begin with postgres:// or postgresql://."_s);

    PostgresSettings settings;
    // The last '@' ends the password, whatever is in it, unless that '@' belongs to an option.
    const auto question = rest.indexOf(u'?');
    auto at = question < 0 ? rest.lastIndexOf(u'@') : rest.left(question).lastIndexOf(u'@');
    if (at < 0)
        at = rest.lastIndexOf(u'@');
    if (at < 0)
        return wrong(u"The database URL names no user (there is no '@')."_s);
    const auto who = rest.left(at);
    const auto where = rest.mid(at + 1);

    const auto colon = who.indexOf(u':');
    const auto user = decoded(colon < 0 ? who : who.left(colon));
    const auto password = decoded(colon < 0 ? QStringView() : who.mid(colon + 1));
    if (!user || user->isEmpty())
        return wrong(u"The database URL names no user, or one with a '%' that encodes nothing."_s);
    if (!password)
        return wrong(u"The database URL's password has a '%' that encodes nothing."_s,
                     u"Write each '%' in the password as %25."_s);
    if (password->startsWith("[YOUR-"_L1) || password->startsWith("[your-"_L1))
        return wrong(u"The database URL still has the placeholder where the password belongs."_s,
                     u"Put the database's password in its place."_s);
    settings.user = *user;
    settings.password = *password;

    const auto optionsAt = where.indexOf(u'?');
    const auto place = optionsAt < 0 ? where : where.left(optionsAt);
    const auto slash = place.indexOf(u'/');
    if (auto good = parseHostAndPort(slash < 0 ? place : place.left(slash), settings); !good)
        return good.error();
    const auto database = decoded(slash < 0 ? QStringView() : place.mid(slash + 1));
    if (!database || database->contains(u'/'))
        return wrong(u"The database URL's database name is not one."_s);
    settings.database = database->isEmpty() ? u"postgres"_s : *database;

    auto options = parseOptions(optionsAt < 0 ? QStringView() : where.mid(optionsAt + 1));
    if (!options)
        return options.error();
    if (!options->contains(u"connect_timeout"_s))
        options->insert(u"connect_timeout"_s, u"5"_s);
    if (!options->contains(u"application_name"_s))
        options->insert(u"application_name"_s, u"loquat"_s);
    if (settings.isSupabase() && !options->contains(u"sslmode"_s))
        options->insert(u"sslmode"_s, u"require"_s);
    settings.options = joined(*options);
    return settings;
}

} // namespace loquat
