// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/chat_model.h"

#include <QStringList>

namespace loquat::fakes {

/// Keeps what a reply says, and its order.
struct ReplyListener
{
    explicit ReplyListener(std::unique_ptr<ChatReply> started)
        : reply(std::move(started))
    {
        QObject::connect(reply.get(), &ChatReply::delta, reply.get(), [this](const QString &text) {
            deltas.append(text);
            afterTheEnd += ends;
        });
        QObject::connect(reply.get(), &ChatReply::finished, reply.get(), [this](const ChatOutcome &ended) {
            outcome = ended;
            ++ends;
        });
        QObject::connect(reply.get(), &ChatReply::failed, reply.get(), [this](const Error &failure) {
            error = failure;
            ++ends;
        });
    }

    [[nodiscard]] QString text() const { return deltas.join(QString()); }

    std::unique_ptr<ChatReply> reply;
    QStringList deltas;
    ChatOutcome outcome;
    Error error;
    int ends = 0;
    int afterTheEnd = 0;
};

} // namespace loquat::fakes
