// SPDX-License-Identifier: GPL-3.0-or-later
#include "service_settings.h"

#include "provider_list.h"
#include "settings_reader.h"

#include <QLoggingCategory>
#include <QSysInfo>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "loquat.service")

} // namespace

Expected<std::shared_ptr<const Prices>> loadPrices(const Config &config)
{
    auto shipped = Prices::load(u":/settings/prices.json"_s);
    if (!shipped)
        return shipped.error();
    if (!config.pricesFile.isEmpty()) {
        const auto own = Prices::load(config.pricesFile);
        if (!own)
            return SettingsReader::wrong(u"--config"_s, own.error());
        shipped->overrideWith(*own);
    }
    return std::shared_ptr<const Prices>(std::make_shared<Prices>(*shipped));
}

Expected<Options> withConfig(Options options, const Config &config)
{
    auto providers = chooseProviders(config, options);
    if (!providers)
        return providers.error();
    if (!config.providers.isEmpty() && !options.environment.value(u"LOQUAT_PROVIDERS"_s).isEmpty())
        qCWarning(log) << "LOQUAT_PROVIDERS is not looked at: loquat.json names the providers";
    options.providers = *providers;
    const LimitsConfig &limits = config.limits;
    options.connectLimit = limits.connectLimit.value_or(options.connectLimit);
    options.firstTokenLimit = limits.firstTokenLimit.value_or(options.firstTokenLimit);
    options.betweenTokensLimit = limits.betweenTokensLimit.value_or(options.betweenTokensLimit);
    options.turnLimit = limits.turnLimit.value_or(options.turnLimit);
    options.approvalLimit = limits.approvalLimit.value_or(options.approvalLimit);
    options.gracePeriod = limits.gracePeriod.value_or(options.gracePeriod);
    return options;
}

SessionSettings sessionSettings(const Options &options, const Config &config)
{
    SessionSettings settings;
    settings.profile = config.standard;
    for (auto it = config.profiles.cbegin(); it != config.profiles.cend(); ++it) {
        Profile &profile = settings.profiles[it.key()] = it.value();
        if (options.run == Options::Run::Demo) // which has the simulated model only
            profile.providers.clear();
    }
    settings.nodeId = options.fleet.nodeId.isEmpty() ? QSysInfo::machineHostName() : options.fleet.nodeId;
    settings.gracePeriod = options.gracePeriod;
    settings.turnLimit = options.turnLimit;
    settings.approvalLimit = options.approvalLimit;
    settings.maxToolRounds = config.limits.maxToolRounds.value_or(settings.maxToolRounds);
    settings.maxQueuedMessages = config.limits.maxQueuedMessages.value_or(settings.maxQueuedMessages);
    settings.maxWaitingSummaries = config.limits.maxWaitingSummaries.value_or(settings.maxWaitingSummaries);
    settings.maxPutOffSummaries = config.limits.maxPutOffSummaries.value_or(settings.maxPutOffSummaries);
    settings.contextTokens = config.limits.contextTokens;
    settings.replyTokens = config.limits.replyTokens.value_or(settings.replyTokens);
    settings.summaryLimit = config.limits.summaryLimit.value_or(settings.summaryLimit);
    return settings;
}

} // namespace loquat
