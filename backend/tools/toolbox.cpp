// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/toolbox.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <exception>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

ToolOutcome failure(const QString &sentence)
{
    return {false, QJsonObject{{"error"_L1, sentence}}};
}

Error refusal(const QString &sentence)
{
    return {u"tool_arguments"_s, sentence, {}, false};
}

qsizetype sizeOf(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).size() - 2; // without the brackets
}

} // namespace

/// A call under way. Whoever ends it first, the tool or the clock, ends it for good.
struct Toolbox::Running
{
    QString tool;
    ToolLimits limits;
    std::function<void(ToolOutcome)> done;
    std::unique_ptr<Clock::Timer> timer;
    std::weak_ptr<RunningCalls> calls;

    static void end(const std::shared_ptr<Running> &running, const ToolOutcome &outcome)
    {
        // The timer may be what called us: it goes when this function has returned.
        const auto timer = std::move(running->timer);
        if (const auto calls = running->calls.lock())
            calls->erase(running);
        if (const auto done = std::exchange(running->done, {}))
            done(outcome);
    }

    [[nodiscard]] ToolOutcome outcomeOf(const Expected<QJsonValue> &result) const
    {
        if (!result)
            return failure(result.error().message);
        if (sizeOf(*result) > limits.resultBytes)
            return failure(u"The result of %1 is longer than %2 bytes. Ask for less."_s.arg(tool).arg(
                limits.resultBytes));
        return {true, *result};
    }
};

Toolbox::Toolbox(Clock &clock, ToolLimits limits)
    : m_clock(clock)
    , m_limits(limits)
    , m_running(std::make_shared<RunningCalls>())
{
}

Toolbox::~Toolbox() = default;

Expected<void> Toolbox::add(std::unique_ptr<Tool> tool)
{
    const QString name = tool->spec().name;
    if (find(name))
        return Error{u"tool_duplicate"_s, u"There is already a tool named %1."_s.arg(name),
                     u"Rename one of them."_s, false};
    auto schema = ArgumentsSchema::compile(tool->spec().parameters);
    if (!schema)
        return schema.error();
    m_tools.push_back({std::move(tool), *schema});
    return {};
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

Expected<QJsonObject> Toolbox::check(const ToolCall &call) const
{
    const Entry *entry = find(call.name);
    if (!entry) {
        QStringList names;
        for (const auto &known : m_tools)
            names.append(known.tool->spec().name);
        return refusal(u"There is no tool named '%1'. The tools are: %2."_s.arg(
            call.name.left(64), names.isEmpty() ? u"none"_s : names.join(u", "_s)));
    }
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
    const auto arguments = check(call);
    if (!arguments) {
        done(failure(arguments.error().message));
        return;
    }
    auto running = std::make_shared<Running>();
    running->tool = call.name;
    running->limits = m_limits;
    running->done = std::move(done);
    running->calls = m_running;
    m_running->insert(running);
    const std::weak_ptr<Running> weak = running;
    running->timer = m_clock.after(m_limits.call, [weak] {
        if (const auto late = weak.lock())
            Running::end(late, failure(u"%1 did not answer within %2 s."_s.arg(late->tool)
                                           .arg(double(late->limits.call.count()) / 1000)));
    });
    // Only the set above keeps the call alive from here on: if the toolbox goes, the call is forgotten.
    running.reset();
    drive(find(call.name)->tool, *arguments, context, weak);
}

/// Static and by value: the coroutine's frame owns all it needs, so it may outlive the toolbox.
QCoro::Task<> Toolbox::drive(std::shared_ptr<Tool> tool, QJsonObject arguments, ToolContext context,
                             std::weak_ptr<Running> running)
{
    Expected<QJsonValue> result = Error{u"tool_failed"_s, u"The tool failed."_s, {}, false};
    try {
        result = co_await tool->run(std::move(arguments), std::move(context));
    } catch (const std::exception &problem) {
        result = Error{
            u"tool_failed"_s, u"The tool failed: %1"_s.arg(QString::fromUtf8(problem.what())), {}, false};
    } catch (...) {
        result = Error{u"tool_failed"_s, u"The tool failed."_s, {}, false};
    }
    if (const auto call = running.lock())
        Running::end(call, call->outcomeOf(result));
}

} // namespace loquat
