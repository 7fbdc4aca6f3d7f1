// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_settings.h"

#include <QHostAddress>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

const QString rightUrl = u"https://PROJECT.supabase.co"_s;

Error badUrl(const QString &why)
{
    return {u"bad_supabase_url"_s, why, rightUrl, false};
}

bool isThisMachine(const QString &host)
{
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

/// Fit for a header's value: nothing that would begin another header, and nothing that was not meant.
bool isPlain(const QString &text)
{
    return std::ranges::all_of(text, [](QChar c) { return c > u' ' && c < u'\x7f'; });
}

bool isName(const QString &schema)
{
    return isPlain(schema) && std::ranges::all_of(schema, [](QChar c) {
               return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'$';
           });
}

Expected<QUrl> baseOf(const QString &text)
{
    QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
        return badUrl(u"it is not an http(s) URL"_s);
    if (!url.userInfo().isEmpty())
        return badUrl(u"it holds a name or a password, which do not belong there"_s);
    if (url.hasQuery() || url.hasFragment())
        return badUrl(u"it has something after its path"_s);
    if (url.host() == "supabase.com"_L1 || url.host().endsWith(".supabase.com"_L1))
        return badUrl(u"it is a page of the dashboard, not the project's own URL"_s);
    if (url.scheme() == "http"_L1 && !isThisMachine(url.host()))
        return badUrl(u"the key would travel in the clear over http"_s);
    QString path = url.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    if (!path.endsWith("/rest/v1"_L1))
        path += "/rest/v1"_L1;
    url.setPath(path);
    return url;
}

} // namespace

QString RestSettings::place() const
{
    const QString port = base.port() < 0 ? QString() : u":%1"_s.arg(base.port());
    return base.host() + port + base.path() + u" (%1)"_s.arg(schema);
}

bool RestSettings::keyIsToken() const
{
    return key.startsWith("eyJ") && key.count('.') == 2;
}

QString RestSettings::keyRole() const
{
    if (key.startsWith("sb_publishable_"))
        return u"anon"_s;
    if (key.startsWith("sb_secret_"))
        return u"service_role"_s;
    if (!keyIsToken())
        return {};
    const auto payload = QByteArray::fromBase64(key.split('.').at(1), QByteArray::Base64UrlEncoding);
    return QJsonDocument::fromJson(payload).object().value("role"_L1).toString();
}

Expected<RestSettings> restSettings(const QString &url, const QString &key, const QString &schema)
{
    const auto base = baseOf(url.trimmed());
    if (!base)
        return base.error();
    if (key.isEmpty() || !isPlain(key))
        return Error{u"bad_supabase_key"_s, u"it is empty or holds characters that no key has"_s,
                     u"the project's secret key (sb_secret_… or service_role)"_s, false};
    if (!isName(schema))
        return Error{u"bad_supabase_schema"_s, u"'%1' is not the name of one schema"_s.arg(schema),
                     u"a name such as public"_s, false};
    RestSettings settings;
    settings.base = *base;
    settings.key = key.toLatin1();
    if (!schema.isEmpty())
        settings.schema = schema;
    return settings;
}

} // namespace loquat
