// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/command.h"

#include <array>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::array names{"take_over", "release", "pause",   "resume", "whisper", "reply",
                           "cancel",    "end",     "approve", "deny",   "note"};

} // namespace

QString nameOf(CommandKind kind)
{
    return QLatin1StringView(names.at(size_t(kind)));
}

Expected<CommandKind> commandKindFromString(const QString &name)
{
    for (size_t i = 0; i < names.size(); ++i)
        if (name == QLatin1StringView(names.at(i)))
            return CommandKind(i);
    return Error{
        u"unknown_command"_s, u"'%1' is not a command."_s.arg(name),
        u"Use one of take_over, release, pause, resume, whisper, reply, cancel, end, approve, deny, note."_s,
        false};
}

} // namespace loquat
