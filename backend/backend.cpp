// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend.h"

#include "domain/live_json.h"
#include "domain/same_secret.h"
#include "gateway/operator_access.h"

#include <QCoreApplication>
#include <QDateTime>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

QString hostForUrl(const QHostAddress &host)
{
    return host.protocol() == QAbstractSocket::IPv6Protocol ? u"[%1]"_s.arg(host.toString())
                                                            : host.toString();
}

} // namespace

Backend::Backend(BackendParts parts)
    : m_parts(std::move(parts))
    , m_metrics(QCoreApplication::applicationVersion())
    , m_traces(m_parts.traces ? std::make_unique<OtlpExporter>(*m_parts.traces) : nullptr)
    , m_observer(m_feed, m_operatorFeed, m_live, m_statistics, m_metrics, m_traces.get(),
                 m_parts.announce ? [this](const SessionSnapshot &snapshot) { announce(snapshot); }
                                  : ObserverFan::Announce(),
                 [this] { QMetaObject::invokeMethod(this, &Backend::recoverUnfinished); })
{
    if (m_parts.locator && m_parts.directory)
        m_fleet = std::make_unique<FleetView>(
            FleetView::Parts{*m_parts.locator, *m_parts.directory, m_parts.operatorToken, m_feed});
}

void Backend::announce(const SessionSnapshot &snapshot)
{
    if (snapshot.moved) { // others tell of it
        if (m_fleet)
            m_fleet->movedAway(snapshot);
        return;
    }
    if (m_fleet)
        m_fleet->ledHere(snapshot.sessionId);
    m_parts.announce(snapshot);
}

Backend::~Backend()
{
    stop();
}

void Backend::stop()
{
    m_stopping = true;
    // It answers in the gateway's threads.
    if (m_parts.locator)
        m_parts.locator->silence();
    if (m_desk)
        m_desk->stop(); // it asks the gateway
    if (m_gateway)
        m_gateway->stop();
}

void Backend::serveOperators()
{
    if (!m_parts.history || !m_parts.tail)
        return;
    m_desk = std::make_unique<OperatorDesk>(
        OperatorParts{.history = *m_parts.history,
                      .tail = *m_parts.tail,
                      .feed = m_operatorFeed,
                      .live = m_live,
                      .command =
                          [this](const QString &id, const Command &command, QObject *context,
                                 std::function<void(Expected<void>)> done) {
                              this->command(id, command, context, std::move(done));
                          },
                      .status = [this] { return status(); },
                      .exportSession = m_parts.exportSession,
                      .policy = {m_parts.operatorToken, m_parts.host.isLoopback()},
                      .headersFor = [origins = m_parts.door.origins](
                                        const QByteArray &origin) { return origins.corsHeaders(origin); },
                      .limits = m_parts.api,
                      .commandHere =
                          [this](const QString &id, const Command &command, QObject *context,
                                 std::function<void(Expected<void>)> done) {
                              m_gateway->command(id, command, context, std::move(done));
                          },
                      .retell = [this](const QString &id) { m_gateway->retell(id); },
                      .fleet = m_fleet.get(),
                      .counters = m_counters});
    m_desk->start();
    m_gateway->setOperators(
        [desk = m_desk.get()](FrontDoor::TakeSocket take, const RequestHead &head) {
            desk->handOver(std::move(take), head);
        },
        m_desk->thread());
}

Expected<QUrl> Backend::start()
{
    m_gateway = std::make_unique<Gateway>(
        GatewayParts{m_parts.makeModel, m_parts.makeTools, m_parts.log, m_parts.archive, m_observer,
                     m_parts.session, m_parts.limits, m_parts.dialect, m_parts.door, m_counters,
                     m_parts.locator, [this](std::chrono::nanoseconds by) { m_metrics.loopDelayed(by); }},
        httpParts(), m_parts.threads);
    // Asked before the first client can open a session, so that what is live now is not taken for left
    // behind.
    recoverUnfinished();
    serveOperators();
    const auto port = m_gateway->start(m_parts.host, m_parts.port);
    if (!port)
        return port.error();
    const QString authority = u"%1:%2"_s.arg(hostForUrl(m_parts.host)).arg(*port);
    const QString secure = m_parts.door.tls ? u"s"_s : QString();
    m_address = u"ws%1://%2"_s.arg(secure, authority);
    return QUrl(u"http%1://%2"_s.arg(secure, authority));
}

void Backend::recoverUnfinished()
{
    if (m_stopping)
        return;
    m_parts.archive.unfinished(this, [this](const Expected<QStringList> &sessionIds) {
        if (!sessionIds)
            return;
        if (m_parts.locator)
            m_parts.locator->claim(*sessionIds, this, [this](const QStringList &mine) { recover(mine); });
        else
            recover(*sessionIds);
    });
}

void Backend::recover(const QStringList &sessionIds)
{
    if (m_gateway && !m_stopping)
        m_gateway->recover(sessionIds);
}

void Backend::letGo(const QString &sessionId, const QString &owner)
{
    if (m_gateway)
        m_gateway->letGo(sessionId, owner);
}

void Backend::shutDown(std::function<void()> done)
{
    m_stopping = true;
    if (!m_gateway)
        return done();
    m_gateway->shutDown(turnBound, shutdownBound, [this, done = std::move(done)] {
        stop();
        done();
    });
}

void Backend::endNow(std::function<void(bool)> done)
{
    m_stopping = true;
    if (m_gateway)
        m_gateway->endNow(endNowBound, std::move(done));
    else
        done(true);
}

BackendStatus Backend::status() const
{
    BackendStatus status;
    status.address = m_address;
    status.model = m_parts.modelName;
    status.modelSimulated = m_parts.modelSimulated;
    m_statistics.fill(status, QDateTime::currentMSecsSinceEpoch());
    const StoreHealth store = m_parts.storeHealth();
    status.store = store.state;
    status.storeName = store.name;
    status.storeDetail = store.detail;
    status.storeQueued = store.queued;
    if (m_fleet) {
        status.nodes = m_fleet->nodes();
        status.nodesTrouble = m_fleet->trouble();
        status.notice = m_fleet->notice();
    }
    return status;
}

HttpParts Backend::httpParts() const
{
    HttpParts parts{[this] { return readiness(); }, [this] { return metrics(); }};
    parts.api = m_parts.api;
    // What a service does and costs is its operators' business.
    parts.refuseMetrics = [token = m_parts.operatorToken.toUtf8(), loopback = m_parts.host.isLoopback(),
                           counters = m_counters](QByteArrayView authorization,
                                                  bool forwarded) -> std::optional<Refusal> {
        const QString what = u"The metrics are not for everybody."_s;
        if (token.isEmpty() && loopback && !forwarded)
            return {};
        if (!token.isEmpty() && sameSecret(bearerOf(authorization), token))
            return {};
        counters->count(Refused::Credentials);
        if (token.isEmpty())
            return Refusal{403,
                           {u"operator_token_not_set"_s, what,
                            u"Set LOQUAT_OPERATOR_TOKEN and send it as 'Authorization: Bearer'."_s, false}};
        return Refusal{401,
                       {u"operator_token_needed"_s, what,
                        u"Send the operator token as 'Authorization: Bearer'."_s, false}};
    };
    return parts;
}

QByteArray Backend::metrics() const
{
    const BackendStatus now = status();
    const StoreHealth store = m_parts.storeHealth();
    MetricsReadings readings;
    readings.sessionsOpen = now.openSessions;
    readings.sessionsStreaming = now.streamingSessions;
    readings.connections = m_gateway->connections();
    readings.summariesWaiting = m_observer.putOff();
    for (const SessionSnapshot &session : m_live.all()) {
        readings.summariesWaiting += session.status == SessionStatus::Ending ? 1 : 0;
        if (session.mode == Mode::Ai) // else they wait for a person
            readings.messagesWaiting += session.queued;
        readings.approvalsWaiting += session.phase == Phase::WaitingForApproval ? 1 : 0;
    }
    readings.journalOk = store.journalOk;
    readings.journalQueued = store.journalQueued;
    if (store.state != BackendStatus::Store::JournalOnly) {
        readings.replicaQueued = store.queued;
        readings.replicaLagSeconds = store.lagSeconds;
        readings.replicaRejected = store.rejected;
    }
    if (m_traces) {
        readings.spansDropped = m_traces->spansDropped();
        readings.traceEventsDropped = m_traces->eventsDropped();
    }
    readings.refused = m_counters->all();
    return m_metrics.text(readings);
}

Readiness Backend::readiness() const
{
    const BackendStatus now = status();
    QJsonObject model{{"state"_L1, now.modelOk ? "ok"_L1 : "failing"_L1},
                      {"name"_L1, now.model},
                      {"simulated"_L1, now.modelSimulated}};
    // Its words may repeat what somebody said, and anybody may ask here.
    if (!now.modelCode.isEmpty())
        model["code"_L1] = now.modelCode;
    const StoreHealth store = m_parts.storeHealth();
    const bool journalOk = store.journalOk;
    QJsonObject replica{{"state"_L1, nameOf(now.store)}, {"queued"_L1, now.storeQueued}};
    if (now.store != BackendStatus::Store::JournalOnly) {
        replica["name"_L1] = now.storeName;
        replica["lag_seconds"_L1] = store.lagSeconds;
    }
    if (!now.storeDetail.isEmpty())
        replica["detail"_L1] = now.storeDetail;
    // A conversation needs the journal; the replica catches up and the model may come back, so neither makes
    // the service unready.
    return {journalOk,
            {{"journal"_L1, QJsonObject{{"state"_L1, journalOk ? "ok"_L1 : "failing"_L1}}},
             {"replica"_L1, replica},
             {"model"_L1, model}}};
}

} // namespace loquat
