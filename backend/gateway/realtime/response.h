// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "gateway/realtime/server_events.h"

#include <QHash>
#include <QJsonArray>

namespace loquat::realtime {

/// How a response ended, in the protocol's words.
struct ResponseEnd
{
    QString status;     ///< completed | cancelled | failed | incomplete
    QJsonValue details; ///< status_details, or null
    Usage usage;
};

/// A response that runs: what is said and called becomes its items, one after another. From response.created,
/// said by the constructor, to response.done, said by end().
class Response
{
public:
    /// The references outlive this.
    Response(ServerEvents &events, Items &items, QJsonObject metadata);

    [[nodiscard]] const QString &id() const { return m_id; }
    /// A piece of text: of the message that is open, or of a new one.
    void say(const QString &text);
    /// A call that the client is to answer.
    void callClient(const ToolCall &call);
    /// A tool of the service's begins, and ends. To the client that is a call of an MCP server.
    void toolStarted(const QString &callId, const QString &tool, const QJsonValue &arguments);
    void toolEnded(const QString &callId, const QJsonValue &result, bool ok);
    void end(const ResponseEnd &how);
    /// An item of this response that has not ended, as far as it is.
    [[nodiscard]] std::optional<QJsonObject> running(const QString &itemId) const;

private:
    struct Tool
    {
        int index = 0;
        QJsonObject item;
    };

    int addItem(const QJsonObject &item);
    void endItem(int index, const QJsonObject &item);
    void sayOf(const QString &type, int index, const QString &itemId, QJsonObject fields);
    [[nodiscard]] QJsonObject message(const QString &status) const;
    void closeMessage(const QString &status);
    [[nodiscard]] QJsonObject json(const QString &status, const QJsonValue &details,
                                   const QJsonValue &usage) const;

    ServerEvents &m_events;
    Items &m_items;
    const QJsonObject m_metadata;
    const QString m_id;
    QList<QJsonObject> m_output; ///< empty where an item has not ended
    QString m_messageId;         ///< of the message that is open
    QString m_text;
    int m_messageIndex = 0;
    QHash<QString, Tool> m_tools; ///< that run, by their calls' ids
};

} // namespace loquat::realtime
