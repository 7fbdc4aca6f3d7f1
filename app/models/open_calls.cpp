// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/open_calls.h"

namespace loquat {

using namespace Qt::StringLiterals;

void OpenCalls::add(const QString &callId, const QString &tool, qsizetype row)
{
    m_calls.insert(callId, {tool, row});
}

std::optional<qsizetype> OpenCalls::close(const QString &callId)
{
    const auto row = rowOf(callId);
    m_calls.remove(callId);
    m_asked.removeAll(callId);
    return row;
}

void OpenCalls::decide(const Event &event)
{
    m_told = true;
    const QString callId = event.meta["call_id"_L1].toString();
    m_asked.removeAll(callId);
    if (event.meta["decision"_L1] == "asked"_L1 && m_calls.contains(callId))
        m_asked.append(callId);
}

void OpenCalls::rowRemoved(qsizetype row)
{
    for (Call &call : m_calls)
        call.row -= call.row > row ? 1 : 0;
}

void OpenCalls::rowInserted(qsizetype row)
{
    for (Call &call : m_calls)
        call.row += call.row >= row ? 1 : 0;
}

std::optional<qsizetype> OpenCalls::rowOf(const QString &callId) const
{
    const auto call = m_calls.constFind(callId);
    return call == m_calls.cend() ? std::nullopt : std::optional(call->row);
}

QStringList OpenCalls::waiting() const
{
    if (m_told || m_phaseTool.isEmpty())
        return m_asked;
    // Of several calls of one tool the oldest is asked for first.
    auto oldest = m_calls.cend();
    for (auto call = m_calls.cbegin(); call != m_calls.cend(); ++call)
        if (call->tool == m_phaseTool && (oldest == m_calls.cend() || call->row < oldest->row))
            oldest = call;
    return oldest == m_calls.cend() ? QStringList() : QStringList(oldest.key());
}

} // namespace loquat
