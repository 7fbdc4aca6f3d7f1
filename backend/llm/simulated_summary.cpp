// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_summary.h"

#include <QRegularExpression>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype longestQuote = 80;

QString quoted(const QString &text)
{
    const QString line = text.simplified();
    return u'“' + (line.size() > longestQuote ? line.first(longestQuote - 1) + u'…' : line) + u'”';
}

/// What the user said. A transcript that comes as one text, "User: …" line by line, is taken apart.
QStringList saidByUser(const QList<ChatMessage> &messages)
{
    static const QRegularExpression userLine(u"^\\W*user\\W*:\\s*(.+)$"_s,
                                             QRegularExpression::CaseInsensitiveOption |
                                                 QRegularExpression::MultilineOption);
    QStringList said;
    for (const auto &message : messages) {
        if (message.role != Role::User)
            continue;
        QStringList lines;
        for (auto match = userLine.globalMatch(message.content); match.hasNext();)
            lines.append(match.next().captured(1));
        said += lines.isEmpty() ? QStringList(message.content) : lines;
    }
    return said;
}

QStringList toolsUsed(const QList<ChatMessage> &messages)
{
    QStringList tools;
    for (const auto &message : messages)
        for (const auto &call : message.toolCalls)
            if (!tools.contains(call.name))
                tools.append(call.name);
    return tools;
}

} // namespace

QString summaryOf(const QList<ChatMessage> &messages)
{
    const QStringList said = saidByUser(messages);
    if (said.isEmpty())
        return u"The user did not say anything."_s;
    QString summary = said.size() == 1 ? u"The user said %1."_s.arg(quoted(said.first()))
                                       : u"The user sent %1 messages, from %2 to %3."_s.arg(said.size())
                                             .arg(quoted(said.first()), quoted(said.last()));
    if (const auto tools = toolsUsed(messages); !tools.isEmpty())
        summary += u" The assistant answered with the help of %1."_s.arg(tools.join(u", "_s));
    return summary;
}

} // namespace loquat::simulated
