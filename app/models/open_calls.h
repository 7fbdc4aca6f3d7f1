// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QHash>
#include <QStringList>

#include <optional>

namespace loquat {

/// The tool calls of a session that have no result yet, and which of them wait for an operator. Several may
/// wait at once, while a snapshot names one: what was stored of them decides.
class OpenCalls
{
public:
    void clear() { *this = {}; }
    void add(const QString &callId, const QString &tool, qsizetype row);
    /// Its result is here; the row it has, if it was open.
    std::optional<qsizetype> close(const QString &callId);
    /// A tool_approval: asked, or decided.
    void decide(const Event &event);
    /// The tool whose call waits as the session's phase says it, empty when none: believed as long as no
    /// tool_approval was seen.
    void setPhase(const QString &tool) { m_phaseTool = tool; }
    /// A row went away, or is new: those behind it move.
    void rowRemoved(qsizetype row);
    void rowInserted(qsizetype row);

    [[nodiscard]] std::optional<qsizetype> rowOf(const QString &callId) const;
    /// The calls that wait, the one that was asked for first before the others.
    [[nodiscard]] QStringList waiting() const;

private:
    struct Call
    {
        QString tool;
        qsizetype row = 0;
    };

    QHash<QString, Call> m_calls;
    QStringList m_asked;
    QString m_phaseTool;
    bool m_told = false; ///< a tool_approval was seen
};

} // namespace loquat
