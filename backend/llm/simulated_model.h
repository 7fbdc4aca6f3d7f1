// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"

#include <chrono>

namespace loquat {

/// How fast a SimulatedModel talks; the defaults are those of a brisk real one.
struct SimulatedPace
{
    std::chrono::milliseconds firstWord{200};
    std::chrono::milliseconds perWord{35}; ///< on average
};

/// Answers from a script of its own: no key, no network, no intelligence, and it says so. It streams, calls
/// tools and summarises, so everything around a model can be tried without one. The same request gets the
/// same answer.
class SimulatedModel final : public ChatModel
{
public:
    /// `clock` belongs to the thread of the model and outlives it and its replies.
    explicit SimulatedModel(Clock &clock, SimulatedPace pace = {});

    [[nodiscard]] QString name() const override { return QStringLiteral("simulated"); }
    [[nodiscard]] bool isSimulated() const override { return true; }
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &) const override { return {}; }
    [[nodiscard]] const ChatModel &firstOf(const QStringList &) const override { return *this; }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

private:
    Clock &m_clock;
    const SimulatedPace m_pace;
    quint64 m_serial = 0; ///< of tool calls
};

} // namespace loquat
