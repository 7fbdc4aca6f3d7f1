// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/failover_model.h"

namespace loquat {

/// `request` as `provider` may see it: without what other providers attached to their own messages.
ChatRequest withoutForeignData(ChatRequest request, const QString &provider);

/// One call to a FailoverModel: a chain of attempts of which the last one speaks.
class FailoverReply final : public ChatReply
{
    Q_OBJECT

public:
    FailoverReply(std::shared_ptr<FailoverState> state, ChatRequest request);
    ~FailoverReply() override;

    void begin() { askNext(); }
    void abort() override;
    [[nodiscard]] Usage usageSoFar() const override;
    [[nodiscard]] std::optional<double> costSoFar() const override;
    [[nodiscard]] QList<FailedAttempt> failuresSoFar() const override { return m_failures; }
    [[nodiscard]] QString providerSoFar() const override { return m_attempt ? provider().name : QString(); }

private:
    using Pass = CircuitBreaker::Pass;

    void askNext();
    void ask();
    void attemptSaid(const QString &text);
    void attemptFinished(ChatOutcome outcome);
    void attemptFailed(const Error &error);
    /// The attempt that has just failed.
    [[nodiscard]] FailedAttempt failedAttempt(const Error &error) const;
    /// What it will cost.
    void bill(FailedAttempt &failed, const Usage &usage) const;
    [[nodiscard]] std::optional<double> costWithFailures(std::optional<double> cost) const;
    void dropAttempt();
    void giveUp();
    /// Who of m_order may be back first, as an index into it.
    [[nodiscard]] size_t soonest() const;
    [[nodiscard]] Error nobodyAnswered() const;
    [[nodiscard]] FailoverState::Provider &provider() const { return m_state->providers[m_order[m_index]]; }

    std::shared_ptr<FailoverState> m_state;
    const ChatRequest m_request;
    const std::vector<size_t> m_order; ///< who may be asked, as indices into the state's providers
    std::unique_ptr<ChatReply> m_attempt;
    std::unique_ptr<Clock::Timer> m_wait;
    QList<FailedAttempt> m_failures;
    Usage m_cutShort;   ///< of the attempt that had said something when it failed
    size_t m_index = 0; ///< into m_order
    int m_attemptsHere = 0;
    qint64 m_askedAtMs = 0;      ///< the running attempt, since 1970
    qint64 m_askedAtClock = 0;   ///< the same by the monotonic clock
    Pass m_pass = Pass::Refused; ///< of the running attempt
    bool m_said = false;
    bool m_ended = false;
};

} // namespace loquat
