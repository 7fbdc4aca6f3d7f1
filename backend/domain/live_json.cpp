// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/live_json.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTimeZone>

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array phaseNames{"idle",  "thinking", "streaming", "running_tool", "waiting_for_approval",
                                "failed"};
constexpr std::array storeNames{"off", "in_sync", "catching_up", "unreachable", "failing"};

template <typename Names, typename Value> Value named(const Names &names, const QString &name, Value fallback)
{
    for (size_t i = 0; i < names.size(); ++i)
        if (name == QLatin1StringView(names.at(i)))
            return Value(i);
    return fallback;
}

QString isoTime(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

qint64 msOf(const QJsonValue &time)
{
    const auto at = QDateTime::fromString(time.toString(), Qt::ISODateWithMs);
    return at.isValid() ? at.toMSecsSinceEpoch() : 0;
}

SessionStatus statusOf(const QString &name)
{
    if (name == nameOf(SessionStatus::Completed))
        return SessionStatus::Completed;
    return name == nameOf(SessionStatus::Ending) ? SessionStatus::Ending : SessionStatus::Active;
}

std::optional<qint64> number(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
}

} // namespace

QString nameOf(Phase phase)
{
    return QLatin1StringView(phaseNames.at(size_t(phase)));
}

QString nameOf(BackendStatus::Store state)
{
    return QLatin1StringView(storeNames.at(size_t(state)));
}

QJsonObject toJson(const SessionSnapshot &snapshot)
{
    QJsonObject json{{"session_id"_L1, snapshot.sessionId},
                     {"user_id"_L1, snapshot.userId},
                     {"model"_L1, snapshot.model},
                     {"protocol"_L1, snapshot.protocol},
                     {"node_id"_L1, snapshot.nodeId},
                     {"status"_L1, nameOf(snapshot.status)},
                     {"mode"_L1, nameOf(snapshot.mode)},
                     {"phase"_L1, nameOf(snapshot.phase)},
                     {"phase_detail"_L1, snapshot.phaseDetail},
                     {"connected"_L1, snapshot.connected},
                     {"start_time"_L1, isoTime(snapshot.startedAtMs)},
                     {"last_activity"_L1, isoTime(snapshot.lastActivityMs)},
                     {"last_seq"_L1, snapshot.lastSeq},
                     {"turns"_L1, snapshot.turns},
                     {"tool_calls_ok"_L1, snapshot.toolCallsOk},
                     {"tool_calls_failed"_L1, snapshot.toolCallsFailed},
                     {"queued"_L1, snapshot.queued},
                     {"usage"_L1, toJson(snapshot.usage)},
                     {"preview"_L1, snapshot.preview},
                     {"summary"_L1, snapshot.summary},
                     {"title"_L1, snapshot.title},
                     {"trouble"_L1, snapshot.trouble}};
    if (snapshot.left)
        json["left"_L1] = true;
    if (snapshot.moved)
        json["moved"_L1] = true;
    return json;
}

SessionSnapshot snapshotFromJson(const QJsonObject &json)
{
    SessionSnapshot snapshot;
    snapshot.sessionId = json["session_id"_L1].toString();
    snapshot.userId = json["user_id"_L1].toString();
    snapshot.model = json["model"_L1].toString();
    snapshot.protocol = json["protocol"_L1].toString();
    snapshot.nodeId = json["node_id"_L1].toString();
    snapshot.status = statusOf(json["status"_L1].toString());
    if (const auto mode = modeFromString(json["mode"_L1].toString()))
        snapshot.mode = *mode;
    snapshot.phase = named(phaseNames, json["phase"_L1].toString(), Phase::Idle);
    snapshot.phaseDetail = json["phase_detail"_L1].toString();
    snapshot.connected = json["connected"_L1].toBool(true);
    snapshot.startedAtMs = msOf(json["start_time"_L1]);
    snapshot.lastActivityMs = msOf(json["last_activity"_L1]);
    snapshot.lastSeq = json["last_seq"_L1].toInteger();
    snapshot.turns = json["turns"_L1].toInt();
    snapshot.toolCallsOk = json["tool_calls_ok"_L1].toInt();
    snapshot.toolCallsFailed = json["tool_calls_failed"_L1].toInt();
    snapshot.queued = json["queued"_L1].toInt();
    snapshot.usage = usageFromJson(json["usage"_L1].toObject());
    snapshot.preview = json["preview"_L1].toString();
    snapshot.summary = json["summary"_L1].toString();
    snapshot.title = json["title"_L1].toString();
    snapshot.trouble = json["trouble"_L1].toString();
    snapshot.left = json["left"_L1].toBool();
    snapshot.moved = json["moved"_L1].toBool();
    return snapshot;
}

QJsonObject toJson(const Delta &delta)
{
    QJsonObject json{{"session_id"_L1, delta.sessionId},
                     {"turn"_L1, delta.turn},
                     {"token"_L1, delta.text},
                     {"tokens"_L1, delta.tokens}};
    if (delta.whole)
        json["whole"_L1] = true;
    return json;
}

QJsonObject toJson(const FleetNode &node)
{
    return {{"node_id"_L1, node.nodeId},
            {"address"_L1, node.address},
            {"version"_L1, node.version},
            {"self"_L1, node.self},
            {"state"_L1, node.dead ? "presumed_dead"_L1 : "alive"_L1},
            {"start_time"_L1, isoTime(node.startedAtMs)},
            {"heartbeat"_L1, isoTime(node.heartbeatAtMs)},
            {"silent_ms"_L1, node.silentMs},
            {"sessions"_L1, node.sessions}};
}

FleetNode nodeFromJson(const QJsonObject &json)
{
    return {json["node_id"_L1].toString(),
            json["address"_L1].toString(),
            json["version"_L1].toString(),
            json["self"_L1].toBool(),
            json["state"_L1].toString() == "presumed_dead"_L1,
            msOf(json["start_time"_L1]),
            msOf(json["heartbeat"_L1]),
            json["silent_ms"_L1].toInteger(),
            json["sessions"_L1].toInt()};
}

QJsonObject toJson(const LiveBatch &batch)
{
    QJsonArray sessions;
    for (const SessionSnapshot &snapshot : batch.sessions)
        sessions.append(toJson(snapshot));
    QJsonArray stream;
    for (const auto &item : batch.stream) {
        if (const auto *event = std::get_if<Event>(&item))
            stream.append(QJsonObject{{"event"_L1, toJson(*event)}});
        else
            stream.append(QJsonObject{{"delta"_L1, toJson(std::get<Delta>(item))}});
    }
    return {{"sessions"_L1, sessions}, {"stream"_L1, stream}};
}

LiveBatch batchFromJson(const QJsonObject &json, qint64 atMs)
{
    LiveBatch batch;
    const QJsonArray sessions = json["sessions"_L1].toArray();
    for (const QJsonValue &each : sessions)
        batch.sessions.append(snapshotFromJson(each.toObject()));
    const QJsonArray stream = json["stream"_L1].toArray();
    for (const QJsonValue &each : stream) {
        const QJsonObject item = each.toObject();
        if (item.contains("event"_L1)) {
            if (const auto event = eventFromJson(item["event"_L1].toObject()))
                batch.stream.append(*event);
        } else if (const QJsonObject delta = item["delta"_L1].toObject(); !delta.isEmpty()) {
            batch.stream.append(Delta{delta["session_id"_L1].toString(), delta["turn"_L1].toInt(),
                                      delta["token"_L1].toString(), delta["tokens"_L1].toInt(), atMs,
                                      delta["whole"_L1].toBool()});
        }
    }
    return batch;
}

QJsonObject toJson(const BackendStatus &status)
{
    QJsonObject json{{"address"_L1, status.address},
                     {"open_sessions"_L1, status.openSessions},
                     {"streaming_sessions"_L1, status.streamingSessions},
                     {"tokens_per_second"_L1, status.tokensPerSecond},
                     {"model"_L1, status.model},
                     {"model_simulated"_L1, status.modelSimulated},
                     {"model_ok"_L1, status.modelOk},
                     {"model_detail"_L1, status.modelDetail},
                     {"store"_L1, nameOf(status.store)},
                     {"store_name"_L1, status.storeName},
                     {"store_detail"_L1, status.storeDetail},
                     {"store_queued"_L1, status.storeQueued},
                     {"nodes_trouble"_L1, status.nodesTrouble},
                     {"partial"_L1, !status.notice.isEmpty()},
                     {"notice"_L1, status.notice.isEmpty() ? QJsonValue() : QJsonValue(status.notice)}};
    QJsonArray nodes;
    for (const FleetNode &node : status.nodes)
        nodes.append(toJson(node));
    json["nodes"_L1] = nodes;
    if (status.ttftP50Ms)
        json["ttft_p50_ms"_L1] = *status.ttftP50Ms;
    if (status.ttftP99Ms)
        json["ttft_p99_ms"_L1] = *status.ttftP99Ms;
    return json;
}

BackendStatus statusFromJson(const QJsonObject &json)
{
    BackendStatus status;
    status.address = json["address"_L1].toString();
    status.openSessions = json["open_sessions"_L1].toInt();
    status.streamingSessions = json["streaming_sessions"_L1].toInt();
    status.tokensPerSecond = json["tokens_per_second"_L1].toDouble();
    status.ttftP50Ms = number(json["ttft_p50_ms"_L1]);
    status.ttftP99Ms = number(json["ttft_p99_ms"_L1]);
    status.model = json["model"_L1].toString();
    status.modelSimulated = json["model_simulated"_L1].toBool();
    status.modelOk = json["model_ok"_L1].toBool(true);
    status.modelDetail = json["model_detail"_L1].toString();
    status.store = named(storeNames, json["store"_L1].toString(), BackendStatus::Store::JournalOnly);
    status.storeName = json["store_name"_L1].toString();
    status.storeDetail = json["store_detail"_L1].toString();
    status.storeQueued = json["store_queued"_L1].toInteger();
    status.nodesTrouble = json["nodes_trouble"_L1].toString();
    status.notice = json["notice"_L1].toString();
    const QJsonArray nodes = json["nodes"_L1].toArray();
    for (const QJsonValue &node : nodes)
        status.nodes.append(nodeFromJson(node.toObject()));
    return status;
}

QJsonObject toJson(const Error &error)
{
    return {{"code"_L1, error.code},
            {"message"_L1, error.message},
            {"remedy"_L1, error.remedy},
            {"retryable"_L1, error.retryable}};
}

Error errorFromJson(const QJsonObject &json)
{
    return {json["code"_L1].toString(), json["message"_L1].toString(), json["remedy"_L1].toString(),
            json["retryable"_L1].toBool()};
}

} // namespace loquat
