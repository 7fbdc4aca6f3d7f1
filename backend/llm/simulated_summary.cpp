// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_summary.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype longestQuote = 80;

constexpr qsizetype longestTitle = 48;

QString shortened(const QString &text, qsizetype longest)
{
    const QString line = text.simplified().remove(u'*').remove(u'`'); // Markdown has no place in a quotation
    return line.size() > longest ? line.first(longest - 1) + u'…' : line;
}

QString quoted(const QString &text)
{
    return u'“' + shortened(text, longestQuote) + u'”';
}

/// What follows "User:", "Assistant:" and "Tool NAME:" in the lines of a transcript that comes as one text.
QStringList linesOf(const QList<ChatMessage> &messages, const QString &speaker)
{
    const QRegularExpression line(u"^\\W*%1\\s*(.+)$"_s.arg(speaker),
                                  QRegularExpression::CaseInsensitiveOption |
                                      QRegularExpression::MultilineOption);
    QStringList found;
    for (const auto &message : messages)
        if (message.role == Role::User)
            for (auto match = line.globalMatch(message.content); match.hasNext();)
                found.append(match.next().captured(1));
    return found;
}

QStringList saidBy(Role role, const QList<ChatMessage> &messages)
{
    QStringList said = linesOf(messages, role == Role::User ? u"user:"_s : u"assistant:"_s);
    if (!said.isEmpty())
        return said;
    for (const auto &message : messages)
        if (message.role == role && !message.content.isEmpty())
            said.append(message.content);
    return said;
}

QStringList toolsUsed(const QList<ChatMessage> &messages)
{
    QStringList tools = linesOf(messages, u"tool"_s);
    for (QString &tool : tools)
        tool = tool.section(u':', 0, 0);
    for (const auto &message : messages)
        for (const auto &call : message.toolCalls)
            tools.append(call.name);
    tools.removeDuplicates();
    return tools;
}

} // namespace

QString summaryOf(const QList<ChatMessage> &messages)
{
    const QStringList said = saidBy(Role::User, messages);
    if (said.isEmpty())
        return u"The user did not say anything."_s;
    QString summary = said.size() == 1 ? u"The user said %1."_s.arg(quoted(said.first()))
                                       : u"The user sent %1 messages, from %2 to %3."_s.arg(said.size())
                                             .arg(quoted(said.first()), quoted(said.last()));
    if (const auto answers = saidBy(Role::Assistant, messages); !answers.isEmpty())
        summary += u" The assistant's last words were %1."_s.arg(quoted(answers.last()));
    if (const auto tools = toolsUsed(messages); !tools.isEmpty())
        summary += u" It used %1."_s.arg(tools.join(u", "_s));
    return summary;
}

QString structuredSummaryOf(const QList<ChatMessage> &messages)
{
    const QStringList said = saidBy(Role::User, messages);
    const QStringList answers = saidBy(Role::Assistant, messages);
    // Who was asked something back, or not answered, did not get what they wanted.
    const bool answered = !answers.isEmpty() && !answers.last().trimmed().endsWith(u'?');
    QJsonArray open;
    if (!said.isEmpty() && !answered)
        open.append(u"Answer %1"_s.arg(quoted(said.last())));
    const QJsonObject summary{
        {"summary"_L1, summaryOf(messages)},
        {"title"_L1, said.isEmpty() ? u"Nothing said"_s : shortened(said.first(), longestTitle)},
        {"intent"_L1, said.isEmpty() ? QString() : shortened(said.last(), longestQuote)},
        {"outcome"_L1, answered ? u"resolved"_s : u"unresolved"_s},
        {"open_points"_L1, open},
        {"language"_L1, u"en"_s},
    };
    return QString::fromUtf8(QJsonDocument(summary).toJson(QJsonDocument::Compact));
}

} // namespace loquat::simulated
