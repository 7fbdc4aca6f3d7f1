// SPDX-License-Identifier: GPL-3.0-or-later
#include "otlp_settings.h"

#include "settings_reader.h"

#include <QCoreApplication>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// key=value,key=value with values in percent encoding (W3C Baggage).
Expected<QHash<QByteArray, QByteArray>> headersFrom(const QString &text)
{
    QHash<QByteArray, QByteArray> headers;
    for (const QString &pair : text.split(u',', Qt::SkipEmptyParts)) {
        const qsizetype equals = pair.indexOf(u'=');
        const QByteArray name = pair.left(std::max<qsizetype>(equals, 0)).trimmed().toLatin1();
        if (name.isEmpty())
            return SettingsReader::wrong(u"OTEL_EXPORTER_OTLP_HEADERS"_s,
                                         u"a header has no name or no value"_s, u"name=value,name=value"_s);
        headers.insert(name, QByteArray::fromPercentEncoding(pair.mid(equals + 1).trimmed().toUtf8()));
    }
    return headers;
}

} // namespace

Expected<std::optional<OtlpSettings>> otlpSettings(const QProcessEnvironment &environment)
{
    const auto traces = u"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"_s;
    const auto base = u"OTEL_EXPORTER_OTLP_ENDPOINT"_s;
    const bool exact = !environment.value(traces).isEmpty();
    const QString given = environment.value(exact ? traces : base);
    if (given.isEmpty())
        return std::optional<OtlpSettings>();
    OtlpSettings settings;
    settings.endpoint = QUrl(given, QUrl::StrictMode);
    if (!settings.endpoint.isValid() || settings.endpoint.host().isEmpty() ||
        (settings.endpoint.scheme() != "http"_L1 && settings.endpoint.scheme() != "https"_L1))
        return SettingsReader::wrong(exact ? traces : base, u"not an address"_s, u"http://HOST:4318"_s);
    if (!exact) {
        const QString path = settings.endpoint.path();
        settings.endpoint.setPath(path + (path.endsWith(u'/') ? u"v1/traces"_s : u"/v1/traces"_s));
    }
    auto headers = headersFrom(environment.value(u"OTEL_EXPORTER_OTLP_HEADERS"_s));
    if (!headers)
        return headers.error();
    settings.headers = std::move(*headers);
    settings.serviceName = environment.value(u"OTEL_SERVICE_NAME"_s, u"loquat"_s);
    settings.version = QCoreApplication::applicationVersion();
    return std::optional(std::move(settings));
}

} // namespace loquat
