// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_model.h"

#include <algorithm>

namespace loquat::fakes {

ScriptedReply::ScriptedReply(std::shared_ptr<ScriptedCall> call, QString modelName)
    : m_call(std::move(call))
    , m_modelName(std::move(modelName))
{
}

ScriptedReply::~ScriptedReply()
{
    abort();
}

void ScriptedReply::abort()
{
    if (m_call->ended)
        return;
    m_call->ended = true;
    m_call->aborted = true;
}

void ScriptedReply::push(const QString &text)
{
    if (!m_call->ended && !text.isEmpty())
        Q_EMIT delta(text);
}

void ScriptedReply::finish(const Usage &usage, std::optional<double> costUsd)
{
    ChatOutcome outcome{FinishReason::Stop, {}, usage, m_modelName};
    outcome.costUsd = costUsd;
    end(outcome);
}

void ScriptedReply::finish(FinishReason reason, const Usage &usage)
{
    end({reason, {}, usage, m_modelName});
}

void ScriptedReply::callTools(const QList<ToolCall> &calls, const Usage &usage)
{
    end({FinishReason::ToolCalls, calls, usage, m_modelName});
}

void ScriptedReply::fail(const Error &error)
{
    if (m_call->ended)
        return;
    m_call->ended = true;
    Q_EMIT failed(error);
}

void ScriptedReply::end(const ChatOutcome &outcome)
{
    if (m_call->ended)
        return;
    m_call->ended = true;
    ChatOutcome whole = outcome;
    whole.failures = m_failures;
    Q_EMIT finished(whole);
}

std::unique_ptr<ChatReply> ScriptedModel::start(const ChatRequest &request)
{
    auto call = std::make_shared<ScriptedCall>();
    call->request = request;
    auto reply = std::make_unique<ScriptedReply>(call, m_name);
    m_calls.push_back(std::move(call));
    m_replies.emplace_back(reply.get());
    if (player)
        QMetaObject::invokeMethod(
            reply.get(), [play = player, target = reply.get(), request] { play(*target, request); },
            Qt::QueuedConnection);
    return reply;
}

qsizetype ScriptedModel::aborts() const
{
    return std::ranges::count_if(m_calls, [](const auto &call) { return call->aborted; });
}

qsizetype ScriptedModel::running() const
{
    return std::ranges::count_if(m_calls, [](const auto &call) { return !call->ended; });
}

} // namespace loquat::fakes
