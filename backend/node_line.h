// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/fleet_node.h"
#include "gateway/operator_client.h"

#include <QElapsedTimer>

namespace loquat {

/// This node's line to another, over that one's /ws/operator and with the operators' token: says in words why
/// it is not there when it is not.
class NodeLine final : public QObject
{
    Q_OBJECT

public:
    struct Pace
    {
        OperatorClient::Pace client{std::chrono::milliseconds(500), std::chrono::milliseconds(10'000),
                                    std::chrono::milliseconds(5'000)};
        std::chrono::milliseconds linger{30'000}; ///< it stays open for so long after its last use
    };

    /// Does not connect before it is used.
    NodeLine(const FleetNode &node, const QString &token, const Pace &pace);

    [[nodiscard]] const FleetNode &node() const { return m_node; }
    [[nodiscard]] bool isUp() const { return m_client.isWelcome(); }
    [[nodiscard]] bool isIdle() const;
    /// A sentence with the remedy; empty: it is up, or not tried yet.
    [[nodiscard]] QString trouble() const { return m_trouble; }

    /// Connects; where an attempt failed, after a while.
    void use();
    /// The node was heard of: if it could not be reached, now it may.
    void heardOf();
    /// Keeps it connected for as long as there is one.
    void watch(const QStringList &sessionIds);
    /// Tries at once. Errors: the node's own, node_unreachable, connection_lost.
    void command(const QString &sessionId, const Command &command, OperatorClient::Done done);
    void loadEvents(const EventQuery &query, SessionHistory::Events found);

Q_SIGNALS:
    void changed(); ///< isUp(), trouble()
    void batch(const loquat::LiveBatch &batch);
    void gapped();

private:
    void lost(const QString &why);
    [[nodiscard]] bool refusesToken() const; ///< as the connection was last lost
    [[nodiscard]] Error unreachable() const;

    const FleetNode m_node;
    const Pace m_pace;
    OperatorClient m_client;
    QString m_why;
    QString m_trouble;
    bool m_watches = false;
    QElapsedTimer m_used;
    QElapsedTimer m_lost;
};

} // namespace loquat
