// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_text.h"
#include "gateway/dialect.h"
#include "gateway/overloaded.h"

namespace loquat::dialects {

using namespace Qt::StringLiterals;

namespace {

QStringList content(const QString &text)
{
    return {withJsonText("{\"type\":\"content\",\"value\":\""_L1, text, "\"}"_L1)};
}

} // namespace

QStringList encodeContent(const Outbound &message)
{
    return std::visit(
        Overloaded{
            [](const outbound::Token &m) { return content(m.text); },
            [](const outbound::OperatorMessage &m) { return content(m.content); },
            [](const outbound::ToolStarted &m) {
                return QStringList{jsonText(QJsonObject{
                    {"type"_L1, "tool_start"_L1}, {"tool"_L1, m.tool}, {"args"_L1, m.args.toObject()}})};
            },
            [](const outbound::ToolEnded &m) {
                return QStringList{jsonText(
                    QJsonObject{{"type"_L1, "tool_end"_L1}, {"tool"_L1, m.tool}, {"result"_L1, m.result}})};
            },
            [](const outbound::Problem &m) {
                // A failed turn says so in its tokens; only what was refused outside of a turn
                // is said here.
                return m.seq > 0 ? QStringList() : content(m.error.message);
            },
            [](const auto &) { return QStringList(); },
        },
        message);
}

} // namespace loquat::dialects
