// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/front_door.h"

#include "gateway/api_query.h"
#include "gateway/api_reply.h"
#include "gateway/credentials.h"
#include "gateway/health.h"
#include "gateway/http_guard.h"
#include "gateway/lingering_close.h"
#include "gateway/problem.h"
#include "gateway/secure_peek.h"

#include <QTcpSocket>
#include <QUuid>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

bool isFull(std::optional<Refused> why)
{
    return why == Refused::TooManyConnections || why == Refused::TooManyFromAddress;
}

/// Of the beginning of a request.
bool mayAskForHealth(QByteArrayView begun)
{
    const auto agrees = [begun](QByteArrayView line) {
        return begun.size() < line.size() ? line.startsWith(begun) : begun.startsWith(line);
    };
    return !isHeadComplete(begun) && (agrees("GET /healthz") || agrees("HEAD /healthz"));
}

/// A server that is full is alive: who watches over it would end all conversations.
bool asksForHealthOfFull(const RequestHead &head, std::optional<Refused> why)
{
    return isFull(why) && (head.method == "GET" || head.method == "HEAD") && head.path() == "/healthz";
}

} // namespace

FrontDoor::FrontDoor(const GatewayLimits &limits, const Dialect &dialect, QStringList profiles,
                     DoorPolicy policy, GatewayCounters &counters, HandOver handOver)
    : m_limits(limits)
    , m_dialect(dialect)
    , m_profiles(std::move(profiles))
    , m_policy(std::move(policy))
    , m_counters(counters)
    , m_ledger(limits)
    , m_handOver(std::move(handOver))
{
    setListenBacklogSize(4096);
}

void FrontDoor::incomingConnection(qintptr descriptor)
{
    const auto incoming = std::make_shared<Incoming>(descriptor);
    if (!takesPlace(incoming, m_ledger.enter(), Refused::TooManyConnections))
        return;
    // Whom a proxy speaks for is in the head.
    if (!m_policy.proxies.contains(incoming->peer()) &&
        !takesPlace(incoming, m_ledger.enterFrom(incoming->peer()), Refused::TooManyFromAddress))
        return;
    if (m_policy.tls)
        peekSecure(incoming);
    else
        peek(incoming);
}

bool FrontDoor::takesPlace(const IncomingPtr &incoming, const ConnectionLedger::Entry &entry, Refused why)
{
    incoming->occupies(entry.place);
    if (entry.verdict == ConnectionLedger::Verdict::Admitted)
        return true;
    if (entry.verdict == ConnectionLedger::Verdict::Dropped || m_policy.tls) {
        m_counters.count(why);
        return false;
    }
    const bool own = why == Refused::TooManyFromAddress;
    refuse(
        incoming, why,
        own ? Refusal{429,
                      {u"too_many_connections"_s, u"Too many connections come from this address."_s,
                       u"Close some of them."_s, true}}
            : Refusal{503,
                      {u"overloaded"_s, u"Too many clients are connected."_s, u"Try again soon."_s, true}});
    return false;
}

void FrontDoor::peek(const IncomingPtr &incoming)
{
    new HeadPeek(
        incoming->descriptor(), m_limits.maxHeadBytes, m_limits.headTime,
        [this, incoming](HeadPeek::Verdict verdict, QByteArrayView head) { peeked(incoming, verdict, head); },
        this);
}

void FrontDoor::peekSecure(const IncomingPtr &incoming)
{
    new SecurePeek(
        incoming->release(), *m_policy.tls, m_limits.maxHeadBytes, m_limits.headTime,
        [this, incoming](HeadPeek::Verdict verdict, QByteArrayView head, std::unique_ptr<QSslSocket> socket) {
            incoming->becomes(std::move(socket));
            peeked(incoming, verdict, head);
        },
        [this, incoming] { m_counters.count(Refused::Tls); }, this);
}

void FrontDoor::peeked(const IncomingPtr &incoming, HeadPeek::Verdict verdict, QByteArrayView head)
{
    switch (verdict) {
    case HeadPeek::Verdict::Arrived:
        headArrived(incoming, head);
        break;
    case HeadPeek::Verdict::TooLarge:
        refuse(incoming, Refused::HeadTooLarge,
               {431, {u"head_too_large"_s, u"The request's header is too large."_s, {}, false}});
        break;
    case HeadPeek::Verdict::TooSlow:
        m_counters.count(Refused::SlowHandshake);
        break;
    case HeadPeek::Verdict::Gone:
        break;
    }
}

void FrontDoor::headArrived(const IncomingPtr &incoming, QByteArrayView bytes)
{
    const auto head = parseRequestHead(bytes);
    if (!head)
        return refuse(incoming, Refused::BadRequest,
                      {400, {u"bad_request"_s, u"This is not an HTTP/1.1 request."_s, {}, false}});
    if (const auto problem = requestProblem(*head))
        return refuse(incoming, Refused::BadRequest, *problem);
    const QHostAddress &peer = incoming->peer();
    const bool proxied = m_policy.proxies.contains(peer);
    if (proxied && !takesPlace(incoming, m_ledger.enterFrom(m_policy.proxies.clientOf(peer, *head)),
                               Refused::TooManyFromAddress))
        return;
    switch (m_policy.origins.judge(*head, m_policy.proxies.hostOf(peer, *head), proxied)) {
    case OriginPolicy::Verdict::WrongOrigin:
        return refuse(incoming, Refused::Origin,
                      {403,
                       {u"origin_not_allowed"_s, u"Pages of this origin may not do this."_s,
                        u"Whoever runs the service can add it to LOQUAT_ALLOWED_ORIGINS."_s, false}});
    case OriginPolicy::Verdict::WrongHost:
        return refuse(
            incoming, Refused::Host,
            {403,
             {u"host_not_known"_s, u"The service is not known by this host name."_s,
              u"Use localhost. Behind a proxy, name the proxy in LOQUAT_TRUSTED_PROXIES."_s, false}});
    case OriginPolicy::Verdict::Allowed:
        break;
    }
    if (isPreflight(*head)) {
        answer(incoming, m_policy.origins.preflightAnswer(head->header("Origin")));
    } else if (m_operators && isForOperators(head->path())) {
        incoming->moveTo(m_operatorThread);
        m_operators([incoming](QObject *parent) { return incoming->takeSocket(parent); }, *head);
    } else if (head->wantsWebSocket || head->target.startsWith("/ws/session/"))
        admit(incoming, *head);
    else
        serveHttp(incoming, *head);
}

void FrontDoor::admit(const IncomingPtr &incoming, const RequestHead &head)
{
    auto request = parseUpgrade(head, m_dialect, m_profiles);
    if (!request)
        return refuse(incoming, Refused::BadRequest, request.error());
    if (request->sessionId.isEmpty())
        request->sessionId = u"sess_"_s + QString::fromLatin1(QUuid::createUuid().toByteArray(QUuid::Id128));
    if (!m_policy.authenticator)
        return m_handOver(incoming, *request);
    const auto token = credentialsOf(head);
    if (!token && !request->dialect)
        return refuse(incoming, Refused::Credentials,
                      {401,
                       {u"no_token"_s, u"This service asks for a key."_s,
                        u"Send 'Authorization: Bearer KEY'."_s, false}});
    if (!token) {
        SessionRequest later = *request;
        later.mustSignIn = true;
        return m_handOver(incoming, later);
    }
    const auto waits = std::make_shared<bool>(true);
    m_policy.authenticator->check(*token, this,
                                  [this, incoming, waits, asked = *request](const Expected<Identity> &found) {
                                      if (!std::exchange(*waits, false))
                                          return;
                                      if (!found)
                                          return refuse(incoming, Refused::Credentials,
                                                        {found.error().retryable ? 503 : 401, found.error()});
                                      SessionRequest proven = asked;
                                      proven.identity = *found;
                                      proven.userId = found->userId;
                                      m_handOver(incoming, proven);
                                  });
    if (!*waits)
        return;
    // The client holds its place until its token is known, and its issuer may take its time.
    QTimer::singleShot(m_limits.headTime, this, [this, incoming, waits] {
        if (std::exchange(*waits, false))
            refuse(incoming, Refused::SlowHandshake,
                   {503,
                    {u"keys_unavailable"_s, u"The token could not be checked in time."_s,
                     u"Try again soon."_s, true}});
    });
}

void FrontDoor::serveHttp(const IncomingPtr &incoming, const RequestHead &head)
{
    // A second request would not pass this door.
    const qint64 body = head.contentLength().value_or(0);
    if (head.behind > body || head.count("transfer-encoding") > 0)
        return refuse(incoming, Refused::BadRequest, {400, oneRequestOnly()});
    if (QTcpSocket *socket = incoming->takeSocket(this)) {
        new HttpGuard(socket, m_limits, head.size + body, m_counters);
        addPendingConnection(socket);
        // What was decrypted to look at it is not announced once more.
        if (socket->bytesAvailable() > 0)
            QMetaObject::invokeMethod(socket, &QTcpSocket::readyRead, Qt::QueuedConnection);
    }
}

void FrontDoor::refuse(const IncomingPtr &incoming, Refused why, const Refusal &refusal)
{
    m_counters.count(why);
    answer(incoming, problemResponse(refusal.status, refusal.error), why);
}

void FrontDoor::answer(const IncomingPtr &incoming, const QByteArray &response,
                       std::optional<Refused> refused)
{
    QTcpSocket *socket = incoming->takeSocket(this);
    if (!socket)
        return;
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    QTimer::singleShot(m_limits.headTime, socket, &QTcpSocket::abort);
    // The request must be read before the connection is closed: with bytes left unread TCP resets it, and the
    // client never sees the answer.
    const auto speak = [this, socket, response, refused] {
        const QByteArray seen = socket->peek(m_limits.maxHeadBytes);
        if (isFull(refused) && mayAskForHealth(seen) && seen.size() < m_limits.maxHeadBytes)
            return; // the rest is still to come
        disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
        const QByteArray request = socket->readAll();
        const auto head = parseRequestHead(request);
        QByteArray said =
            head && asksForHealthOfFull(*head, refused) ? httpMessage(jsonReply(healthJson())) : response;
        if (head && refused) // a page that may read answers may read this one
            for (const auto &[name, value] : m_policy.origins.corsHeaders(head->header("Origin")))
                said.insert(said.indexOf("\r\n") + 2, name + ": " + value + "\r\n");
        if (request.startsWith("HEAD "))
            said.truncate(said.indexOf("\r\n\r\n") + 4);
        socket->write(said);
        const bool isWhole = head && head->count("transfer-encoding") == 0 &&
                             head->behind >= head->contentLength().value_or(1);
        if (!isWhole && m_lingering.children().size() < maxLingering)
            new LingeringClose(socket->socketDescriptor(), &m_lingering);
        socket->disconnectFromHost();
    };
    connect(socket, &QTcpSocket::readyRead, this, speak);
    if (socket->bytesAvailable() > 0)
        speak();
}

} // namespace loquat
