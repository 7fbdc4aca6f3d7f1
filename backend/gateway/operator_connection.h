// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/operator_parts.h"

#include <QObject>
#include <QTimer>
#include <QWebSocket>

#include <memory>

namespace loquat {

/// One operator's console at /ws/operator. JSON in text frames.
///
/// From the server: {"type":"auth_required"} where the token is owed, {"type":"hello","version","status"},
/// {"type":"snapshot","sessions","more"} in pieces, and from then on {"type":"batch","sessions","stream"},
/// {"type":"status","status"} once a second,
/// {"type":"gap"} where batches were left out for a slow reader (a snapshot follows). Shapes as in
/// live_json.h.
///
/// From the operator, with any `id` the answer repeats:
///   {"type":"auth","token"}                           first, where the upgrade brought no token
///   {"type":"command","id","session_id","command",…}  → {"type":"result","id","ok"} or with "error"
///   {"type":"load_events","id","session_id","after"?,"limit"?}
///                                                     → {"type":"events","id","session_id","events","more"}
///   {"type":"watch","id"?,"session_ids"}              these instead of those before: what their running
///                                                     replies have said so far comes as deltas that are
///                                                     "whole", and what happens in those that other nodes
///                                                     lead comes in batches → {"type":"result"} if it has an
///                                                     id
///   {"type":"ping"}                                   → {"type":"pong"}
/// A connection of another node (relay_request.h) is told of what is led here, and only of what it watches.
/// Deletes itself when the socket is gone.
class OperatorConnection final : public QObject
{
    Q_OBJECT

public:
    struct Viewer
    {
        quint64 id = 0;      ///< of its own, not 0
        bool asNode = false; ///< it is another node
    };

    OperatorConnection(std::unique_ptr<QWebSocket> socket, OperatorAccess access, Viewer viewer,
                       OperatorParts &parts, QObject *context, QObject *parent);
    ~OperatorConnection() override;

    [[nodiscard]] bool isProven() const { return m_proven; }
    [[nodiscard]] bool isNode() const { return m_viewer.asNode; }
    static QString frameOf(const LiveBatch &batch);
    /// `frame`: of frameOf(), made once for all operators.
    void batch(const QString &frame, bool gapped);
    /// For a node: of `batch` what it watches.
    void batch(const LiveBatch &batch, bool gapped);
    void tellStatus(const QString &frame);
    /// Called every limits.heartbeat.
    void beat();
    void close(QWebSocketProtocol::CloseCode code, const QString &why);

Q_SIGNALS:
    void proven();

private:
    void received(const QString &text);
    void prove(const QJsonObject &frame);
    void begin();
    void sendSnapshot();
    void runCommand(const QJsonObject &frame);
    void loadEvents(const QJsonObject &frame);
    void watch(const QJsonObject &frame);
    void refuse(const QJsonValue &id, const Error &error);
    void send(const QJsonObject &frame);
    [[nodiscard]] bool admits(const QJsonValue &id);

    std::unique_ptr<QWebSocket> m_socket;
    OperatorParts &m_parts;
    QObject *m_context; ///< where the stores answer; outlives this
    QTimer m_proofTime;
    const Viewer m_viewer;
    QStringList m_watched;
    bool m_proven = false;
    bool m_gapped = false;
    int m_pending = 0;
    bool m_alive = true; ///< since it last was looked at
    std::chrono::milliseconds m_silent{0};
};

} // namespace loquat
