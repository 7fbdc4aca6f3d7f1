// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/chat_model.h"

#include <QPointer>

#include <functional>
#include <memory>

namespace loquat::fakes {

/// What a ScriptedModel remembers of one call; outlives the reply.
struct ScriptedCall
{
    ChatRequest request;
    bool aborted = false; ///< abort() was called, or the reply was destroyed before it had ended
    bool ended = false;   ///< it finished, failed or was aborted
};

/// A reply that a test plays by hand. Like a real one it is silent once it has ended.
class ScriptedReply final : public ChatReply
{
    Q_OBJECT

public:
    ScriptedReply(std::shared_ptr<ScriptedCall> call, QString modelName);
    ~ScriptedReply() override;

    void abort() override;
    [[nodiscard]] Usage usageSoFar() const override { return m_usage; }
    [[nodiscard]] std::optional<double> costSoFar() const override { return m_cost; }
    [[nodiscard]] QList<FailedAttempt> failuresSoFar() const override { return m_failures; }

    void push(const QString &text);
    /// Ends with FinishReason::Stop, the given usage and cost.
    void finish(const Usage &usage = {}, std::optional<double> costUsd = std::nullopt);
    void finish(FinishReason reason, const Usage &usage = {});
    void callTools(const QList<ToolCall> &calls, const Usage &usage = {});
    void fail(const Error &error);
    void setUsageSoFar(const Usage &usage, std::optional<double> costUsd = std::nullopt)
    {
        m_usage = usage;
        m_cost = costUsd;
    }
    [[nodiscard]] QString providerSoFar() const override { return m_provider; }
    void setProviderSoFar(const QString &provider) { m_provider = provider; }
    /// Of a reply that finishes, too.
    void setFailuresSoFar(const QList<FailedAttempt> &failures) { m_failures = failures; }

private:
    void end(const ChatOutcome &outcome);

    std::shared_ptr<ScriptedCall> m_call;
    QString m_modelName;
    Usage m_usage;
    std::optional<double> m_cost;
    QList<FailedAttempt> m_failures;
    QString m_provider;
};

/// A ChatModel without a mind: tests look at the requests and play the replies.
class ScriptedModel final : public ChatModel
{
public:
    explicit ScriptedModel(QString name = QStringLiteral("scripted"))
        : m_name(std::move(name))
    {
    }

    [[nodiscard]] QString name() const override { return m_name; }
    [[nodiscard]] bool isSimulated() const override { return simulated; }
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &) const override { return window; }
    [[nodiscard]] const ChatModel &firstOf(const QStringList &) const override { return *this; }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

    [[nodiscard]] qsizetype count() const { return qsizetype(m_calls.size()); }
    [[nodiscard]] const ScriptedCall &call(qsizetype index) const { return *m_calls.at(size_t(index)); }
    [[nodiscard]] const ScriptedCall &lastCall() const { return *m_calls.back(); }
    /// The reply to call `index`, or nullptr once its owner destroyed it.
    [[nodiscard]] ScriptedReply *reply(qsizetype index) const { return m_replies.at(size_t(index)); }
    [[nodiscard]] ScriptedReply *lastReply() const { return m_replies.empty() ? nullptr : m_replies.back(); }
    [[nodiscard]] qsizetype aborts() const;
    /// Calls that have neither ended nor been aborted.
    [[nodiscard]] qsizetype running() const;

    /// If set, plays each reply from the event loop right after start() has returned.
    std::function<void(ScriptedReply &, const ChatRequest &)> player;
    bool simulated = false;
    std::optional<qint64> window;

private:
    QString m_name;
    std::vector<std::shared_ptr<ScriptedCall>> m_calls;
    std::vector<QPointer<ScriptedReply>> m_replies;
};

} // namespace loquat::fakes
