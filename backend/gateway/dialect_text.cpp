// SPDX-License-Identifier: GPL-3.0-or-later
// The two dialects that are raw text: with and without a mark at the end of a reply.
#include "domain/json_text.h"
#include "gateway/dialect.h"
#include "gateway/dialect_sentinel.h"
#include "gateway/overloaded.h"

namespace loquat::dialects {

using namespace Qt::StringLiterals;

namespace {

const QString endOfResponse = u"[END_OF_RESPONSE]"_s;

} // namespace

QStringList encodeText(const Outbound &message)
{
    return std::visit(Overloaded{
                          [](const outbound::Token &m) { return QStringList{m.text}; },
                          [](const outbound::OperatorMessage &m) { return QStringList{m.content}; },
                          [](const outbound::Problem &m) {
                              // A failed turn says so in its tokens; only what was refused outside of a turn
                              // is said here.
                              return m.seq > 0 ? QStringList() : QStringList{m.error.message};
                          },
                          [](const auto &) { return QStringList(); },
                      },
                      message);
}

QStringList Sentinel::operator()(const Outbound &message)
{
    if (const auto *started = std::get_if<outbound::SessionStarted>(&message))
        return {
            jsonText(QJsonObject{{"type"_L1, "session_started"_L1}, {"session_id"_L1, started->sessionId}})};
    m_replies.note(message);
    if (std::holds_alternative<outbound::TurnDone>(message))
        return {endOfResponse};
    QStringList text = encodeText(message);
    // What an operator says unasked is a reply of its own.
    const bool whole = std::holds_alternative<outbound::Problem>(message) ||
                       (std::holds_alternative<outbound::OperatorMessage>(message) && m_replies.count() == 0);
    if (!text.isEmpty() && whole)
        text.append(endOfResponse);
    return text;
}

} // namespace loquat::dialects
