// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/outbound.h"

#include <QSet>
#include <QStringList>

#include <optional>

namespace loquat::dialects {

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

} // namespace loquat::dialects
