// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "tools/tool_runner.h"

#include <QHash>

#include <map>
#include <memory>

namespace loquat {

/// The tools of one conversation: the service's own, and those its client brings and answers itself. A call
/// of the client's waits for it, within a limit; it never waits twice. One thread.
class ClientTools final : public ToolRunner
{
public:
    /// `asked`: a call waits for the client from now on.
    ClientTools(ToolRunner &service, Clock &clock, std::chrono::milliseconds limit,
                std::function<void(const ToolCall &)> asked);

    /// What the client brings from now on; it hides the service's tools of the same name.
    void bring(const QList<ToolSpec> &tools) { m_specs = tools; }
    [[nodiscard]] bool isClients(const QString &tool) const;
    [[nodiscard]] qsizetype waiting() const { return qsizetype(m_waiting.size()); }

    /// What the client says came of a call. False: no such call waits.
    bool answer(const QString &callId, const QJsonValue &result);
    /// The tool of a call that was ended without the client's answer; each can be asked for once.
    std::optional<QString> takeUnanswered(const QString &callId);
    /// Ends all calls that wait, with a result that says why.
    void giveUp(const QString &why);

    [[nodiscard]] QList<ToolSpec> specs() const override;
    void call(const ToolCall &call, const ToolContext &context,
              std::function<void(ToolOutcome)> done) override;
    [[nodiscard]] ToolPolicy policy(const QString &tool) const override;
    [[nodiscard]] QStringList namesOf(const QString &tool) const override;
    void cancel(const QString &sessionId, const QString &callId) override;

private:
    struct Waiting
    {
        QString tool;
        std::function<void(ToolOutcome)> done;
        std::unique_ptr<Clock::Timer> limit;
    };

    void end(const QString &callId, const ToolOutcome &outcome);

    static constexpr qsizetype maxRemembered = 256; ///< calls that may still be answered late

    ToolRunner &m_service;
    Clock &m_clock;
    const std::chrono::milliseconds m_limit;
    const std::function<void(const ToolCall &)> m_asked;
    QList<ToolSpec> m_specs;
    std::map<QString, Waiting> m_waiting;
    QHash<QString, QString> m_unanswered; ///< their tools
};

} // namespace loquat
