// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_command.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error bad(const QString &message)
{
    return {u"bad_command"_s, message,
            uR"(Send {"command":"whisper","text":"…"}; see /docs for the others.)"_s, false};
}

} // namespace

Expected<Command> parseCommand(const QJsonObject &json)
{
    if (!json["command"_L1].isString())
        return bad(u"'command' is missing or not a text."_s);
    const auto kind = commandKindFromString(json["command"_L1].toString());
    if (!kind)
        return kind.error();
    Command command;
    command.kind = *kind;
    for (const auto &[name, member] :
         {std::pair("content"_L1, &Command::text), std::pair("text"_L1, &Command::text),
          std::pair("call_id"_L1, &Command::callId), std::pair("by"_L1, &Command::by)}) {
        const QJsonValue value = json[name];
        if (value.isUndefined())
            continue;
        if (!value.isString())
            return bad(u"'%1' is not a text."_s.arg(name));
        command.*member = value.toString();
    }
    command.by = command.by.trimmed();
    if (command.by.isEmpty())
        command.by = u"operator"_s;
    if (command.by.size() > maxOperatorName)
        return bad(u"'by' is longer than %1 characters."_s.arg(maxOperatorName));
    const bool decides = *kind == CommandKind::Approve || *kind == CommandKind::Deny;
    if (decides && command.callId.isEmpty())
        return bad(u"'call_id' is missing: which call is decided?"_s);
    return command;
}

} // namespace loquat
