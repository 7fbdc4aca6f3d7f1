// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/http_tool_request.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>
#include <QUrlQuery>

#include <cmath>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error refusal(const QString &sentence)
{
    return {u"tool_arguments"_s, sentence, {}, false};
}

QString asText(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Bool:
        return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Double: {
        const double number = value.toDouble();
        return std::floor(number) == number && std::abs(number) < 1e15
                   ? QString::number(value.toInteger())
                   : QString::number(number, 'g', QLocale::FloatingPointShortest);
    }
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    default:
        return {};
    }
}

bool hasDotSegment(const QString &url)
{
    const QString path = url.section(u'?', 0, 0).section(u'#', 0, 0);
    for (const auto &segment : path.split(u'/'))
        if (segment == u"."_s || segment == u".."_s)
            return true;
    return false;
}

Expected<QString> fillUrl(const QString &urlTemplate, QJsonObject &arguments)
{
    const auto names = placeholdersOf(urlTemplate);
    QString url;
    qsizetype at = 0;
    for (const auto &name : names) { // one pass, so that a value may hold braces
        const QString hole = u'{' + name + u'}';
        const qsizetype begin = urlTemplate.indexOf(hole, at);
        const QString value = asText(arguments[name]);
        if (value.isEmpty())
            return refusal(u"'%1' is needed."_s.arg(name));
        url += QStringView(urlTemplate).sliced(at, begin - at);
        url += QString::fromLatin1(QUrl::toPercentEncoding(value));
        at = begin + hole.size();
    }
    url += QStringView(urlTemplate).sliced(at);
    if (!names.isEmpty() && hasDotSegment(url))
        return refusal(u"'%1' may not be a dot or two."_s.arg(names.join(u"', '"_s)));
    for (const auto &name : names)
        arguments.remove(name);
    return url;
}

QUrl withQuery(QUrl url, const QJsonObject &arguments)
{
    if (arguments.isEmpty())
        return url;
    QByteArray query = url.query(QUrl::FullyEncoded).toLatin1();
    for (auto it = arguments.begin(); it != arguments.end(); ++it) {
        if (!query.isEmpty())
            query += '&';
        query += QUrl::toPercentEncoding(it.key()) + '=' + QUrl::toPercentEncoding(asText(it.value()));
    }
    url.setQuery(QString::fromLatin1(query), QUrl::StrictMode);
    return url;
}

} // namespace

Expected<HttpToolRequest> httpToolRequest(const HttpToolSettings &settings, const QJsonObject &arguments,
                                          const QString &callId)
{
    QJsonObject rest = arguments;
    const auto filled = fillUrl(settings.urlTemplate, rest);
    if (!filled)
        return filled.error();
    const bool hasBody = settings.method != "GET" && settings.method != "DELETE";
    QUrl url(*filled, QUrl::TolerantMode);
    if (!hasBody)
        url = withQuery(url, rest);

    HttpToolRequest made{QNetworkRequest(url), {}};
    auto &request = made.request;
    request.setHeader(QNetworkRequest::UserAgentHeader, settings.userAgent);
    request.setRawHeader("Accept", "application/json, text/*;q=0.9, */*;q=0.1");
    request.setRawHeader("Idempotency-Key", callId.toUtf8());
    if (hasBody) {
        request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
        made.body = QJsonDocument(rest).toJson(QJsonDocument::Compact);
    }
    for (const auto &[name, value] : settings.headers)
        request.setRawHeader(name, value);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::SameOriginRedirectPolicy);
    // Users share the connection: nothing of one may show to another.
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    return made;
}

} // namespace loquat
