// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of tools: those that wait, those that run, and how each ends once.
#include "tools/toolbox_calls.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <exception>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

qsizetype sizeOf(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).size() - 2; // without the brackets
}

} // namespace

ToolOutcome Toolbox::Running::outcomeOf(const Expected<QJsonValue> &result) const
{
    if (!result)
        return failedCall(result.error().message);
    if (sizeOf(*result) > limits.resultBytes)
        return failedCall(
            u"The result of %1 is longer than %2 bytes. Ask for less."_s.arg(name()).arg(limits.resultBytes));
    return {true, *result};
}

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
        Running::end(late, lateCall(late->name(), late->limits.call));
        stop->stop();
    });
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
