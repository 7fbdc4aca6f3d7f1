// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_link.h"

#include "domain/live_json.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkRequest>

namespace loquat {

using namespace Qt::StringLiterals;

OperatorLink::OperatorLink(QUrl server, QString token, Pace pace)
    : m_server(std::move(server))
    , m_token(std::move(token))
    , m_pace(pace)
    , m_pause(pace.firstRetry)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &OperatorLink::connectAnew);
    m_silence.setSingleShot(true);
    m_silence.setInterval(m_pace.silence);
    connect(&m_silence, &QTimer::timeout, this, [this] { lost(u"it says nothing"_s); });
    say(u"Connecting to %1 …"_s.arg(m_server.authority()));
    connectAnew();
}

OperatorLink::~OperatorLink()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void OperatorLink::connectAnew()
{
    m_socket = std::make_unique<QWebSocket>();
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &OperatorLink::received);
    const auto broken = [this] { lost(m_socket->errorString()); };
    connect(m_socket.get(), &QWebSocket::disconnected, this, broken);
    connect(m_socket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, broken);
    QUrl url = m_server;
    url.setPath(m_server.path() + u"/ws/operator"_s);
    QNetworkRequest request(url);
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token.toUtf8());
    m_silence.start();
    m_socket->open(request);
}

void OperatorLink::lost(const QString &error)
{
    if (m_retry.isActive())
        return;
    m_silence.stop();
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
    m_welcome = false;
    m_snapshot.clear();
    m_retry.start(m_pause);
    m_pause = std::min(m_pause * 2, m_pace.longestRetry);
    say(troubleOf(error));
    for (const Done &done : std::exchange(m_commands, {}))
        done(notConnected());
    for (const Load &load : std::exchange(m_loads, {}))
        load.loaded(notConnected());
}

QString OperatorLink::troubleOf(const QString &error) const
{
    const QString who = m_server.authority();
    if (error.contains("401"_L1))
        return m_token.isEmpty() ? u"%1 wants the operators' token: set LOQUAT_OPERATOR_TOKEN."_s.arg(who)
                                 : u"%1 refuses the token: check LOQUAT_OPERATOR_TOKEN."_s.arg(who);
    if (error.contains("403"_L1))
        return u"%1 answers operators only with a token: set LOQUAT_OPERATOR_TOKEN there and here."_s.arg(
            who);
    if (error.contains("404"_L1))
        return u"%1 has nothing for operators: is it a Loquat of this version?"_s.arg(who);
    return u"No connection to %1 (%2); trying again."_s.arg(who, error);
}

void OperatorLink::say(const QString &trouble)
{
    m_status = {};
    m_status.trouble = trouble;
    m_status.modelOk = false;
    m_status.modelDetail = trouble;
    m_status.store = BackendStatus::Store::Unreachable;
    m_status.storeDetail = trouble;
    Q_EMIT statusChanged();
}

void OperatorLink::received(const QString &text)
{
    m_silence.start();
    const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString type = frame["type"_L1].toString();
    if (type == "batch"_L1) {
        takeBatch(frame);
    } else if (type == "status"_L1) {
        takeStatus(frame["status"_L1].toObject());
    } else if (type == "snapshot"_L1) {
        takeSnapshot(frame);
    } else if (type == "events"_L1) {
        takeEvents(frame);
    } else if (type == "result"_L1) {
        takeResult(frame);
    } else if (type == "auth_required"_L1) {
        lost(u"401"_s);
    } else if (type == "hello"_L1) {
        m_welcome = true;
        m_pause = m_pace.firstRetry;
        takeStatus(frame["status"_L1].toObject());
    }
}

void OperatorLink::takeStatus(const QJsonObject &status)
{
    m_status = statusFromJson(status);
    m_status.address = m_server.toString(); // as it is reached from here
    Q_EMIT statusChanged();
}

void OperatorLink::takeSnapshot(const QJsonObject &frame)
{
    m_snapshot += batchFromJson(frame, 0).sessions;
    if (frame["more"_L1].toBool())
        return;
    // What ended while nobody told.
    LiveBatch now{std::exchange(m_snapshot, {}), {}};
    QHash<QString, SessionSnapshot> before = std::exchange(m_live, {});
    for (const SessionSnapshot &session : std::as_const(now.sessions)) {
        before.remove(session.sessionId);
        m_live.insert(session.sessionId, session);
    }
    for (SessionSnapshot &ended : before) {
        ended.status = SessionStatus::Completed;
        ended.phase = Phase::Idle;
        ended.connected = false;
        now.sessions.append(ended);
    }
    Q_EMIT batch(now);
    Q_EMIT gapped();
}

void OperatorLink::takeBatch(const QJsonObject &frame)
{
    const LiveBatch taken = batchFromJson(frame, QDateTime::currentMSecsSinceEpoch());
    for (const SessionSnapshot &session : taken.sessions) {
        if (session.status == SessionStatus::Completed)
            m_live.remove(session.sessionId);
        else
            m_live.insert(session.sessionId, session);
    }
    if (!taken.isEmpty())
        Q_EMIT batch(taken);
}

void OperatorLink::command(const QString &sessionId, const Command &command, Done done)
{
    if (!m_welcome)
        return done(notConnected());
    const qint64 id = ++m_serial;
    m_commands.insert(id, std::move(done));
    send({{"type"_L1, "command"_L1},
          {"id"_L1, id},
          {"session_id"_L1, sessionId},
          {"command"_L1, nameOf(command.kind)},
          {"text"_L1, command.text},
          {"call_id"_L1, command.callId},
          {"by"_L1, command.by}});
}

void OperatorLink::loadEvents(const QString &sessionId, Loaded loaded)
{
    if (!m_welcome)
        return loaded(notConnected());
    askForMore(++m_serial, {sessionId, std::move(loaded), {}});
}

void OperatorLink::askForMore(qint64 id, Load load)
{
    const qint64 after = load.events.isEmpty() ? 0 : load.events.last().seq;
    const QString sessionId = load.sessionId;
    m_loads.insert(id, std::move(load));
    send({{"type"_L1, "load_events"_L1}, {"id"_L1, id}, {"session_id"_L1, sessionId}, {"after"_L1, after}});
}

void OperatorLink::takeEvents(const QJsonObject &frame)
{
    const qint64 id = frame["id"_L1].toInteger();
    if (!m_loads.contains(id))
        return;
    Load load = m_loads.take(id);
    const qsizetype before = load.events.size();
    const QJsonArray events = frame["events"_L1].toArray();
    for (const QJsonValue &each : events)
        if (auto event = eventFromJson(each.toObject()))
            load.events.append(std::move(*event));
    if (frame["more"_L1].toBool() && load.events.size() > before)
        askForMore(id, std::move(load));
    else
        load.loaded(load.events);
}

void OperatorLink::takeResult(const QJsonObject &frame)
{
    const qint64 id = frame["id"_L1].toInteger();
    const Error error = errorFromJson(frame["error"_L1].toObject());
    if (m_commands.contains(id)) {
        const Done done = m_commands.take(id);
        done(frame["ok"_L1].toBool() ? Expected<void>() : Expected<void>(error));
    } else if (m_loads.contains(id)) {
        m_loads.take(id).loaded(error);
    }
}

void OperatorLink::send(const QJsonObject &frame)
{
    m_socket->sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
}

Error OperatorLink::notConnected()
{
    return {u"not_connected"_s, u"There is no connection to the backend."_s,
            u"It is tried again; repeat this once it is there."_s, true};
}

} // namespace loquat
