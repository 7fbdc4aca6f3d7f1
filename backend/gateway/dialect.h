// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect_replies.h"
#include "gateway/encode.h"

#include <QSet>

namespace loquat {

/// How a kind of client is spoken to.
struct Dialect
{
    QLatin1StringView name;
    Encode (*encoder)(); ///< a new one for each client
    /// Its clients know no frames of their own: a JSON object that names neither a type nor a message is
    /// something that a person said.
    bool plainText = false;
};

namespace dialects {
QStringList encodeFrames(const Outbound &message);  ///< {"type":"token","token":…}: everything
QStringList encodeContent(const Outbound &message); ///< {"type":"content","value":…} and tools
QStringList encodeText(const Outbound &message);    ///< tokens as raw text
/// Raw tokens, then [END_OF_RESPONSE].
class Sentinel
{
public:
    QStringList operator()(const Outbound &message);

private:
    OpenReplies m_replies;
};

/// Chunks of the AI SDK's UI message stream, in an order that its reader takes: text parts around the calls
/// of tools, nothing ended that was not begun.
class AiSdk
{
public:
    QStringList operator()(const Outbound &message);

private:
    QStringList begin(int turn, bool retold = false);
    QStringList unasked(const outbound::OperatorMessage &m);
    QStringList problem(const outbound::Problem &m);
    QStringList text(const QString &text);
    QStringList endText();
    QStringList toolEnded(const outbound::ToolEnded &m);
    QStringList end(const outbound::TurnDone &m);
    [[nodiscard]] QString textId() const;
    [[nodiscard]] QString call(const QString &id, const QString &tool, const QJsonValue &args) const;

    int m_replies = 0; ///< that have begun: one message, also where several wait for an operator
    int m_texts = 0;
    bool m_inText = false;
    bool m_said = false; ///< anything in this reply
    QSet<QString> m_calls;
    std::optional<QJsonObject> m_failure; ///< of the reply that is about to end
};
} // namespace dialects

/// frames | content | text | sentinel | ai-sdk; nullptr for any other name.
const Dialect *findDialect(const QString &name);
const Dialect &framesDialect();
QStringList dialectNames();

} // namespace loquat
