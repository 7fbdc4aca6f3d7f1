// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/toolbox.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <deque>
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

/// A call under way or waiting. Whoever ends it first, the tool, the clock or a cancel, ends it for good.
struct Toolbox::Running : std::enable_shared_from_this<Toolbox::Running>
{
    QString id;
    std::shared_ptr<Tool> tool;
    QJsonObject arguments;
    ToolContext context;
    ToolLimits limits;
    std::function<void(ToolOutcome)> done;
    std::unique_ptr<Clock::Timer> timer;
    std::weak_ptr<Calls> calls;

    qint64 startedMs = 0;

    [[nodiscard]] QString name() const { return tool->spec().name; }
    /// From now on, but never beyond what is allowed altogether.
    void limitAnew();
    static void end(const std::shared_ptr<Running> &running, const ToolOutcome &outcome);

    [[nodiscard]] ToolOutcome outcomeOf(const Expected<QJsonValue> &result) const
    {
        if (!result)
            return failure(result.error().message);
        if (sizeOf(*result) > limits.resultBytes)
            return failure(u"The result of %1 is longer than %2 bytes. Ask for less."_s.arg(name()).arg(
                limits.resultBytes));
        return {true, *result};
    }
};

/// Keeps the calls alive: if the toolbox goes, they are forgotten.
struct Toolbox::Calls
{
    Clock &clock;
    qsizetype simultaneous;
    std::vector<std::shared_ptr<Running>> running = {};
    std::deque<std::shared_ptr<Running>> waiting = {};

    /// None: an empty pointer.
    [[nodiscard]] std::shared_ptr<Running> find(const QString &sessionId, const QString &callId) const
    {
        const auto isIt = [&](const auto &call) {
            return call->id == callId && call->context.sessionId == sessionId;
        };
        if (const auto found = std::ranges::find_if(running, isIt); found != running.end())
            return *found;
        const auto found = std::ranges::find_if(waiting, isIt);
        return found == waiting.end() ? nullptr : *found;
    }
};

void Toolbox::Running::end(const std::shared_ptr<Running> &running, const ToolOutcome &outcome)
{
    // The timer may be what called us: it goes when this function has returned.
    const auto timer = std::move(running->timer);
    const auto done = std::exchange(running->done, {});
    if (const auto all = running->calls.lock()) {
        std::erase(all->running, running);
        std::erase(all->waiting, running);
    }
    if (done)
        done(outcome);
    startWaiting(running->calls);
}

void Toolbox::Running::limitAnew()
{
    const auto all = calls.lock();
    if (!all)
        return;
    const std::chrono::milliseconds taken{all->clock.monotonicMs() - startedMs};
    const auto wait =
        std::clamp(limits.call * limits.prolonged - taken, std::chrono::milliseconds::zero(), limits.call);
    timer = all->clock.after(wait, [weak = weak_from_this()] {
        const auto late = weak.lock();
        if (!late)
            return;
        const auto stop = late->context.stop;
        Running::end(late, failure(u"%1 did not answer within %2 s."_s.arg(late->name())
                                       .arg(double(late->limits.call.count()) / 1000)));
        stop->stop();
    });
}

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
        done(failure(arguments.error().message));
        return;
    }
    if (waiting() >= m_limits.waiting) {
        done(failure(u"Too many tools are running. Try %1 again later."_s.arg(call.name)));
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

void Toolbox::startWaiting(const std::weak_ptr<Calls> &weak)
{
    while (const auto calls =
               weak.lock()) { // a call that starts may end at once, and end the toolbox with it
        if (calls->waiting.empty() || qsizetype(calls->running.size()) >= calls->simultaneous)
            return;
        const auto next = calls->waiting.front();
        calls->waiting.pop_front();
        calls->running.push_back(next);
        start(next);
    }
}

void Toolbox::start(const std::shared_ptr<Running> &running)
{
    running->startedMs = running->calls.lock()->clock.monotonicMs();
    running->limitAnew();
    drive(running->tool, running->arguments, running->context, running);
}

void Toolbox::cancel(const QString &sessionId, const QString &callId)
{
    const auto call = m_calls->find(sessionId, callId);
    if (!call)
        return;
    Running::end(call, failure(u"The call of %1 was cancelled."_s.arg(call->name())));
    call->context.stop->stop();
}

/// Static and by value: the coroutine's frame owns all it needs, so it may outlive the toolbox.
QCoro::Task<> Toolbox::drive(std::shared_ptr<Tool> tool, QJsonObject arguments, ToolContext context,
                             std::weak_ptr<Running> running)
{
    Expected<QJsonValue> result = Error{u"tool_failed"_s, u"The tool failed."_s, {}, false};
    try {
        result = co_await tool->run(std::move(arguments), context);
    } catch (const std::exception &problem) {
        result = Error{
            u"tool_failed"_s, u"The tool failed: %1"_s.arg(QString::fromUtf8(problem.what())), {}, false};
    } catch (...) {
        result = Error{u"tool_failed"_s, u"The tool failed."_s, {}, false};
    }
    context.stop->forget();
    if (const auto call = running.lock())
        Running::end(call, call->outcomeOf(result));
}

} // namespace loquat
