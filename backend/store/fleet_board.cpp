// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_board.h"

#include "domain/live_json.h"
#include "store/api/fleet_directory.h"
#include "store/logging.h"
#include "store/postgres_error.h"

#include <QJsonDocument>
#include <QSqlDriver>
#include <QSqlQuery>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds callLimit{5'000};
constexpr qsizetype maxPayload = 7'900; ///< PostgreSQL: less than 8000 bytes
constexpr qsizetype maxTitle = 200;
constexpr int maxUnheard = 3;
constexpr int maxLooked = maxFarSessions + 1; ///< one more tells that there are more
const QString channel = u"loquat_sessions"_s;
const QString hello = u"hello "_s;

} // namespace

FleetBoard::FleetBoard(QString nodeId, std::optional<PostgresSettings> listen, Seen seen)
    : m_nodeId(std::move(nodeId))
    , m_listen(std::move(listen))
    , m_seen(std::move(seen))
    , m_watchdog([this] { m_breaker.breakOff(); })
{
}

FleetBoard::~FleetBoard() = default;

void FleetBoard::close()
{
    m_listener.reset();
}

QString FleetBoard::payload(const SessionSnapshot &snapshot)
{
    SessionSnapshot shown = snapshot;
    shown.preview.clear();
    shown.summary.clear();
    shown.title.truncate(maxTitle);
    shown.phaseDetail.truncate(maxTitle);
    const auto text = [&shown] { return QJsonDocument(toJson(shown)).toJson(QJsonDocument::Compact); };
    QByteArray json = text();
    if (json.size() > maxPayload) {
        shown.title.clear();
        shown.phaseDetail.clear();
        json = text();
    }
    return json.size() > maxPayload ? QString() : QString::fromUtf8(json);
}

Expected<void> FleetBoard::say(PostgresConnection &connection, const QStringList &payloads)
{
    QStringList literals;
    for (const QString &text : payloads)
        literals.append(connection.literal(text));
    return connection.run({u"select pg_notify('"_s + channel + u"', said) from unnest(array["_s +
                           literals.join(u',') + u"]::text[]) said"_s});
}

Expected<void> FleetBoard::show(PostgresConnection &connection, const QList<SessionSnapshot> &sessions)
{
    QStringList payloads;
    for (const SessionSnapshot &session : sessions)
        if (const QString text = payload(session); !text.isEmpty())
            payloads.append(text);
    return payloads.isEmpty() ? Expected<void>() : say(connection, payloads);
}

bool FleetBoard::subscribe()
{
    const auto opened = m_watchdog.guard(callLimit, [this]() -> Expected<void> {
        auto connection = PostgresConnection::open(*m_listen, m_breaker);
        if (!connection)
            return connection.error();
        QSqlDriver *driver = (*connection)->db().driver();
        connect(driver, &QSqlDriver::notification, this,
                [this](const QString &, QSqlDriver::NotificationSource, const QVariant &said) {
                    heard(said.toString());
                });
        if (!driver->subscribeToNotification(channel))
            return postgresError(driver->lastError(), driver->isOpen());
        m_listener = std::move(*connection);
        return {};
    });
    if (!opened)
        qCWarning(storeLog).noquote() << "nothing is heard from the other nodes:" << opened.error().message;
    // Until its own voice comes back it is not known whether anything does: a pooler says yes and is silent.
    m_unheard = 1;
    m_lookDue = true;
    return opened.has_value();
}

Expected<void> FleetBoard::tick(PostgresConnection &connection)
{
    // A connection that died says nothing; only a question tells.
    if (m_listener && !m_watchdog.guard(callLimit, [this] { return m_listener->check(); }))
        m_listener.reset();
    const bool listens = m_listen && (m_listener || subscribe());
    if (listens && m_unheard > 0) {
        if (++m_unheard == maxUnheard)
            qCWarning(storeLog).noquote()
                << "LOQUAT_LISTEN_URL:" << m_listen->place()
                << "passes no notifications on; sessions of other nodes are looked up now and then";
        if (auto said = say(connection, {hello + m_nodeId}); !said)
            return said;
    }
    if (listens && m_unheard == 0 && !m_lookDue)
        return {};
    m_lookDue = !listens || m_unheard > 0;
    return look(connection);
}

void FleetBoard::heard(const QString &payload)
{
    if (payload.startsWith(hello)) {
        if (payload.sliced(hello.size()) == m_nodeId)
            m_unheard = 0;
        return;
    }
    const SessionSnapshot snapshot = snapshotFromJson(QJsonDocument::fromJson(payload.toUtf8()).object());
    if (!snapshot.sessionId.isEmpty() && snapshot.nodeId != m_nodeId)
        m_seen(snapshot);
}

Expected<void> FleetBoard::look(PostgresConnection &connection)
{
    const auto sessions =
        stored(connection, u"(s.status <> 'completed' or s.end_time > now() - interval '10 minutes') "
                           "order by s.status = 'completed', s.start_time desc limit "_s +
                               QString::number(maxLooked));
    if (!sessions)
        return sessions.error();
    QHash<QString, qint64> known;
    for (const SessionSnapshot &session : *sessions) {
        known.insert(session.sessionId, session.lastSeq);
        if (m_known.value(session.sessionId, -1) != session.lastSeq)
            m_seen(session);
    }
    m_known = known;
    return {};
}

Expected<void> FleetBoard::lookAt(PostgresConnection &connection, const QStringList &sessionIds)
{
    QStringList ids;
    for (const QString &id : sessionIds)
        ids.append(connection.literal(id));
    const auto sessions = ids.isEmpty() ? Expected<QList<SessionSnapshot>>(QList<SessionSnapshot>())
                                        : stored(connection, u"s.session_id in ("_s + ids.join(u',') + u')');
    if (!sessions)
        return sessions.error();
    for (const SessionSnapshot &session : *sessions)
        m_seen(session);
    return {};
}

Expected<QList<SessionSnapshot>> FleetBoard::stored(PostgresConnection &connection, const QString &which)
{
    QSqlQuery found(connection.db());
    if (!found.exec(
            u"select s.session_id, s.user_id, s.status, s.model, s.turns, s.last_seq, o.node_id, "_s +
            sqlMilliseconds(u"s.start_time"_s) + u", "_s +
            sqlMilliseconds(u"(select max(e.ts) from session_events e where e.session_id = s.session_id)"_s) +
            u" from sessions s join session_owners o using (session_id) join nodes n on n.node_id = "
            u"o.node_id "
            "where o.node_id <> "_s +
            connection.literal(m_nodeId) + u" and "_s + which))
        return postgresError(found.lastError(), connection.db().isOpen());
    QList<SessionSnapshot> sessions;
    while (found.next()) {
        SessionSnapshot snapshot;
        snapshot.sessionId = found.value(0).toString();
        snapshot.userId = found.value(1).toString();
        const QString status = found.value(2).toString();
        snapshot.status = status == nameOf(SessionStatus::Completed) ? SessionStatus::Completed
                          : status == nameOf(SessionStatus::Ending)  ? SessionStatus::Ending
                                                                     : SessionStatus::Active;
        snapshot.model = found.value(3).toString();
        snapshot.turns = found.value(4).toInt();
        snapshot.lastSeq = found.value(5).toLongLong();
        snapshot.nodeId = found.value(6).toString();
        snapshot.startedAtMs = found.value(7).toLongLong();
        snapshot.lastActivityMs = found.value(8).toLongLong();
        snapshot.connected = snapshot.status == SessionStatus::Active;
        sessions.append(snapshot);
    }
    return sessions;
}

} // namespace loquat
