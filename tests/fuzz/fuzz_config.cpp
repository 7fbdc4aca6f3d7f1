// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_file.h"
#include "fuzz.h"

#include <QRegularExpression>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// One line that names the file and a place in it.
void checkComplaint(const Error &error)
{
    fuzz::checkError(error);
    static const QRegularExpression place(u"^loquat\\.json (?:\\$|line \\d+, column \\d+)"_s);
    FUZZ_CHECK(place.match(QString::fromUtf8(error.message.toUtf8()))
                   .hasMatch()); // else half a surrogate never matches
    FUZZ_CHECK(!error.message.contains(u'\n') && !error.message.contains(u'\r'));
    FUZZ_CHECK(!error.remedy.contains(u'\n') && !error.remedy.contains(u'\r'));
}

void checkLimits(const LimitsConfig &limits)
{
    FUZZ_CHECK(limits.maxToolRounds.value_or(0) >= 0);
    FUZZ_CHECK(limits.maxQueuedMessages.value_or(0) >= 0);
    for (const auto &time : {limits.turnLimit, limits.gracePeriod, limits.summaryLimit})
        FUZZ_CHECK(!time || time->count() >= 0);
    FUZZ_CHECK(limits.contextTokens.value_or(0) >= 0 && limits.replyTokens.value_or(0) >= 0);
}

void checkProfile(const Profile &profile, const QStringList &providers)
{
    for (const auto &name : profile.providers)
        FUZZ_CHECK(providers.contains(name));
    FUZZ_CHECK(!profile.temperature || (*profile.temperature >= 0 && *profile.temperature <= 2));
    FUZZ_CHECK(profile.maxOutputTokens.value_or(1) > 0);
    for (const auto &policy : profile.toolPolicies)
        FUZZ_CHECK(policy == "allow"_L1 || policy == "ask"_L1 || policy == "deny"_L1);
    // Whatever a rule looks for, a message is looked through.
    if (const auto call = profile.router.route(u"What is the weather in Paris, order A-1 for 5 kg?"_s))
        FUZZ_CHECK(!call->tool.isEmpty());
}

} // namespace

/// Either settings that keep to their limits, or a line that says where the file is wrong.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto config = parseConfig(fuzz::view(data, size).toByteArray());
    if (!config) {
        checkComplaint(config.error());
        return 0;
    }
    QStringList providers;
    for (const auto &provider : config->providers) {
        FUZZ_CHECK(!provider.name.isEmpty() && !providers.contains(provider.name));
        FUZZ_CHECK(provider.baseUrl.isEmpty() || provider.baseUrl.scheme().startsWith("http"_L1));
        FUZZ_CHECK(provider.baseUrl.userInfo().isEmpty());
        providers.append(provider.name);
    }
    checkLimits(config->limits);
    FUZZ_CHECK(config->budgets.usdPerMillionUnpriced >= 0);
    checkProfile(config->standard, providers);
    for (auto each = config->profiles.begin(); each != config->profiles.end(); ++each) {
        FUZZ_CHECK(config->profile(each.key()) == (each.key().isEmpty() ? &config->standard : &*each));
        checkProfile(*each, providers);
    }
    return 0;
}
