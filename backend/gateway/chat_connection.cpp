// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat_connection.h"

#include "session/session_hub.h"

#include <QTimer>

namespace loquat {

using namespace Qt::StringLiterals;

ChatConnection::ChatConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                               const ClientSurroundings &surroundings, const SessionRequest &request,
                               QObject *parent)
    : ClientConnection(std::move(socket), transport, surroundings, request, parent)
{
}

void ChatConnection::begin()
{
    if (!m_request.mustSignIn)
        return attach();
    QTimer::singleShot(around().limits.headTime, this, [this] {
        if (m_request.mustSignIn)
            refuse(Refused::Credentials, u"sign in"_s);
    });
}

ClientHello ChatConnection::hello() const
{
    return {QString(m_request.dialect->name), m_request.profile, m_request.after};
}

QStringList ChatConnection::encode(const Outbound &message)
{
    return m_request.dialect->encode(message);
}

void ChatConnection::heard(const QString &frame)
{
    const auto parsed = parseClientFrame(frame);
    if (parsed)
        take(*parsed);
    else if (isAttached())
        send(outbound::Problem{parsed.error(), 0});
    else if (m_request.mustSignIn)
        refuse(Refused::Credentials, u"sign in first"_s);
}

void ChatConnection::take(const ClientFrame &frame)
{
    if (frame.kind == ClientFrame::Kind::Auth) {
        signIn(frame.text.toUtf8());
    } else if (m_signingIn && m_request.mustSignIn && m_held.size() < maxHeldFrames) {
        m_held.append(frame);
    } else if (m_request.mustSignIn) {
        refuse(Refused::Credentials, u"sign in first"_s);
    } else {
        say(frame);
    }
}

void ChatConnection::say(const ClientFrame &frame)
{
    Session *session = this->session();
    if (!session)
        return;
    switch (frame.kind) {
    case ClientFrame::Kind::Message:
        if (hasExpired()) {
            send(outbound::Problem{{u"token_expired"_s, u"Your sign-in has expired."_s,
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
        send(outbound::Pong{});
        break;
    case ClientFrame::Kind::Auth:
        break;
    }
}

void ChatConnection::signIn(const QByteArray &token)
{
    if (!around().authenticator || m_signingIn)
        return;
    m_signingIn = true;
    // The thread's inhabitant outlives what is asked for; this may not.
    around().authenticator->check(token, parent(), [guard = QPointer(this)](const Expected<Identity> &found) {
        if (guard)
            guard->signedIn(found);
    });
}

void ChatConnection::signedIn(const Expected<Identity> &found)
{
    m_signingIn = false;
    const bool first = m_request.mustSignIn;
    if (!found) {
        if (first)
            return refuse(Refused::Credentials, found.error().code);
        around().counters.count(Refused::Credentials);
        return send(outbound::Problem{found.error(), 0});
    }
    if (!first && found->userId != m_request.userId)
        return refuse(Refused::NotTheOwner, u"the token is another user's"_s);
    m_request.identity = *found;
    if (!first)
        return;
    m_request.mustSignIn = false;
    m_request.userId = found->userId;
    attach();
    for (const ClientFrame &frame : std::exchange(m_held, {}))
        say(frame);
}

} // namespace loquat
