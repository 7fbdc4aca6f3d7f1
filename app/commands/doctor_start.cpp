// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/doctor_checks.h"
#include "door_factory.h"
#include "otlp_settings.h"
#include "service_settings.h"

namespace loquat {

using namespace Qt::StringLiterals;
using State = Finding::State;

namespace {

Finding bad(const QString &name, const Error &error)
{
    return {name, State::Bad, error.message, error.remedy};
}

Finding prices(const Config &config)
{
    const QString name = u"prices"_s;
    if (const auto loaded = loadPrices(config); !loaded)
        return bad(name, loaded.error());
    return {name, State::Ok,
            config.pricesFile.isEmpty() ? u"Loquat's own"_s
                                        : u"%1 is as it should be"_s.arg(config.pricesFile)};
}

Finding tls(const DoorOptions &door)
{
    const QString name = u"TLS"_s;
    if (door.tlsCert.isEmpty())
        return {name, State::Off, u"LOQUAT_TLS_CERT is not set: clients are spoken to in the clear"_s};
    if (const auto loaded = loadTls(door); !loaded)
        return bad(name, loaded.error());
    return {name, State::Ok, u"%1 and its key can be used"_s.arg(door.tlsCert)};
}

Finding traces(const Options &options)
{
    const QString name = u"traces"_s;
    const auto settings = otlpSettings(options.environment);
    if (!settings)
        return bad(name, settings.error());
    if (!*settings)
        return {name, State::Off, u"OTEL_EXPORTER_OTLP_ENDPOINT is not set"_s};
    return {name, State::Ok,
            u"go to %1"_s.arg((*settings)->endpoint.adjusted(QUrl::RemoveUserInfo).authority())};
}

} // namespace

QList<Finding> checkStart(const Options &options, const Config &config)
{
    return {prices(config), tls(options.door), traces(options)};
}

} // namespace loquat
