// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/held_tokens.h"

#include <limits>

namespace loquat {

using namespace Qt::StringLiterals;

void HeldTokens::said(const Event &event)
{
    m_sessions[event.sessionId].newest = event.seq;
}

void HeldTokens::said(const Delta &delta)
{
    auto &session = m_sessions[delta.sessionId];
    session.held.push_back({delta.turn, session.newest, sseFrame(delta)});
    m_bytes += session.held.back().frame.size();
}

void HeldTokens::forgetEvents()
{
    for (auto &session : m_sessions) {
        session.newest = 0;
        for (auto &held : session.held)
            held.behind = 0;
    }
}

QByteArray HeldTokens::takeBefore(const Event &event)
{
    const auto session = m_sessions.find(event.sessionId);
    if (session == m_sessions.end())
        return {};
    switch (event.type) {
    case EventType::AiMessage:
    case EventType::ToolCall:
    case EventType::ErrorRaised:
    case EventType::SessionEnded:
        break;
    default:
        return {};
    }
    const int turn = int(event.meta["turn"_L1].toInteger(std::numeric_limits<int>::max()));
    return take(*session, [&](const Held &held) { return held.turn <= turn && held.behind < event.seq; });
}

void HeldTokens::told(const Event &event)
{
    if (const auto session = m_sessions.find(event.sessionId); session != m_sessions.end())
        session->told = event.seq;
}

QByteArray HeldTokens::takeDue()
{
    return takeOfEach([](const Said &session, const Held &held) { return held.behind <= session.told; });
}

QByteArray HeldTokens::takeAll()
{
    return takeOfEach([](const Said &, const Held &) { return true; });
}

void HeldTokens::clear()
{
    m_sessions.clear();
    m_bytes = 0;
}

template <typename Accepts> QByteArray HeldTokens::take(Said &from, Accepts accepts)
{
    QByteArray taken;
    std::erase_if(from.held, [&](const Held &held) {
        const bool goes = accepts(held);
        if (goes)
            taken += held.frame;
        return goes;
    });
    m_bytes -= taken.size();
    return taken;
}

template <typename Accepts> QByteArray HeldTokens::takeOfEach(Accepts accepts)
{
    QByteArray taken;
    for (auto each = m_sessions.begin(); each != m_sessions.end();) {
        Said &session = *each;
        taken += take(session, [&](const Held &held) { return accepts(session, held); });
        each =
            session.held.empty() && session.newest <= session.told ? m_sessions.erase(each) : std::next(each);
    }
    return taken;
}

} // namespace loquat
