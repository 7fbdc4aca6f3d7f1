// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QObject>

#include <memory>

namespace loquat {

/// One running model call. Emits any number of delta(), then exactly one of finished() and failed(); nothing
/// after that, nothing after abort() and nothing before ChatModel::start() has returned. Lives in the thread
/// that started it. The owner may destroy it at any time outside of its signals (deleteLater() inside them);
/// that aborts.
class ChatReply : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// Ends the call; the connection to the provider is closed at once. Idempotent.
    virtual void abort() = 0;
    /// For a call that does not end well, what a ChatOutcome tells of one that does. Usage: what is known of
    /// whoever answers now, or was cut short.
    [[nodiscard]] virtual Usage usageSoFar() const { return {}; }
    [[nodiscard]] virtual std::optional<double> costSoFar() const { return std::nullopt; }
    [[nodiscard]] virtual QList<FailedAttempt> failuresSoFar() const { return {}; }
    [[nodiscard]] virtual QString providerSoFar() const { return {}; } ///< empty where nobody is being asked

Q_SIGNALS:
    void delta(const QString &text); ///< never empty
    void finished(const loquat::ChatOutcome &outcome);
    void failed(const loquat::Error &error);
};

/// A language model behind one provider. Used from one thread.
class ChatModel
{
public:
    virtual ~ChatModel() = default;
    [[nodiscard]] virtual QString name() const = 0; ///< the model's name, e.g. "gpt-4o-mini"
    [[nodiscard]] virtual bool isSimulated() const { return false; }
    /// How many tokens a request and its reply may have together, whichever of `providers` (empty: all)
    /// answers; absent where that is not known.
    [[nodiscard]] virtual std::optional<qint64> contextWindow(const QStringList &providers) const = 0;
    /// The model that a request which names these providers (empty: all) asks first.
    [[nodiscard]] virtual const ChatModel &firstOf(const QStringList &providers) const = 0;
    [[nodiscard]] virtual std::unique_ptr<ChatReply> start(const ChatRequest &request) = 0;
};

} // namespace loquat
