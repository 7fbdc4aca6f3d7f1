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

private:
    void askNext();
    void ask();
    void attemptSaid(const QString &text);
    void attemptFinished(ChatOutcome outcome);
    void attemptFailed(const Error &error);
    void dropAttempt();
    void abandonProbe();
    void giveUp();
    [[nodiscard]] Error nobodyAsked() const;
    [[nodiscard]] Error nobodyAnswered() const;
    FailoverState::Provider &provider() { return m_state->providers[m_order[m_index]]; }

    std::shared_ptr<FailoverState> m_state;
    const ChatRequest m_request;
    const std::vector<size_t> m_order; ///< who may be asked, as indices into the state's providers
    std::unique_ptr<ChatReply> m_attempt;
    std::unique_ptr<Clock::Timer> m_wait;
    QList<FailedAttempt> m_failures;
    size_t m_index = 0; ///< into m_order
    int m_attemptsHere = 0;
    bool m_probing = false; ///< the attempt tries whether a provider is back
    bool m_said = false;
    bool m_ended = false;
};

} // namespace loquat
