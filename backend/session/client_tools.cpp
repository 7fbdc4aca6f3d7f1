// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/client_tools.h"

namespace loquat {

using namespace Qt::StringLiterals;

ClientTools::ClientTools(ToolRunner &service, Clock &clock, std::chrono::milliseconds limit,
                         std::function<void(const ToolCall &)> asked)
    : m_service(service)
    , m_clock(clock)
    , m_limit(limit)
    , m_asked(std::move(asked))
{
}

bool ClientTools::isClients(const QString &tool) const
{
    return isAmong(m_specs, tool);
}

QList<ToolSpec> ClientTools::specs() const
{
    QList<ToolSpec> all = m_service.specs();
    all.removeIf([this](const ToolSpec &spec) { return isClients(spec.name); });
    return all + m_specs;
}

ToolPolicy ClientTools::policy(const QString &tool) const
{
    return isClients(tool) ? ToolPolicy::Allow : m_service.policy(tool);
}

QStringList ClientTools::namesOf(const QString &tool) const
{
    return isClients(tool) ? QStringList{tool} : m_service.namesOf(tool);
}

void ClientTools::call(const ToolCall &call, const ToolContext &context,
                       std::function<void(ToolOutcome)> done)
{
    if (!isClients(call.name))
        return m_service.call(call, context, std::move(done));
    auto limit =
        m_clock.after(m_limit, [this, id = call.id] { end(id, lateCall(u"The client"_s, m_limit)); });
    m_waiting.insert_or_assign(call.id, Waiting{call.name, std::move(done), std::move(limit)});
    m_asked(call);
}

void ClientTools::cancel(const QString &sessionId, const QString &callId)
{
    if (m_waiting.contains(callId))
        end(callId, failedCall(u"The call was cancelled."_s));
    else
        m_service.cancel(sessionId, callId);
}

bool ClientTools::answer(const QString &callId, const QJsonValue &result)
{
    const auto node = m_waiting.extract(callId);
    if (node.empty())
        return false;
    node.mapped().done({true, result});
    return true;
}

std::optional<QString> ClientTools::takeUnanswered(const QString &callId)
{
    const auto call = m_unanswered.constFind(callId);
    if (call == m_unanswered.cend())
        return {};
    const QString tool = *call;
    m_unanswered.erase(call);
    return tool;
}

void ClientTools::giveUp(const QString &why)
{
    while (!m_waiting.empty())
        end(QString(m_waiting.begin()->first), failedCall(why));
}

void ClientTools::end(const QString &callId, const ToolOutcome &outcome)
{
    // The timer may be what called us: it goes when this function has returned.
    auto node = m_waiting.extract(callId);
    if (node.empty())
        return;
    if (m_unanswered.size() >= maxRemembered)
        m_unanswered.clear();
    m_unanswered.insert(callId, node.mapped().tool);
    node.mapped().done(outcome);
}

} // namespace loquat
