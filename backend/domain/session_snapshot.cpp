// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/session_snapshot.h"

namespace loquat {

using namespace Qt::StringLiterals;

QString nameOf(SessionStatus status)
{
    switch (status) {
    case SessionStatus::Ending:
        return u"ending"_s;
    case SessionStatus::Completed:
        return u"completed"_s;
    case SessionStatus::Active:
        break;
    }
    return u"active"_s;
}

QString nameOf(Mode mode)
{
    switch (mode) {
    case Mode::Paused:
        return u"paused"_s;
    case Mode::Human:
        return u"human"_s;
    case Mode::Ai:
        break;
    }
    return u"ai"_s;
}

Expected<Mode> modeFromString(const QString &name)
{
    for (const Mode mode : {Mode::Ai, Mode::Paused, Mode::Human})
        if (nameOf(mode) == name)
            return mode;
    return Error{u"unknown_mode"_s, u"'%1' is not a mode."_s.arg(name), u"Use ai, paused or human."_s, false};
}

void addToolCall(SessionSnapshot &session, const Event &event)
{
    // Another answer stood in for one that is late, and was counted.
    if (event.type == EventType::ToolResult && !event.meta["late"_L1].toBool())
        ++(event.meta["ok"_L1].toBool() ? session.toolCallsOk : session.toolCallsFailed);
}

void addEvent(SessionSnapshot &session, const Event &event)
{
    addToolCall(session, event);
    const bool isSaid = event.type == EventType::UserMessage || event.type == EventType::OperatorMessage ||
                        event.type == EventType::AiMessage;
    if (isSaid && !event.content.isEmpty())
        session.preview = event.content.left(SessionSnapshot::previewLength);
    const bool reply = event.type == EventType::AiMessage && event.meta["final"_L1].toBool();
    if (!reply && event.type != EventType::Summary && event.type != EventType::Synopsis)
        return;
    const auto add = [](std::optional<qint64> &total, std::optional<qint64> more) {
        if (more)
            total = total.value_or(0) + *more;
    };
    const Usage used = usageFromJson(event.meta["usage"_L1].toObject());
    add(session.usage.inputTokens, used.inputTokens);
    add(session.usage.outputTokens, used.outputTokens);
    if (used.source != UsageSource::Unknown)
        session.usage.source = used.source;
}

} // namespace loquat
