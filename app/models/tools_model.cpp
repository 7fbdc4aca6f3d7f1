// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tools_model.h"

#include "models/format.h"
#include "models/session_state.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

void ToolsModel::apply(const LiveBatch &batch, qint64 nowMs)
{
    m_now = nowMs;
    bool any = false;
    for (const auto &item : batch.stream) {
        const auto *event = std::get_if<Event>(&item);
        if (!event || (event->type != EventType::ToolCall && event->type != EventType::ToolApproval &&
                       event->type != EventType::ToolResult))
            continue;
        apply(*event);
        any = true;
    }
    for (const SessionSnapshot &session : batch.sessions) {
        if (goesOn(session) || !m_open.contains(session.sessionId))
            continue;
        forget(session.sessionId);
        any = true;
    }
    if (!any || m_tools.isEmpty())
        return;
    Q_EMIT dataChanged(index(0), index(count() - 1));
    Q_EMIT changed();
}

void ToolsModel::apply(const Event &event)
{
    const QString callId = event.meta["call_id"_L1].toString();
    if (event.type == EventType::ToolCall) {
        auto *tool = findOrAdd(event.content);
        if (!tool)
            return;
        ++tool->calls;
        ++tool->running;
        tool->lastMs = std::max(tool->lastMs, event.atMs);
        m_open[event.sessionId].insert(callId, {event.content});
        return;
    }
    const auto session = m_open.find(event.sessionId);
    if (session == m_open.end() || !session->contains(callId))
        return; // its beginning was not seen
    if (event.type == EventType::ToolApproval) {
        if (event.meta["decision"_L1] == "denied"_L1)
            (*session)[callId].denied = true;
        return;
    }
    const Open open = session->take(callId);
    if (session->isEmpty())
        m_open.erase(session);
    auto *tool = find(open.tool);
    if (!tool)
        return;
    tool->running = std::max<qint64>(0, tool->running - 1);
    const bool ok = event.meta["ok"_L1].toBool();
    tool->last = open.denied                         ? Outcome::Denied
                 : event.meta["unknown"_L1].toBool() ? Outcome::NoSuchTool
                 : ok                                ? Outcome::Ok
                                                     : Outcome::Failed;
    tool->denied += open.denied ? 1 : 0;
    tool->failed += ok || open.denied ? 0 : 1;
    if (const auto ms = event.meta["ms"_L1]; ms.isDouble() && !open.denied) {
        ++tool->timed;
        tool->tookMs += ms.toInteger();
    }
}

void ToolsModel::forget(const QString &sessionId)
{
    for (const Open &open : m_open.take(sessionId))
        if (auto *tool = find(open.tool))
            tool->running = std::max<qint64>(0, tool->running - 1);
}

void ToolsModel::forgetRunning()
{
    m_open.clear();
    for (Tool &tool : m_tools)
        tool.running = 0;
    if (!m_tools.isEmpty())
        Q_EMIT dataChanged(index(0), index(count() - 1));
}

void ToolsModel::tick(qint64 nowMs)
{
    m_now = nowMs;
    if (!m_tools.isEmpty())
        Q_EMIT dataChanged(index(0), index(count() - 1), {LastRole});
}

ToolsModel::Tool *ToolsModel::find(const QString &name)
{
    const auto at = std::ranges::lower_bound(m_tools, name, {}, &Tool::name);
    return at != m_tools.end() && at->name == name ? &*at : nullptr;
}

ToolsModel::Tool *ToolsModel::findOrAdd(const QString &name)
{
    if (auto *known = find(name))
        return known;
    if (count() >= longest)
        return nullptr;
    const auto at = std::ranges::lower_bound(m_tools, name, {}, &Tool::name) - m_tools.begin();
    beginInsertRows({}, int(at), int(at));
    Tool tool;
    tool.name = name;
    m_tools.insert(at, std::move(tool));
    endInsertRows();
    return &m_tools[at];
}

QString ToolsModel::wordOf(const Tool &tool)
{
    if (tool.running > 0)
        return tool.running == 1 ? u"1 call is open"_s
                                 : u"%1 calls are open"_s.arg(format::count(tool.running));
    switch (tool.last) {
    case Outcome::Ok:
        return u"ok"_s;
    case Outcome::Failed:
        return u"last call failed"_s;
    case Outcome::Denied:
        return u"last call denied"_s;
    case Outcome::NoSuchTool:
        return u"no such tool"_s;
    case Outcome::None:
        break;
    }
    return u"called"_s;
}

QString ToolsModel::kindOf(const Tool &tool)
{
    if (tool.running > 0)
        return u"info"_s;
    switch (tool.last) {
    case Outcome::Ok:
        return u"ok"_s;
    case Outcome::Failed:
    case Outcome::NoSuchTool:
        return u"bad"_s;
    case Outcome::Denied:
    case Outcome::None:
        break;
    }
    return u"dim"_s;
}

int ToolsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ToolsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Tool &tool = m_tools[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return tool.name;
    case StateWordRole:
        return wordOf(tool);
    case StateKindRole:
        return kindOf(tool);
    case CallsRole:
        return format::count(tool.calls);
    case FailedRole:
        return format::count(tool.failed);
    case DeniedRole:
        return format::count(tool.denied);
    case MeanTimeRole:
        return tool.timed > 0 ? format::duration(tool.tookMs / tool.timed) : format::unknown;
    case LastRole: {
        const QString age = format::age(std::max<qint64>(0, m_now - tool.lastMs));
        return age == "now"_L1 ? age : age + u" ago"_s;
    }
    default:
        return {};
    }
}

QHash<int, QByteArray> ToolsModel::roleNames() const
{
    return {{NameRole, "name"},           {StateWordRole, "stateWord"},
            {StateKindRole, "stateKind"}, {CallsRole, "calls"},
            {FailedRole, "failed"},       {DeniedRole, "denied"},
            {MeanTimeRole, "took"},       {LastRole, "last"}};
}

QString ToolsModel::summary() const
{
    if (m_tools.isEmpty())
        return {};
    qint64 calls = 0;
    qint64 failed = 0;
    for (const Tool &tool : m_tools) {
        calls += tool.calls;
        failed += tool.failed;
    }
    const auto counted = [](qint64 number, const QString &one, const QString &many) {
        return number == 1 ? u"1 "_s + one : format::count(number) + u' ' + many;
    };
    QStringList parts{counted(count(), u"tool"_s, u"tools"_s), counted(calls, u"call"_s, u"calls"_s)};
    if (failed > 0)
        parts.append(format::count(failed) + u" failed"_s);
    return parts.join(u" · "_s);
}

} // namespace loquat
