// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/toolbox_calls.h"

#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error refusal(const QString &sentence)
{
    return {u"tool_arguments"_s, sentence, {}, false};
}

} // namespace

Toolbox::Toolbox(Clock &clock, ToolLimits limits)
    : m_clock(clock)
    , m_limits(limits)
    , m_calls(std::make_shared<Calls>(clock, limits.simultaneous))
{
}

Toolbox::~Toolbox()
{
    const auto calls = std::exchange(m_calls, {});
    calls->waiting.clear();
    for (const auto &running : std::exchange(calls->running, {})) {
        running->done = {};
        running->timer.reset();
        running->context.stop->stop();
    }
}

Expected<void> Toolbox::add(std::unique_ptr<Tool> tool, ToolPolicy policy)
{
    const QString name = tool->spec().name;
    if (find(name))
        return Error{u"tool_duplicate"_s, u"There is already a tool named %1."_s.arg(name),
                     u"Rename one of them."_s, false};
    auto schema = ArgumentsSchema::compile(tool->spec().parameters);
    if (!schema)
        return schema.error();
    m_tools.push_back({std::move(tool), *schema, policy});
    return {};
}

bool Toolbox::remove(const QString &name)
{
    return std::erase_if(m_tools, [&name](const Entry &entry) { return entry.tool->spec().name == name; }) >
           0;
}

void Toolbox::setPolicy(const QString &name, ToolPolicy policy)
{
    for (auto &entry : m_tools)
        if (entry.tool->spec().name == name)
            entry.policy = policy;
}

ToolPolicy Toolbox::policy(const QString &tool) const
{
    const Entry *entry = find(tool);
    return entry ? entry->policy : ToolPolicy::Allow; // calling it is refused in better words
}

QStringList Toolbox::namesOf(const QString &tool) const
{
    const Entry *entry = find(tool);
    return entry ? entry->tool->names() : QStringList{tool};
}

qsizetype Toolbox::running() const
{
    return qsizetype(m_calls->running.size());
}

qsizetype Toolbox::waiting() const
{
    return qsizetype(m_calls->waiting.size());
}

QList<ToolSpec> Toolbox::specs() const
{
    QList<ToolSpec> specs;
    for (const auto &entry : m_tools)
        specs.append(entry.tool->spec());
    return specs;
}

const Toolbox::Entry *Toolbox::find(const QString &name) const
{
    const auto found = std::ranges::find_if(
        m_tools, [&name](const Entry &entry) { return entry.tool->spec().name == name; });
    return found == m_tools.end() ? nullptr : &*found;
}

Expected<QJsonObject> Toolbox::check(const ToolCall &call, const ToolContext &context) const
{
    const Entry *entry = find(call.name);
    if (!entry) {
        QStringList names;
        for (const auto &known : m_tools)
            names.append(known.tool->spec().name);
        return refusal(u"There is no tool named '%1'. The tools are: %2."_s.arg(
            call.name.left(64), names.isEmpty() ? u"none"_s : names.join(u", "_s)));
    }
    if (entry->policy == ToolPolicy::Deny && !context.allowed)
        return refusal(u"The tool %1 may not be called here."_s.arg(call.name));
    const QByteArray text = call.arguments.trimmed().toUtf8();
    if (text.isEmpty() && entry->schema.complaint({}).isEmpty())
        return QJsonObject{}; // some models write nothing where nothing is needed
    if (text.size() > m_limits.argumentBytes)
        return refusal(
            u"The arguments of %1 are longer than %2 bytes."_s.arg(call.name).arg(m_limits.argumentBytes));
    QJsonParseError problem;
    const auto json = QJsonDocument::fromJson(text, &problem);
    if (problem.error != QJsonParseError::NoError)
        return refusal(
            u"The arguments of %1 are not JSON: %2 at character %3."_s.arg(call.name, problem.errorString())
                .arg(problem.offset));
    if (!json.isObject())
        return refusal(u"The arguments of %1 must be a JSON object."_s.arg(call.name));
    const QString complaint = entry->schema.complaint(json.object());
    if (!complaint.isEmpty())
        return refusal(u"The arguments of %1 are wrong: %2"_s.arg(call.name, complaint));
    return json.object();
}

void Toolbox::call(const ToolCall &call, const ToolContext &context, std::function<void(ToolOutcome)> done)
{
    const auto arguments = check(call, context);
    if (!arguments) {
        done(failedCall(arguments.error().message));
        return;
    }
    if (waiting() >= m_limits.waiting) {
        done(failedCall(u"Too many tools are running. Try %1 again later."_s.arg(call.name)));
        return;
    }
    auto running = std::make_shared<Running>();
    running->id = call.id;
    running->tool = find(call.name)->tool;
    running->arguments = *arguments;
    running->context = context;
    running->context.stop = std::make_shared<CallStop>();
    running->limits = m_limits;
    running->limits.call = running->tool->timeLimit().value_or(m_limits.call);
    running->done = std::move(done);
    running->calls = m_calls;
    running->context.progressed = [weak = std::weak_ptr(running),
                                   tell = context.progressed](const QString &howFar) {
        const auto alive = weak.lock();
        if (!alive || !alive->done)
            return;
        alive->limitAnew();
        if (tell)
            tell(howFar);
    };
    m_calls->waiting.push_back(std::move(running));
    startWaiting(m_calls);
}

void Toolbox::cancel(const QString &sessionId, const QString &callId)
{
    const auto call = m_calls->find(sessionId, callId);
    if (!call)
        return;
    Running::end(call, failedCall(u"The call of %1 was cancelled."_s.arg(call->name())));
    call->context.stop->stop();
}

} // namespace loquat
