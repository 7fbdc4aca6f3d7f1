// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/realtime_connection.h"

#include "session/session_hub.h"

#include <QUuid>

namespace loquat {

using namespace Qt::StringLiterals;

RealtimeConnection::RealtimeConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                                       const ClientSurroundings &surroundings, const SessionRequest &request,
                                       QObject *parent)
    : ClientConnection(std::move(socket), transport, surroundings, request, parent)
    , m_translation(QUuid::createUuid().toString(QUuid::Id128).left(12), request.beta)
{
}

ClientHello RealtimeConnection::hello() const
{
    return {u"realtime"_s, m_request.profile, m_request.after};
}

void RealtimeConnection::heard(const QString &frame)
{
    const auto event = realtime::parseClientEvent(frame);
    if (!event)
        return answer(m_translation.fault(event.error()));
    Session *session = this->session();
    if (!session)
        return;
    const bool asks = std::holds_alternative<realtime::MessageCreate>(event->said) ||
                      std::holds_alternative<realtime::ResponseCreate>(event->said);
    if (asks && hasExpired())
        return refuse(u"token_expired"_s, u"Your sign-in has expired; connect again with a new token."_s, {},
                      event->eventId);
    std::visit([this, session, &event](const auto &said) { take(said, event->eventId, *session); },
               event->said);
}

void RealtimeConnection::refuseFrame(const QString &frame, const Error &why)
{
    const auto event = realtime::parseClientEvent(frame);
    const QString eventId = event ? event->eventId : event.error().eventId;
    // Clients wait for what they asked for until an error names it.
    if (Session *session = eventId.isEmpty() ? nullptr : this->session())
        session->refused(why, m_translation.expectRefusal(eventId));
    else
        ClientConnection::refuseFrame(frame, why);
}

void RealtimeConnection::refuse(const QString &code, const QString &message, const QString &param,
                                const QString &eventId)
{
    answer(m_translation.fault({code, message, param, eventId}));
}

void RealtimeConnection::take(const realtime::SessionUpdate &said, const QString &, Session &)
{
    m_wishes = said.change.appliedTo(m_wishes);
    answer(m_translation.updated(m_wishes));
}

QString RealtimeConnection::placeFor(const QString &itemId, const QString &previousItemId,
                                     const QString &eventId)
{
    if (!previousItemId.isEmpty() && !m_translation.isNewest(previousItemId)) {
        refuse(u"invalid_value"_s, u"Items are added at the end of the conversation only."_s,
               u"previous_item_id"_s, eventId);
        return {};
    }
    if (m_translation.knows(itemId)) {
        refuse(u"invalid_value"_s, u"There is an item with this id already."_s, u"item.id"_s, eventId);
        return {};
    }
    return itemId.isEmpty() ? m_translation.newItemId() : itemId;
}

void RealtimeConnection::take(const realtime::MessageCreate &said, const QString &eventId, Session &session)
{
    const QString id = placeFor(said.itemId, said.previousItemId, eventId);
    if (id.isEmpty())
        return;
    QJsonObject item = realtime::messageItem(id, said.role, said.text);
    item["content"_L1] = said.content;
    item["status"_L1] = said.status;
    const QString ref = m_translation.expectItem(item, eventId);
    session.note({said.role, said.text, ref});
}

void RealtimeConnection::take(const realtime::CallOutputCreate &said, const QString &eventId,
                              Session &session)
{
    const QString id = placeFor(said.itemId, said.previousItemId, eventId);
    if (id.isEmpty())
        return;
    const QString ref = m_translation.expectItem({{"id"_L1, id},
                                                  {"object"_L1, "realtime.item"_L1},
                                                  {"type"_L1, "function_call_output"_L1},
                                                  {"status"_L1, "completed"_L1},
                                                  {"call_id"_L1, said.callId},
                                                  {"output"_L1, said.output}},
                                                 eventId);
    session.answerCall(said.callId, said.output, ref);
}

void RealtimeConnection::take(const realtime::ItemRetrieve &said, const QString &eventId, Session &)
{
    answer(m_translation.retrieve(said.itemId, eventId));
}

void RealtimeConnection::take(const realtime::ResponseCreate &said, const QString &eventId, Session &session)
{
    session.respond(said.change.appliedTo(m_wishes), m_translation.expectReply(said.metadata, eventId));
}

void RealtimeConnection::take(const realtime::ResponseCancel &said, const QString &eventId, Session &session)
{
    if (!said.responseId.isEmpty() && said.responseId != m_translation.responseId())
        return refuse(u"response_cancel_not_active"_s, u"This response does not run."_s, u"response_id"_s,
                      eventId);
    session.cancelReply(m_translation.expectCancel(eventId));
}

} // namespace loquat
