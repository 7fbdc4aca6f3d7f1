// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/doctor_checks.h"
#include "door_factory.h"
#include "otlp_settings.h"
#include "service_settings.h"

#include <QDateTime>
#include <QSslCertificate>
#include <QSslConfiguration>

#include <algorithm>

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

/// Certificates that are renewed by themselves are renewed before this.
constexpr int daysToRenew = 14;

/// The start does not look at it: the clock may be what is wrong.
Finding validity(const QString &name, const QString &file, const QList<QSslCertificate> &chain)
{
    const QDateTime from = chain.first().effectiveDate();
    const QDateTime until = chain.first().expiryDate();
    const QString renew = u"Renew it; SIGHUP makes a running Loquat read it again."_s;
    const auto day = [](const QDateTime &time) { return time.toUTC().date().toString(Qt::ISODate); };
    const auto now = QDateTime::currentDateTimeUtc();
    if (until < now)
        return {name, State::Bad, u"%1 ran out on %2: clients refuse the connection"_s.arg(file, day(until)),
                renew};
    if (from > now)
        return {name, State::Bad,
                u"%1 is not valid before %2: clients refuse the connection"_s.arg(file, day(from)),
                u"Check this machine's clock, or use a certificate that is valid now."_s};
    const QString newChain = u"Use the chain that whoever issued it gives now."_s;
    if (chain.size() > 1 && !chain.at(1).isSelfSigned() && chain.at(1).expiryDate() < now)
        return {
            name, State::Bad,
            u"In %1 the certificate that signed Loquat's ran out on %2: most clients refuse the connection"_s
                .arg(file, day(chain.at(1).expiryDate())),
            newChain};
    if (until < now.addDays(daysToRenew))
        return {name, State::Note, u"%1 runs out on %2"_s.arg(file, day(until)), renew};
    // Clients that trust one before it do not look at it: an old root often ends a chain.
    for (const QSslCertificate &above : chain.sliced(1))
        if (above.expiryDate() < now)
            return {
                name, State::Note,
                u"%1 has a certificate above its own that ran out on %2: some clients may refuse it"_s.arg(
                    file, day(above.expiryDate())),
                newChain};
    return {name, State::Ok, u"%1 and its key can be used until %2"_s.arg(file, day(until))};
}

Finding tls(const DoorOptions &door)
{
    const QString name = u"TLS"_s;
    if (door.tlsCert.isEmpty())
        return {name, State::Off, u"LOQUAT_TLS_CERT is not set: clients are spoken to in the clear"_s};
    const auto loaded = loadTls(door);
    if (!loaded)
        return bad(name, loaded.error());
    return validity(name, door.tlsCert, loaded->localCertificateChain());
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
