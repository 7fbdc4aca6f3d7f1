// SPDX-License-Identifier: GPL-3.0-or-later
// A client that says by itself when a reply is due, and brings tools of its own (the Realtime protocol).
#include "domain/ids.h"
#include "domain/json_text.h"
#include "session/session.h"

#include <numeric>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// What a client puts in while a reply runs waits for its end. It is one conversation's context, not a queue
/// of turns: many short messages are as good as a few long ones.
constexpr qsizetype maxHeld = 1'000'000;
constexpr qsizetype noteWeight = 1'000; ///< of a message, beside its characters

outbound::Problem refusal(const QString &code, const QString &why, const QString &ref, bool retryable = false)
{
    return {{code, why, {}, retryable}, 0, ref};
}

/// The conversation's profile, as far as a client may move it.
Profile wished(Profile profile, const ReplyWishes &wishes, bool userSpoke)
{
    if (!wishes.instructions.isEmpty())
        profile.systemPrompt +=
            (profile.systemPrompt.isEmpty() ? QString() : u"\n\n"_s) + wishes.instructions;
    if (wishes.maxOutputTokens)
        profile.maxOutputTokens =
            std::min(*wishes.maxOutputTokens, profile.maxOutputTokens.value_or(*wishes.maxOutputTokens));
    profile.toolChoice = wishes.toolChoice;
    profile.parallelToolCalls = wishes.parallelToolCalls;
    if (wishes.toolChoice.kind == ToolChoice::Kind::None)
        profile.toolPolicies = {{u"*"_s, u"deny"_s}};
    if (wishes.toolChoice != ToolChoice() || !userSpoke)
        profile.router = {}; // its rules answer what the user just said
    return profile;
}

} // namespace

Steering &Session::steering()
{
    if (!m_steering)
        m_steering = std::make_unique<Steering>(Steering{ClientTools(
            m_parts.tools, m_parts.clock, m_parts.settings.clientToolLimit, [this](const ToolCall &call) {
                m_outbox.send(outbound::CallForClient{call});
                m_steering->calledClient = true;
                pauseForClient();
            })});
    return *m_steering;
}

bool Session::takesFromClient(const QString &ref)
{
    if (m_state.status != SessionStatus::Active)
        tell(refusal(u"session_ended"_s, u"The session has ended; connect again to reopen it."_s, ref));
    else if (m_outbox.isStalled())
        tell(outbound::Problem{m_outbox.lastError(), 0, ref});
    else
        return true;
    return false;
}

void Session::note(const Note &note)
{
    if (deferUntilOpen([this, note] { this->note(note); }, Source::Client, note.ref) ||
        !takesFromClient(note.ref))
        return;
    const Note kept{note.role, storable(note.text), note.ref};
    if (kept.text.trimmed().isEmpty())
        return tell(refusal(u"empty_message"_s, u"The message is empty."_s, note.ref));
    if (!m_turn || isPaused())
        return keep(kept);
    // The model would take what comes before its reply for answered.
    auto &held = steering().held;
    const auto weight = [](qsizetype sum, const Note &each) { return sum + each.text.size() + noteWeight; };
    if (std::accumulate(held.begin(), held.end(), weight(0, kept), weight) > maxHeld)
        return tell(refusal(u"too_many_messages"_s,
                            u"%1 messages wait already; this one was not taken."_s.arg(held.size()), note.ref,
                            true));
    held.push_back(kept);
    publish();
}

void Session::keep(const Note &note)
{
    Steering &steer = steering();
    Event event;
    if (note.role == Role::Tool) {
        event = emitEvent(EventType::ToolResult, Role::Tool, note.text,
                          {{"turn"_L1, m_state.turns},
                           {"call_id"_L1, note.callId},
                           {"tool"_L1, note.tool},
                           {"by"_L1, u"client"_s},
                           {"ok"_L1, true},
                           {"late"_L1, true}});
    } else if (note.role == Role::User) {
        if (!steer.paused && steer.saidTurn == 0)
            steer.saidTurn = ++m_state.turns;
        steer.userSpoke = true;
        m_saidSinceSummary = true;
        event = emitEvent(EventType::UserMessage, Role::User, note.text,
                          {{"turn"_L1, steer.paused ? m_runningTurn : steer.saidTurn}});
    } else if (note.role == Role::Assistant) {
        event = emitEvent(EventType::AiMessage, Role::Assistant, note.text,
                          {{"final"_L1, false}, {"by"_L1, u"client"_s}});
    } else {
        event = emitEvent(EventType::OperatorWhisper, Role::System, note.text, {{"by"_L1, u"client"_s}});
    }
    m_outbox.send(outbound::Noted{note.ref, event.seq}, event.seq);
    publish();
}

void Session::keepHeld()
{
    if (!m_steering || m_steering->held.empty())
        return;
    for (const Note &note : std::exchange(m_steering->held, {}))
        keep(note);
}

void Session::respond(const ReplyWishes &wishes, const QString &ref)
{
    if (deferUntilOpen([this, wishes, ref] { respond(wishes, ref); }, Source::Client, ref) ||
        !takesFromClient(ref))
        return;
    Steering &steer = steering();
    if ((m_turn && !steer.paused) || !m_waiting.isEmpty())
        return tell(refusal(u"conversation_already_has_active_response"_s,
                            u"A reply is running already; cancel it, or wait for its end."_s, ref));
    const ToolChoice &choice = wishes.toolChoice;
    if (choice.kind == ToolChoice::Kind::Named && !isAmong(wishes.tools + m_parts.tools.specs(), choice.name))
        return tell(refusal(u"unknown_tool"_s, u"There is no tool named '%1'."_s.arg(choice.name), ref));
    steer.wishes = wishes;
    const bool spoke = std::exchange(steer.userSpoke, false);
    if (m_turn) {
        m_saidBeforeTools.clear(); // was a reply of its own
        m_outbox.send(outbound::ReplyBegins{m_runningTurn, ref});
        // What is asked for is asked for now; an answer that comes later has its place still.
        steer.tools.giveUp(u"The client has not answered yet."_s);
        steer.paused = false;
        applyWishes();
        return m_turn->goOn();
    }
    const int turn = steer.saidTurn > 0 ? std::exchange(steer.saidTurn, 0) : ++m_state.turns;
    steer.mayRoute = spoke;
    m_outbox.send(outbound::ReplyBegins{turn, ref});
    if (m_state.mode == Mode::Ai) {
        runTurn(turn);
    } else {
        m_waiting.append({turn, m_parts.clock.nowMs()});
        setPhase(Phase::Idle);
    }
}

void Session::applyWishes()
{
    m_steering->tools.bring(m_steering->wishes.tools);
    m_steering->profile = wished(*m_profile, m_steering->wishes, m_steering->mayRoute);
}

void Session::cancelReply(const QString &ref)
{
    if (deferUntilOpen([this, ref] { cancelReply(ref); }, Source::Client, ref))
        return;
    if (m_turn && !isPaused())
        return m_turn->cancel();
    if (m_waiting.isEmpty())
        return tell(refusal(u"response_cancel_not_active"_s, u"No reply is running."_s, ref));
    cancel();
}

void Session::answerCall(const QString &callId, const QString &result, const QString &ref)
{
    if (deferUntilOpen([this, callId, result, ref] { answerCall(callId, result, ref); }, Source::Client,
                       ref) ||
        !takesFromClient(ref))
        return;
    ClientTools &tools = steering().tools;
    if (!tools.answer(callId, result)) {
        const auto tool = tools.takeUnanswered(callId);
        if (!tool)
            return tell(refusal(u"unknown_call"_s, u"No call with this id waits for the client."_s, ref));
        const Note late{Role::Tool, storable(result), ref, callId, *tool};
        if (!m_turn || isPaused())
            return keep(late);
        steering().held.push_back(late); // as what is said meanwhile
        return publish();
    }
    m_outbox.send(outbound::Noted{ref, m_state.lastSeq}, m_state.lastSeq);
}

void Session::pauseForClient()
{
    Steering &steer = *m_steering;
    // Also where the client answered before the last of the service's own tools.
    const bool onlyClients = steer.calledClient && steer.openCalls == steer.tools.waiting();
    if (!m_turn || m_turn->hasEnded() || !onlyClients || !std::exchange(steer.calledClient, false))
        return;
    steer.paused = true;
    m_turn->pause();
    m_outbox.send(outbound::TurnPaused{m_runningTurn, m_turn->usageSoFar()});
    keepHeld();
}

void Session::clientWentAway()
{
    if (!m_steering)
        return;
    m_steering->calledClient = false; // the turn need not wait for anybody to ask for the rest
    m_steering->tools.giveUp(u"The client went away before it answered."_s);
    if (m_turn && m_steering->paused)
        m_turn->cancel(); // nobody is left to ask for the rest
    m_steering->wishes = {};
    m_steering->mayRoute = true;
    m_steering->tools.bring({});
}

} // namespace loquat
