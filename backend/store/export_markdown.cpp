// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/export_markdown.h"

#include "store/stored_text.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// What was said, quoted: nothing in it can end the quotation or pass for a heading of the transcript.
QString quoted(const QString &text)
{
    QStringList lines = text.split(u'\n');
    for (QString &line : lines) {
        if (line.endsWith(u'\r'))
            line.chop(1);
        line = line.isEmpty() ? u">"_s : u"> "_s + line;
    }
    return lines.join(u'\n') + u'\n';
}

/// On one line, as code.
QString code(QString text)
{
    text.replace(u'\n', u' ').replace(u'\r', u' ');
    qsizetype longest = 0;
    qsizetype run = 0;
    for (const QChar c : std::as_const(text)) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, u'`');
    const QString space = text.startsWith(u'`') || text.endsWith(u'`') ? u" "_s : QString();
    return fence + space + text + space + fence;
}

QString time(const Event &event)
{
    return storedTime(event.atMs).mid(11, 8);
}

class MarkdownWriter final : public ExportWriter
{
public:
    QByteArray begin() override { return {}; }
    QByteArray end() override { return {}; }

    QByteArray session(const SessionRow &row, const QList<Event> &events) override
    {
        QString text = u"# Session %1\n\n"_s.arg(code(row.sessionId));
        text += u"- User: %1\n- Started: %2\n"_s.arg(code(row.userId), storedTime(row.startedAtMs));
        if (row.endedAtMs)
            text += u"- Ended: %1\n"_s.arg(storedTime(*row.endedAtMs));
        text += u"- Status: %1, %2 turns"_s.arg(row.status).arg(row.turns);
        if (row.inputTokens || row.outputTokens)
            text += u", %1 tokens"_s.arg(row.inputTokens.value_or(0) + row.outputTokens.value_or(0));
        text += u'\n';
        if (row.model)
            text += u"- Model: %1\n"_s.arg(code(*row.model));
        for (const Event &event : events)
            text += u'\n' + entry(event);
        return (text + u'\n').toUtf8();
    }

private:
    static QString said(const QString &who, const Event &event)
    {
        return u"**%1** · %2\n\n"_s.arg(who, time(event)) + quoted(event.content);
    }

    static QString remark(const QString &what, const Event &event)
    {
        return u"*%1* · %2\n"_s.arg(what, time(event));
    }

    static QString entry(const Event &event)
    {
        const auto meta = [&event](QLatin1StringView key) { return event.meta[key].toString(); };
        switch (event.type) {
        case EventType::UserMessage:
            return said(u"User"_s, event);
        case EventType::AiMessage:
            return said(u"Assistant"_s, event);
        case EventType::OperatorMessage:
            return said(u"Operator"_s, event);
        case EventType::OperatorWhisper:
            return said(u"Operator, to the assistant"_s, event);
        case EventType::OperatorNote:
            return said(u"Operator's note"_s, event);
        case EventType::Summary:
            return said(u"Summary"_s, event);
        case EventType::Synopsis:
            return said(u"Synopsis for the model"_s, event);
        case EventType::ErrorRaised:
            return said(u"Error"_s, event);
        case EventType::ToolCall:
            return remark(u"Tool"_s, event).trimmed() + u" · "_s + code(meta("tool"_L1)) + u' ' +
                   code(QString::fromUtf8(storedJson(event.meta["args"_L1].toObject()))) + u'\n';
        case EventType::ToolResult:
            return remark(u"Result"_s, event).trimmed() + u" · "_s + code(event.content) + u'\n';
        case EventType::ToolApproval:
            return remark(u"Approval: "_s + meta("decision"_L1), event);
        case EventType::ModeChanged:
            return remark(u"Answered by: "_s + meta("mode"_L1), event);
        case EventType::SessionStarted:
            return remark(u"Session started"_s, event);
        case EventType::SessionResumed:
            return remark(u"Session resumed"_s, event);
        case EventType::SessionEnded:
            return remark(u"Session ended: "_s + meta("reason"_L1), event);
        case EventType::TurnEnded:
            break;
        }
        return {};
    }
};

} // namespace

std::unique_ptr<ExportWriter> markdownWriter()
{
    return std::make_unique<MarkdownWriter>();
}

} // namespace loquat
