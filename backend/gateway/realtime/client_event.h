// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "session/reply_wishes.h"

#include <QJsonArray>
#include <QJsonObject>

#include <variant>

namespace loquat::realtime {

/// What is wrong with a client's event, as the protocol's `error` says it.
struct Fault
{
    QString code;
    QString message;
    QString param;   ///< the path to what is wrong, e.g. "session.tools[0].name"; empty: none
    QString eventId; ///< the client's own
    QString type = QStringLiteral("invalid_request_error");
};

/// What an event asks of replies; absent is what it does not mention.
struct ReplyChange
{
    std::optional<QString> instructions = std::nullopt;
    std::optional<QList<ToolSpec>> tools = std::nullopt;
    std::optional<ToolChoice> toolChoice = std::nullopt;
    std::optional<std::optional<qint64>> maxOutputTokens = std::nullopt; ///< inside absent: no limit
    std::optional<bool> parallelToolCalls = std::nullopt;

    [[nodiscard]] ReplyWishes appliedTo(ReplyWishes wishes) const;
};

// What a client can say. Ids that it does not give are empty.

struct SessionUpdate
{
    ReplyChange change;
};

struct MessageCreate
{
    QString itemId;
    QString previousItemId;
    Role role = Role::User;
    QString text;
    QJsonArray content = {}; ///< the text's parts: [{type, text}]
    QString status = QStringLiteral("completed");
};

struct CallOutputCreate
{
    QString itemId;
    QString previousItemId;
    QString callId;
    QString output;
};

struct ItemRetrieve
{
    QString itemId;
};

struct ResponseCreate
{
    ReplyChange change;
    QJsonObject metadata; ///< comes back with the response
};

struct ResponseCancel
{
    QString responseId; ///< empty: whichever runs
};

struct ClientEvent
{
    QString eventId;
    std::variant<SessionUpdate, MessageCreate, CallOutputCreate, ItemRetrieve, ResponseCreate, ResponseCancel>
        said;
};

/// What a text frame of the Realtime protocol means. Pure. Fields that are not known are let pass, as clients
/// send more with every version; what is known and cannot be done is refused by name. Audio that is asked
/// for is let pass, and answered with text; audio that is sent is refused.
Expected<ClientEvent, Fault> parseClientEvent(const QString &frame);

} // namespace loquat::realtime
