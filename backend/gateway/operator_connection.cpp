// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_connection.h"

#include "domain/ids.h"
#include "domain/json_text.h"
#include "domain/live_json.h"
#include "domain/same_secret.h"
#include "gateway/api_query.h"
#include "gateway/message_limits.h"
#include "gateway/operator_command.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

OperatorConnection::OperatorConnection(std::unique_ptr<QWebSocket> socket, OperatorAccess access,
                                       Viewer viewer, OperatorParts &parts, QObject *context, QObject *parent)
    : QObject(parent)
    , m_socket(std::move(socket))
    , m_parts(parts)
    , m_context(context)
    , m_viewer(viewer)
    , m_proven(access == OperatorAccess::Granted)
{
    limitMessages(*m_socket, parts.limits.maxOperatorFrame, parts.limits.maxOperatorMessage, *parts.counters,
                  this);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &OperatorConnection::received);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, [this] {
        if (!m_proven)
            return prove({});
        refuse(QJsonValue::Undefined, {u"binary_not_supported"_s, u"Binary frames are not understood."_s,
                                       u"Send text frames."_s, false});
    });
    connect(m_socket.get(), &QWebSocket::pong, this, [this] { m_alive = true; });
    connect(m_socket.get(), &QWebSocket::bytesWritten, this, [this] { m_alive = true; });
    connect(m_socket.get(), &QWebSocket::disconnected, this, &QObject::deleteLater);
    m_proofTime.setSingleShot(true);
    connect(&m_proofTime, &QTimer::timeout, this, [this] {
        m_parts.counters->count(Refused::Credentials);
        close(QWebSocketProtocol::CloseCodePolicyViolated, u"no token came"_s);
    });
    if (m_proven) {
        begin();
    } else {
        send({{"type"_L1, "auth_required"_L1}});
        m_proofTime.start(parts.limits.proofTime);
    }
}

OperatorConnection::~OperatorConnection()
{
    if (m_parts.fleet && !m_watched.isEmpty())
        m_parts.fleet->watch(m_viewer.id, {});
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
}

void OperatorConnection::close(QWebSocketProtocol::CloseCode code, const QString &why)
{
    m_socket->close(code, why);
    m_socket->flush();
}

void OperatorConnection::begin()
{
    send({{"type"_L1, "hello"_L1},
          {"version"_L1, QCoreApplication::applicationVersion()},
          {"status"_L1, toJson(m_parts.status())}});
    sendSnapshot();
}

void OperatorConnection::sendSnapshot()
{
    if (m_viewer.asNode)
        return;
    QList<SessionSnapshot> sessions = m_parts.live.all();
    if (m_parts.fleet)
        sessions += m_parts.fleet->sessions();
    qsizetype sent = 0;
    do {
        QJsonArray piece;
        for (const qsizetype end = std::min(sent + m_parts.limits.snapshotChunk, sessions.size()); sent < end;
             ++sent)
            piece.append(toJson(sessions[sent]));
        send({{"type"_L1, "snapshot"_L1}, {"sessions"_L1, piece}, {"more"_L1, sent < sessions.size()}});
    } while (sent < sessions.size());
}

void OperatorConnection::batch(const QString &frame, bool gapped)
{
    if (!m_proven)
        return;
    const qint64 unsent = m_socket->bytesToWrite();
    const qint64 most = m_parts.limits.maxOperatorUnsent;
    m_gapped = m_gapped || gapped || unsent > most;
    if (!m_gapped) {
        m_socket->sendTextMessage(frame);
    } else if (unsent <= most / 4) {
        m_gapped = false;
        send({{"type"_L1, "gap"_L1}});
        sendSnapshot();
    }
}

void OperatorConnection::batch(const LiveBatch &all, bool gapped)
{
    LiveBatch mine;
    for (const SessionSnapshot &session : all.sessions)
        if (m_watched.contains(session.sessionId))
            mine.sessions.append(session);
    for (const auto &item : all.stream)
        if (m_watched.contains(std::visit([](const auto &each) { return each.sessionId; }, item)))
            mine.stream.append(item);
    if (!mine.isEmpty() || gapped || m_gapped)
        batch(frameOf(mine), gapped);
}

QString OperatorConnection::frameOf(const LiveBatch &batch)
{
    QJsonObject json = toJson(batch);
    json["type"_L1] = "batch"_L1;
    return jsonText(json);
}

void OperatorConnection::tellStatus(const QString &frame)
{
    if (m_proven && m_socket->bytesToWrite() <= m_parts.limits.maxOperatorUnsent)
        m_socket->sendTextMessage(frame);
    if (m_gapped)
        batch(QString(), true); // nothing may happen any more that would tell of the gap
}

void OperatorConnection::beat()
{
    m_silent = m_alive ? std::chrono::milliseconds(0) : m_silent + m_parts.limits.heartbeat;
    m_alive = false;
    if (m_silent >= m_parts.limits.stallTime) {
        m_parts.counters->count(Refused::Silent);
        m_socket->abort();
    } else {
        m_socket->ping();
    }
}

void OperatorConnection::received(const QString &text)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        return;
    m_alive = true;
    const QJsonDocument json = QJsonDocument::fromJson(text.toUtf8());
    const QJsonObject frame = json.object();
    const QString type = frame["type"_L1].toString();
    if (!m_proven)
        return prove(frame);
    if (type == "command"_L1)
        runCommand(frame);
    else if (type == "load_events"_L1)
        loadEvents(frame);
    else if (type == "watch"_L1)
        watch(frame);
    else if (type == "ping"_L1)
        send({{"type"_L1, "pong"_L1}});
    else if (type != "auth"_L1) // a token that was not needed does no harm
        refuse(frame["id"_L1], {u"unknown_frame"_s, u"This is not a frame that operators send."_s,
                                u"Use one of auth, command, load_events, watch, ping."_s, false});
}

void OperatorConnection::prove(const QJsonObject &frame)
{
    const QByteArray token = frame["token"_L1].toString().toUtf8();
    if (frame["type"_L1].toString() != "auth"_L1 || !sameSecret(token, m_parts.policy.token.toUtf8())) {
        m_parts.counters->count(Refused::Credentials);
        return close(QWebSocketProtocol::CloseCodePolicyViolated, u"the token is wrong"_s);
    }
    m_proofTime.stop();
    m_proven = true;
    Q_EMIT proven();
    begin();
}

bool OperatorConnection::admits(const QJsonValue &id)
{
    const ApiLimits &limits = m_parts.limits;
    if (m_pending < (m_viewer.asNode ? limits.maxNodeRequests : limits.maxOperatorRequests)) {
        ++m_pending;
        return true;
    }
    m_parts.counters->count(Refused::TooManyApiRequests);
    refuse(id, {u"too_many_requests"_s, u"Too many requests of this console wait."_s, u"Try again."_s, true});
    return false;
}

void OperatorConnection::runCommand(const QJsonObject &frame)
{
    const QJsonValue id = frame["id"_L1];
    const auto sessionId = parseSessionId(frame["session_id"_L1].toString());
    if (!sessionId)
        return refuse(id, sessionId.error());
    const auto command = parseCommand(frame);
    if (!command)
        return refuse(id, command.error());
    if (!admits(id))
        return;
    const auto &run = m_viewer.asNode ? m_parts.commandHere : m_parts.command;
    run(*sessionId, *command, m_context, [self = QPointer(this), id](const Expected<void> &outcome) {
        if (!self)
            return;
        --self->m_pending;
        if (outcome)
            self->send({{"type"_L1, "result"_L1}, {"id"_L1, id}, {"ok"_L1, true}});
        else
            self->refuse(id, outcome.error());
    });
}

void OperatorConnection::watch(const QJsonObject &frame)
{
    const QJsonValue id = frame["id"_L1];
    if (!frame["session_ids"_L1].isArray())
        return refuse(id, {u"bad_watch"_s, u"'session_ids' is missing or not a list."_s,
                           u"Name all that is watched from now on; an empty list is none."_s, false});
    const QJsonArray given = frame["session_ids"_L1].toArray();
    const qsizetype most = m_viewer.asNode ? m_parts.limits.maxWatchedByNode : m_parts.limits.maxWatched;
    if (given.size() > most)
        return refuse(id, {u"too_many_watched"_s, u"That many sessions are not watched at once."_s,
                           u"Name at most %1."_s.arg(most), false});
    QStringList watched;
    for (const QJsonValue &each : given) {
        const auto sessionId = parseSessionId(each.toString());
        if (!sessionId)
            return refuse(id, sessionId.error());
        watched.append(*sessionId);
    }
    m_watched = watched;
    if (m_parts.fleet && !m_viewer.asNode)
        m_parts.fleet->watch(m_viewer.id, watched);
    LiveBatch here;
    for (const QString &each : watched)
        if (const auto session = m_parts.live.find(each)) {
            here.sessions.append(*session);
            m_parts.retell(each);
        }
    if (m_viewer.asNode && !here.isEmpty())
        batch(frameOf(here), false);
    if (!id.isUndefined())
        send({{"type"_L1, "result"_L1}, {"id"_L1, id}, {"ok"_L1, true}});
}

void OperatorConnection::loadEvents(const QJsonObject &frame)
{
    const QJsonValue id = frame["id"_L1];
    const auto sessionId = parseSessionId(frame["session_id"_L1].toString());
    if (!sessionId)
        return refuse(id, sessionId.error());
    const auto query = eventQueryOfFrame(*sessionId, frame, m_parts.limits);
    if (!query)
        return refuse(id, query.error());
    if (!admits(id))
        return;
    m_parts.events(*query, m_viewer.asNode, m_context,
                   [self = QPointer(this), id, sessionId = *sessionId](const Expected<EventPage> &page) {
                       if (!self)
                           return;
                       --self->m_pending;
                       if (!page)
                           return self->refuse(id, page.error());
                       QJsonArray events;
                       for (const Event &event : page->events)
                           events.append(toJson(event));
                       self->send({{"type"_L1, "events"_L1},
                                   {"id"_L1, id},
                                   {"session_id"_L1, sessionId},
                                   {"events"_L1, events},
                                   {"more"_L1, page->more}});
                   });
}

void OperatorConnection::refuse(const QJsonValue &id, const Error &error)
{
    send({{"type"_L1, "result"_L1}, {"id"_L1, id}, {"ok"_L1, false}, {"error"_L1, toJson(error)}});
}

void OperatorConnection::send(const QJsonObject &frame)
{
    m_socket->sendTextMessage(jsonText(frame));
}

} // namespace loquat
