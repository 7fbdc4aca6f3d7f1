// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_client.h"

#include "domain/json_text.h"
#include "domain/live_json.h"
#include "gateway/relay_request.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkRequest>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error connectionLost()
{
    return {u"connection_lost"_s,
            u"The connection was lost before the answer came: it may have been done, or not."_s,
            u"Look before you repeat it."_s, true};
}

} // namespace

OperatorClient::OperatorClient(Server server, Pace pace)
    : m_server(std::move(server))
    , m_pace(pace)
    , m_pause(pace.firstRetry)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &OperatorClient::connectAnew);
    m_silence.setSingleShot(true);
    m_silence.setInterval(m_pace.silence);
    connect(&m_silence, &QTimer::timeout, this, [this] { loose(u"it says nothing"_s); });
}

OperatorClient::~OperatorClient()
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
}

void OperatorClient::open()
{
    if (!m_socket)
        connectAnew();
}

void OperatorClient::connectAnew()
{
    m_retry.stop();
    m_socket = std::make_unique<QWebSocket>();
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &OperatorClient::received);
    const auto broken = [this] { loose(m_socket->errorString()); };
    connect(m_socket.get(), &QWebSocket::disconnected, this, broken);
    connect(m_socket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, broken);
    QUrl url = m_server.url;
    url.setPath(m_server.url.path() + u"/ws/operator"_s);
    QNetworkRequest request(url);
    if (!m_server.token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_server.token.toUtf8());
    if (m_server.asNode)
        markRelayed(request);
    m_silence.start();
    m_socket->open(request);
}

void OperatorClient::loose(const QString &why)
{
    if (!m_socket)
        return;
    m_silence.stop();
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
    m_snapshot.clear();
    const bool asked = std::exchange(m_welcome, false);
    m_unsent.clear();
    m_retry.start(m_pause);
    m_pause = std::min(m_pause * 2, m_pace.longestRetry);
    const auto commands = std::exchange(m_commands, {});
    const auto loads = std::exchange(m_loads, {});
    Q_EMIT lost(why);
    for (const Done &done : commands)
        done(asked ? connectionLost() : notConnected());
    for (const auto &found : loads)
        found(notConnected());
}

void OperatorClient::received(const QString &text)
{
    m_silence.start();
    const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString type = frame["type"_L1].toString();
    if (type == "batch"_L1)
        Q_EMIT batch(batchFromJson(frame, QDateTime::currentMSecsSinceEpoch()));
    else if (type == "status"_L1)
        Q_EMIT status(statusFromJson(frame["status"_L1].toObject()));
    else if (type == "snapshot"_L1)
        takeSnapshot(frame);
    else if (type == "events"_L1)
        takeEvents(frame);
    else if (type == "result"_L1)
        takeResult(frame);
    else if (type == "gap"_L1)
        Q_EMIT gapped();
    else if (type == "auth_required"_L1)
        loose(u"401"_s);
    else if (type == "hello"_L1)
        greeted(frame);
}

void OperatorClient::greeted(const QJsonObject &frame)
{
    m_welcome = true;
    m_pause = m_pace.firstRetry;
    if (!m_watched.isEmpty())
        sendWatch();
    for (const QJsonObject &waiting : std::exchange(m_unsent, {}))
        send(waiting);
    Q_EMIT status(statusFromJson(frame["status"_L1].toObject()));
    Q_EMIT welcome();
}

void OperatorClient::takeSnapshot(const QJsonObject &frame)
{
    m_snapshot += batchFromJson(frame, 0).sessions;
    if (!frame["more"_L1].toBool())
        Q_EMIT sessions(std::exchange(m_snapshot, {}));
}

void OperatorClient::takeEvents(const QJsonObject &frame)
{
    const auto found = m_loads.take(frame["id"_L1].toInteger());
    if (!found)
        return;
    EventPage page;
    const QJsonArray events = frame["events"_L1].toArray();
    for (const QJsonValue &each : events)
        if (auto event = eventFromJson(each.toObject()))
            page.events.append(std::move(*event));
    page.more = frame["more"_L1].toBool() && !page.events.isEmpty();
    found(page);
}

void OperatorClient::takeResult(const QJsonObject &frame)
{
    const qint64 id = frame["id"_L1].toInteger();
    const Error error = errorFromJson(frame["error"_L1].toObject());
    if (const Done done = m_commands.take(id))
        done(frame["ok"_L1].toBool() ? Expected<void>() : Expected<void>(error));
    else if (const auto found = m_loads.take(id))
        found(error);
}

void OperatorClient::watch(const QStringList &sessionIds)
{
    m_watched = sessionIds;
    if (m_welcome)
        sendWatch();
}

void OperatorClient::sendWatch()
{
    send({{"type"_L1, "watch"_L1}, {"session_ids"_L1, QJsonArray::fromStringList(m_watched)}});
}

void OperatorClient::command(const QString &sessionId, const Command &command, Done done)
{
    if (!m_socket)
        return done(notConnected());
    m_commands.insert(++m_serial, std::move(done));
    ask({{"type"_L1, "command"_L1},
         {"id"_L1, m_serial},
         {"session_id"_L1, sessionId},
         {"command"_L1, nameOf(command.kind)},
         {"text"_L1, command.text},
         {"call_id"_L1, command.callId},
         {"by"_L1, command.by}});
}

void OperatorClient::loadEvents(const EventQuery &query, SessionHistory::Events found)
{
    if (!m_socket)
        return found(notConnected());
    m_loads.insert(++m_serial, std::move(found));
    ask({{"type"_L1, "load_events"_L1},
         {"id"_L1, m_serial},
         {"session_id"_L1, query.sessionId},
         {"after"_L1, query.afterSeq},
         {"limit"_L1, query.limit}});
}

void OperatorClient::ask(const QJsonObject &frame)
{
    if (m_welcome)
        send(frame);
    else
        m_unsent.append(frame);
}

void OperatorClient::send(const QJsonObject &frame)
{
    m_socket->sendTextMessage(jsonText(frame));
}

Error OperatorClient::notConnected()
{
    return {u"not_connected"_s, u"There is no connection to the backend."_s,
            u"It is tried again; repeat this once it is there."_s, true};
}

} // namespace loquat
