// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_result.h"

#include <QJsonArray>
#include <QStringList>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxProgressText = 120;

QString textOf(const QJsonObject &block)
{
    const QString type = block["type"_L1].toString();
    if (type == "text"_L1)
        return block["text"_L1].toString();
    if (type == "resource"_L1) {
        const auto resource = block["resource"_L1].toObject();
        const QString text = resource["text"_L1].toString();
        return text.isEmpty() ? u"[resource %1]"_s.arg(resource["uri"_L1].toString()) : text;
    }
    if (type == "resource_link"_L1)
        return u"[resource %1]"_s.arg(block["uri"_L1].toString());
    return u"[%1 %2]"_s.arg(type, block["mimeType"_L1].toString()).simplified();
}

} // namespace

Expected<QJsonValue> mcpToolResult(const QJsonObject &result)
{
    if (result["resultType"_L1].toString() == "input_required"_L1)
        return Error{u"mcp_input_required"_s,
                     u"The tool wants to ask the user something, which is not possible here."_s,
                     {},
                     false};
    QStringList texts;
    for (const auto &block : result["content"_L1].toArray())
        texts.append(textOf(block.toObject()));
    const QString text = texts.join(u'\n');
    if (result["isError"_L1].toBool())
        return Error{u"mcp_tool"_s, text.isEmpty() ? u"The tool failed."_s : text, {}, false};
    if (const auto structured = result["structuredContent"_L1]; structured.isObject())
        return structured;
    return QJsonValue(text);
}

QString mcpProgressText(const QJsonObject &params)
{
    if (const QString message = params["message"_L1].toString().simplified(); !message.isEmpty())
        return message.left(maxProgressText);
    const double progress = params["progress"_L1].toDouble();
    const double total = params["total"_L1].toDouble();
    return total > 0 ? u"%1 of %2"_s.arg(progress).arg(total) : QString::number(progress);
}

} // namespace loquat
