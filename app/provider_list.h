// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.h"
#include "options.h"

#include <span>

namespace loquat {

/// A provider that needs no more than a key.
struct KnownProvider
{
    QLatin1StringView name;
    QLatin1StringView prefix; ///< of its variables
    QLatin1StringView baseUrl;
    QLatin1StringView model;
    bool byKey = true; ///< a key alone asks for it
};

/// In order of preference where nobody states one.
std::span<const KnownProvider> knownProviders();
/// nullptr: any other name is an OpenAI-compatible server, or "simulated".
const KnownProvider *knownProvider(const QString &name);
/// What the names of its variables begin with: "OPENAI_" of openai and openai-responses, "MY_BOX_" of my-box.
QString variablePrefix(const QString &provider);

/// Services that answer nobody without a key. Other servers often need none, those on this machine least.
bool needsKey(const QUrl &url);

/// Who is asked, in order of preference. loquat.json's list says who and in which order; without one, it is
/// Options::providers. What the list leaves out of a provider comes from NAME_BASE_URL and NAME_MODEL, then
/// from what is known of it; keys only from NAME_API_KEY. Errors name the entry and the variable that would
/// put it right. Who needs a key and has none is left out of LOQUAT_PROVIDERS, unless that leaves
/// nobody. A demonstration asks the simulated model alone, whatever `config` says.
Expected<QList<ProviderOptions>> chooseProviders(const Config &config, const Options &options);

} // namespace loquat
