// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

#include <optional>

namespace loquat {

/// Whether a tool may be called: at once, after a person has agreed, or not at all. The later is the
/// stricter.
enum class ToolPolicy { Allow, Ask, Deny };

/// allow, ask or deny.
inline std::optional<ToolPolicy> toolPolicyFrom(QStringView name)
{
    if (name == u"allow")
        return ToolPolicy::Allow;
    if (name == u"ask")
        return ToolPolicy::Ask;
    if (name == u"deny")
        return ToolPolicy::Deny;
    return std::nullopt;
}

} // namespace loquat
