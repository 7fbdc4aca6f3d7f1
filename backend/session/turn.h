// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "session/context_folder.h"
#include "session/history.h"
#include "session/session_settings.h"
#include "session/turn_result.h"
#include "tools/tool_runner.h"

#include <map>
#include <memory>
#include <optional>

namespace loquat {

/// What a turn reports while it runs. ended() comes exactly once, last, and the turn may be destroyed in it.
class TurnOwner
{
public:
    virtual ~TurnOwner() = default;
    virtual void turnThinks() = 0; ///< a model call begins
    /// What no longer fits the model's window was folded.
    virtual void turnFolded(const FoldedContext &folded) = 0;
    virtual void turnSays(const QString &text) = 0;
    /// The text a model said before it called tools in the same reply.
    virtual void turnSaidBeforeTools(const QString &text, int round) = 0;
    /// `round` 0: a rule of the router called it, before the model was asked.
    virtual void turnCallsTool(const ToolCall &call, const QJsonValue &args, int round) = 0;
    /// The call is announced and waits for an operator.
    virtual void turnAsksFor(const ToolCall &call) = 0;
    /// `decision`: approved | denied | expired; `by`: who, or empty for the clock.
    virtual void turnDecided(const ToolCall &call, const QString &decision, const QString &by) = 0;
    /// A tool that runs tells how far it is.
    virtual void turnToolProgressed(const ToolCall &call, const QString &howFar) = 0;
    virtual void turnToolEnded(const ToolCall &call, const ToolOutcome &outcome, qint64 ms) = 0;
    virtual void turnEnded(const TurnResult &result) = 0;
};

/// One answer: model call, tools, model call, …, until the model answers without tools. Knows no client and
/// no store.
class Turn
{
public:
    Turn(TurnOwner &owner, ChatModel &model, ToolRunner &tools, Clock &clock, const SessionSettings &settings,
         const Profile &profile, History &history, ToolContext who);
    ~Turn();
    Q_DISABLE_COPY_MOVE(Turn)

    void start();
    /// Ends the turn now, with what was said so far; tools that still run get a result that says so.
    void cancel();
    /// An operator's answer to a call that waits; an empty id means the only one. False: no such call waits.
    bool decide(const QString &callId, bool approved, const QString &by);
    /// The model is not asked again before goOn(), whatever tools end. Ends as cancelled if that is never.
    void pause();
    void goOn();
    [[nodiscard]] bool hasEnded() const { return m_ended; }
    [[nodiscard]] Usage usageSoFar() const { return m_usage.value_or(Usage{}); }

private:
    struct RunningCall
    {
        ToolCall call;
        qint64 startedMs = 0;
        std::unique_ptr<Clock::Timer> expiry = {}; ///< while it waits for an operator
        bool begun = false;                        ///< it may have done something
    };

    /// What the conversation's profile says of a tool, or the tool's own rule.
    [[nodiscard]] ToolPolicy policy(const QString &tool) const;
    [[nodiscard]] QList<ToolSpec> offered() const; ///< all but what is denied
    [[nodiscard]] bool offers(const QString &tool) const;
    void limitAnew();
    void callModel();
    void ask(bool mayFold);
    void fold(const ContextPlan &plan, qint64 budget, const ChatRequest &request);
    void modelSaid(const QString &text);
    void callEnded(const QString &finish, const ChatOutcome &outcome);
    void modelFinished(const ChatOutcome &outcome);
    void modelFailed(const Error &error);
    void runTools(const QList<ToolCall> &calls);
    void runTool(const ToolCall &call);
    void askFor(const ToolCall &call);
    void settle(const QString &callId, const QString &decision, const QString &by);
    void toolEnded(const QString &callId, const ToolOutcome &outcome);
    void interruptTools();
    void fail(const Error &error);
    void end(const QString &finish, std::optional<Error> error = {});
    /// Unknown as soon as a part is.
    void addCost(std::optional<double> usd);
    void dropReply();

    TurnOwner &m_owner;
    ChatModel &m_model;
    ToolRunner &m_tools;
    Clock &m_clock;
    const SessionSettings &m_settings;
    const Profile &m_profile;
    History &m_history;
    ToolContext m_who;
    std::unique_ptr<ContextFolder> m_folder;
    std::unique_ptr<ChatReply> m_reply;
    std::unique_ptr<Clock::Timer> m_limit;
    std::map<QString, RunningCall> m_running;
    ChatRequest m_asked;            ///< of the model, last
    std::optional<Error> m_tooLong; ///< the model's, to what the running round asked first
    QString m_text;                 ///< of the running model call
    QString m_half;                 ///< of a surrogate pair, until the other comes
    std::optional<Usage> m_usage;
    ChatOutcome m_outcome; ///< of the last model call that ended well
    QList<FailedAttempt> m_failures;
    std::optional<double> m_costUsd;
    bool m_costKnown = true;
    qint64 m_startedMs = 0;
    std::optional<qint64> m_ttftMs;
    QList<ModelCall> m_calls;
    qint64 m_askedMs = 0;                 ///< the model, last
    std::optional<qint64> m_firstChunkMs; ///< of the running model call
    bool m_callsOnly = true;              ///< no tools, nothing folded
    int m_round = 0;
    bool m_paused = false;
    bool m_mayForce = true; ///< a call of a tool: what the model says of its result is its own
    bool m_ended = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< tools outlive a cancelled turn
};

} // namespace loquat
