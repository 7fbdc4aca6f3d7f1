// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat_connection.h"

#include "session/session_hub.h"

namespace loquat {

using namespace Qt::StringLiterals;

ChatConnection::ChatConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                               const ClientSurroundings &surroundings, const SessionRequest &request,
                               QObject *parent)
    : ClientConnection(std::move(socket), transport, surroundings, request, parent)
    , m_encode(request.dialect->encoder())
{
}

void ChatConnection::begin()
{
    attach();
}

ClientHello ChatConnection::hello() const
{
    return {QString(m_request.dialect->name), m_request.profile, m_request.after};
}

QStringList ChatConnection::encode(const Outbound &message)
{
    return m_encode(message);
}

void ChatConnection::heard(const QString &frame)
{
    if (m_renewing && m_said.size() == maxFrames)
        return answer(outbound::Problem{{u"too_many_messages"_s, u"The new sign-in is still being checked."_s,
                                         u"Send it again in a moment."_s, true},
                                        0});
    if (m_renewing)
        return m_said.append(frame);
    const auto parsed = parseClientFrame(frame, m_request.dialect->plainText);
    if (!parsed)
        answer(outbound::Problem{parsed.error(), 0});
    else if (parsed->kind == ClientFrame::Kind::Auth)
        renew(parsed->text.toUtf8());
    else
        say(*parsed);
}

void ChatConnection::leaving()
{
    // Nobody will hear what came of the new token; what was said under the one before it counts.
    m_renewing = false;
    for (const QString &frame : std::exchange(m_said, {}))
        if (const auto parsed = parseClientFrame(frame, m_request.dialect->plainText))
            say(*parsed);
}

void ChatConnection::say(const ClientFrame &frame)
{
    Session *session = this->session();
    if (!session)
        return;
    switch (frame.kind) {
    case ClientFrame::Kind::Message:
        if (hasExpired()) {
            answer(outbound::Problem{{u"token_expired"_s, u"Your sign-in has expired."_s,
                                      u"Send {\"type\":\"auth\",\"token\":\"…\"} with a new token."_s, false},
                                     0});
        } else {
            session->userMessage(frame.text, frame.interrupt);
        }
        break;
    case ClientFrame::Kind::Cancel:
        session->cancel(frame.turn);
        break;
    case ClientFrame::Kind::End:
        session->end(u"ended"_s);
        break;
    case ClientFrame::Kind::Ping:
        answer(outbound::Pong{});
        break;
    case ClientFrame::Kind::Auth:
        break;
    }
}

void ChatConnection::renew(const QByteArray &token)
{
    if (!around().authenticator || m_renewing)
        return;
    m_renewing = true;
    // The thread's inhabitant outlives what is asked for; this may not.
    around().authenticator->check(token, parent(), [guard = QPointer(this)](const Expected<Identity> &found) {
        if (guard)
            guard->renewed(found);
    });
}

void ChatConnection::renewed(const Expected<Identity> &found)
{
    m_renewing = false;
    if (!found) {
        around().counters.count(Refused::Credentials);
        answer(outbound::Problem{found.error(), 0});
    } else if (found->userId != m_request.userId) {
        return refuse(Refused::NotTheOwner, u"the token is another user's"_s);
    } else {
        m_request.identity = *found;
    }
    for (const QString &frame : std::exchange(m_said, {}))
        heard(frame);
}

} // namespace loquat
