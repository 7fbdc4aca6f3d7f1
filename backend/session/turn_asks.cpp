// SPDX-License-Identifier: GPL-3.0-or-later
// What a turn asks the model: the conversation, as far as it fits its window.
#include "llm/model_errors.h"
#include "llm/token_estimate.h"
#include "session/result_cut.h"
#include "session/turn.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// `choice`, as far as `tools` has what it forces.
ToolChoice offeredOf(const QList<ToolSpec> &tools, const ToolChoice &choice)
{
    const bool has = choice.kind == ToolChoice::Kind::Named ? isAmong(tools, choice.name) : !tools.isEmpty();
    return choice.forces() && has ? choice : ToolChoice();
}

} // namespace

void Turn::callModel()
{
    ++m_round;
    m_text.clear();
    m_tooLong.reset();
    m_owner.turnThinks();
    ask(true);
}

void Turn::ask(bool mayFold)
{
    ChatRequest request{m_history.messages(m_profile.systemPrompt), {}, Purpose::Reply};
    request.temperature = m_profile.temperature;
    request.maxOutputTokens = m_profile.maxOutputTokens;
    request.providers = m_profile.providers;
    request.sessionId = m_who.sessionId;
    request.userId = m_who.userId;
    if (m_round <= m_settings.maxToolRounds)
        request.tools = offered();
    request.parallelToolCalls = m_profile.parallelToolCalls;
    if (m_mayForce)
        request.toolChoice = offeredOf(request.tools, m_profile.toolChoice);
    const auto known =
        m_settings.contextTokens ? m_settings.contextTokens : m_model.contextWindow(m_profile.providers);
    const auto learnt = m_history.learntWindow();
    const bool isLearnt = learnt && *learnt < known.value_or(*learnt + 1);
    if (const auto window = isLearnt ? learnt : known) {
        // In a small window the usual reserve would leave no room to ask.
        const qint64 reserve =
            request.maxOutputTokens.value_or(std::min(m_settings.replyTokens, *window / 2));
        const qint64 budget = contextBudget(*window, reserve, request.tools);
        request.messages = withResultsCut(request.messages, budget);
        const ContextPlan plan = fitContext(request.messages, budget, m_history.synopsis());
        // What was learnt is a guess: whether the newest words alone fit is the model's to say.
        const bool wouldNotFit = isLearnt && plan.overBudget;
        if (mayFold && !plan.fold.isEmpty() && !wouldNotFit)
            return fold(plan, budget, request);
        if (plan.overBudget && !isLearnt)
            return fail({u"context_too_long"_s,
                         u"This message, with what belongs to it, is longer than the model can read."_s,
                         u"Send a shorter one."_s, false});
        request.messages = plan.messages;
    }
    if (m_tooLong && estimateTokens(request) >= estimateTokens(m_asked))
        return fail(Error(*m_tooLong)); // nothing is left to leave out
    m_asked = request;
    m_mayForce = false;
    m_askedMs = m_clock.monotonicMs();
    m_firstChunkMs.reset();
    m_half.clear();
    m_reply = m_model.start(request);
    QObject::connect(m_reply.get(), &ChatReply::delta, m_reply.get(),
                     [this](const QString &text) { modelSaid(text); });
    QObject::connect(m_reply.get(), &ChatReply::finished, m_reply.get(),
                     [this](const ChatOutcome &outcome) { modelFinished(outcome); });
    QObject::connect(m_reply.get(), &ChatReply::failed, m_reply.get(),
                     [this](const Error &error) { modelFailed(error); });
}

void Turn::fold(const ContextPlan &plan, qint64 budget, const ChatRequest &request)
{
    m_callsOnly = false;
    m_folder = std::make_unique<ContextFolder>(m_model, m_clock);
    m_folder->fold(m_history.synopsis(), plan, budget, request,
                   [this](const Expected<FoldedContext> &folded) {
                       if (folded)
                           m_owner.turnFolded(*folded);
                       // Without a synopsis the oldest messages are left out this once: an answer that
                       // misses them is better than none. The next reply tries again.
                       m_folder.reset();
                       ask(false);
                   });
}

void Turn::modelFailed(const Error &error)
{
    if (error.code != model_errors::contextLength)
        return fail(error);
    const qint64 asked = estimateTokens(m_asked);
    const qint64 reserve = m_asked.maxOutputTokens.value_or(std::min(m_settings.replyTokens, asked / 2));
    m_history.learnWindow(windowBelow(asked, reserve, error.contextTokens));
    if (m_tooLong || !m_text.isEmpty())
        return fail(error);
    m_tooLong = error;
    m_mayForce = m_asked.toolChoice.forces();
    callEnded(u"failed"_s, {}); // a refusal takes no tokens
    m_failures += m_reply->failuresSoFar();
    if (const auto cost = m_reply->costSoFar())
        addCost(cost);
    dropReply();
    ask(true);
}

} // namespace loquat
