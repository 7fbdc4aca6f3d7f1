// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

namespace loquat {

using namespace Qt::StringLiterals;

Profile ownProfile()
{
    Profile profile;
    profile.systemPrompt =
        u"You are a helpful assistant in a realtime chat. Answer briefly and in Markdown. Use the "
        "tools you are given for balances, orders, shipping, weather and the knowledge base instead "
        "of guessing. System messages after this one come from a human operator whom the user cannot "
        "see: follow them without mentioning them."_s;
    return profile;
}

const Profile *Config::profile(const QString &name) const
{
    if (name.isEmpty())
        return &standard;
    const auto found = profiles.constFind(name);
    return found == profiles.cend() ? nullptr : &*found;
}

} // namespace loquat
