// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/translation.h"

#include "gateway/overloaded.h"

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxRecalled = 100; ///< messages told to a client that comes back

std::optional<qint64> less(std::optional<qint64> all, std::optional<qint64> part)
{
    return all ? std::optional(*all - part.value_or(0)) : std::nullopt;
}

} // namespace

QStringList Translation::encode(const Outbound &message)
{
    std::visit(dialects::Overloaded{
                   [this](const outbound::SessionStarted &m) { begin(m); },
                   [this](const outbound::Resync &m) { m_snapshot = m.snapshot; },
                   [this](const outbound::Noted &m) { noted(m.ref); },
                   [this](const outbound::ReplyBegins &m) { replyBegins(m.ref); },
                   [this](const outbound::Token &m) {
                       if (!m.standsIn)
                           response().say(m.text);
                   },
                   [this](const outbound::ToolStarted &m) {
                       if (!m.forClient)
                           response().toolStarted(m.callId, m.tool, m.args);
                   },
                   [this](const outbound::ToolEnded &m) {
                       if (m_response)
                           m_response->toolEnded(m.callId, m.result, m.ok);
                   },
                   [this](const outbound::CallForClient &m) { response().callClient(m.call); },
                   [this](const outbound::TurnPaused &m) {
                       endResponse({u"completed"_s, QJsonValue::Null, m.usage});
                       m_reported = m.usage;
                   },
                   [this](const outbound::TurnDone &m) { turnDone(m); },
                   [this](const outbound::OperatorMessage &m) { operatorSaid(m.content); },
                   [this](const outbound::ModeChanged &m) {
                       if (!m_session)
                           return;
                       m_session->mode = m.mode;
                       m_events.say(u"session.updated"_s, {{"session"_L1, session()}});
                   },
                   [this](const outbound::Problem &m) { problem(m); },
                   [](const outbound::TurnStarted &) {},
                   [](const outbound::ToolWaits &) {},
                   [](const outbound::Pong &) {},
               },
               message);
    return ready();
}

QStringList Translation::ready()
{
    return m_session ? m_events.take() : QStringList();
}

void Translation::begin(const outbound::SessionStarted &started)
{
    // Answers that were ready before come after it.
    const QStringList before = m_events.take();
    m_session = started;
    m_events.say(u"session.created"_s, {{"session"_L1, session()}});
    recall(std::exchange(m_snapshot, {}));
    for (; m_updatesOwed > 0; --m_updatesOwed)
        m_events.say(u"session.updated"_s, {{"session"_L1, session()}});
    m_events.append(before);
}

void Translation::recall(const QJsonObject &snapshot)
{
    const QJsonArray messages = snapshot["messages"_L1].toArray();
    for (qsizetype i = std::max<qsizetype>(0, messages.size() - maxRecalled); i < messages.size(); ++i) {
        const QJsonObject message = messages.at(i).toObject();
        if (message["seq"_L1].toInteger() > m_session->seq)
            break; // of this connection, which hears of it in its turn
        const auto role = roleFromString(message["role"_L1].toString());
        const QString content = message["content"_L1].toString();
        // Without the sentence that stood in for the rest of a reply.
        const QString said = content.left(message["fallback_from"_L1].toInteger(content.size()));
        if (!said.isEmpty())
            sayItem(messageItem(newItemId(), role ? *role : Role::User, said));
    }
    if (!snapshot.contains("running"_L1))
        return;
    // Also where nothing was said yet: who is told of no response asks for one, and is refused.
    response();
    if (const QString text = snapshot["running"_L1]["text"_L1].toString(); !text.isEmpty())
        m_response->say(text);
}

QJsonObject Translation::session() const
{
    return {{"object"_L1, "realtime.session"_L1},
            {"type"_L1, "realtime"_L1},
            {"id"_L1, m_session->sessionId},
            {"model"_L1, m_session->model},
            {"output_modalities"_L1, QJsonArray{u"text"_s}},
            {"instructions"_L1, m_wishes.instructions},
            {"tools"_L1, toolsJson(m_wishes.tools)},
            {"tool_choice"_L1, toolChoiceJson(m_wishes.toolChoice)},
            {"parallel_tool_calls"_L1, m_wishes.parallelToolCalls},
            {"max_output_tokens"_L1,
             m_wishes.maxOutputTokens ? QJsonValue(*m_wishes.maxOutputTokens) : QJsonValue(u"inf"_s)},
            {"tracing"_L1, QJsonValue::Null},
            {"loquat"_L1, QJsonObject{{"user_id"_L1, m_session->userId},
                                      {"mode"_L1, nameOf(m_session->mode)},
                                      {"resumed"_L1, m_session->resumed},
                                      {"simulated"_L1, m_session->simulated}}}};
}

QStringList Translation::updated(const ReplyWishes &wishes)
{
    m_wishes = wishes;
    if (!m_session)
        ++m_updatesOwed;
    else
        m_events.say(u"session.updated"_s, {{"session"_L1, session()}});
    return ready();
}

QStringList Translation::fault(const Fault &fault)
{
    m_events.sayFault(fault);
    return ready();
}

QString Translation::newItemId()
{
    return m_events.newId("item"_L1);
}

void Translation::sayItem(const QJsonObject &item)
{
    const QJsonValue previous = m_items.follow(item["id"_L1].toString());
    m_items.keep(item);
    for (const QString &type : {u"conversation.item.added"_s, u"conversation.item.done"_s})
        m_events.say(type, {{"previous_item_id"_L1, previous}, {"item"_L1, item}});
}

void Translation::operatorSaid(const QString &text)
{
    // Where a reply was asked for, this is it, and the turn's end follows. A person may also speak unasked:
    // that is a response of its own, so that clients that only listen to responses hear it.
    const bool asked = m_response.has_value();
    response({{"from"_L1, u"operator"_s}}).say(text);
    if (!asked)
        endResponse({u"completed"_s, QJsonValue::Null, {}});
}

Response &Translation::response(const QJsonObject &metadata)
{
    if (!m_response)
        m_response.emplace(m_events, m_items, metadata);
    return *m_response;
}

void Translation::endResponse(ResponseEnd how)
{
    if (!m_response)
        return;
    how.usage.inputTokens = less(how.usage.inputTokens, m_reported.inputTokens);
    how.usage.outputTokens = less(how.usage.outputTokens, m_reported.outputTokens);
    m_response->end(how);
    m_response.reset();
    m_replies.removeOne(m_running);
    m_cancelled.removeAll(std::exchange(m_running, {}));
}

void Translation::turnDone(const outbound::TurnDone &done)
{
    ResponseEnd how{u"completed"_s, QJsonValue::Null, done.usage};
    const auto failure = std::exchange(m_failure, {});
    if (done.finish == "length"_L1) {
        how.status = u"incomplete"_s;
        how.details = QJsonObject{{"type"_L1, how.status}, {"reason"_L1, "max_output_tokens"_L1}};
    } else if (done.finish == "cancelled"_L1) {
        how.status = u"cancelled"_s;
        QJsonObject details{{"type"_L1, how.status}};
        if (m_cancelled.contains(m_running))
            details["reason"_L1] = u"client_cancelled"_s;
        how.details = details;
    } else if (failure) {
        how.status = u"failed"_s;
        how.details = QJsonObject{{"type"_L1, how.status},
                                  {"error"_L1, QJsonObject{{"type"_L1, "server_error"_L1},
                                                           {"code"_L1, failure->code},
                                                           {"message"_L1, failure->message}}}};
        if (!m_response)
            m_events.sayFault({failure->code, failure->message, {}, {}, u"server_error"_s});
    }
    endResponse(how);
    m_reported = {};
}

} // namespace loquat::realtime
