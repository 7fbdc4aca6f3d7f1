// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_link.h"

#include "store/api/all_events.h"

namespace loquat {

using namespace Qt::StringLiterals;

OperatorLink::OperatorLink(QUrl server, QString token, Pace pace)
    : m_server(std::move(server))
    , m_token(std::move(token))
    , m_client({m_server, m_token}, pace)
    , m_history(m_server, m_token)
{
    connect(&m_client, &OperatorClient::lost, this, &OperatorLink::lost);
    connect(&m_client, &OperatorClient::status, this, &OperatorLink::takeStatus);
    connect(&m_client, &OperatorClient::sessions, this, &OperatorLink::takeSessions);
    connect(&m_client, &OperatorClient::batch, this, &OperatorLink::takeBatch);
    say(u"Connecting to %1 …"_s.arg(m_server.authority()));
    m_client.open();
}

void OperatorLink::lost(const QString &why)
{
    say(troubleOf(why));
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

void OperatorLink::takeStatus(const BackendStatus &status)
{
    m_status = status;
    m_status.address = m_server.toString(); // as it is reached from here
    Q_EMIT statusChanged();
}

void OperatorLink::takeSessions(const QList<SessionSnapshot> &sessions)
{
    // What ended while nobody told.
    LiveBatch now{sessions, {}};
    QHash<QString, SessionSnapshot> before = std::exchange(m_live, {});
    for (const SessionSnapshot &session : sessions) {
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

void OperatorLink::takeBatch(const LiveBatch &taken)
{
    for (const SessionSnapshot &session : taken.sessions) {
        if (session.status == SessionStatus::Completed || session.left)
            m_live.remove(session.sessionId);
        else
            m_live.insert(session.sessionId, session);
    }
    if (!taken.isEmpty())
        Q_EMIT batch(taken);
}

void OperatorLink::command(const QString &sessionId, const Command &command, Done done)
{
    if (!m_client.isWelcome())
        return done(OperatorClient::notConnected());
    m_client.command(sessionId, command, std::move(done));
}

void OperatorLink::loadEvents(const QString &sessionId, Loaded loaded)
{
    loadAllEvents(
        sessionId,
        [this](const EventQuery &query, SessionHistory::Events found) {
            if (!m_client.isWelcome())
                return found(OperatorClient::notConnected());
            m_client.loadEvents(query, std::move(found));
        },
        loaded);
}

void OperatorLink::watch(const QString &sessionId)
{
    m_client.watch(sessionId.isEmpty() ? QStringList() : QStringList(sessionId));
}

void OperatorLink::findSessions(const SessionQuery &query, Found found)
{
    m_history.find(query, std::move(found));
}

void OperatorLink::exportSession(const QString &sessionId, const QString &format, Exported exported)
{
    m_history.exportSession(sessionId, format, std::move(exported));
}

} // namespace loquat
