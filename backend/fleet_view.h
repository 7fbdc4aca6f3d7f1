// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"
#include "far_follow.h"
#include "gateway/operator_fleet.h"
#include "node_line.h"
#include "session/live_sessions.h"
#include "store/api/fleet_directory.h"
#include "store/api/session_locator.h"

#include <QMutex>

#include <unordered_map>

namespace loquat {

/// What this node knows of the others and of the sessions they lead, and does about them. Of a session that
/// somebody watches here it holds a line to the node that leads it: everything comes over it as it is said,
/// and commands go over it. Where there is none the database tells, message by message.
///
/// Lives in the backend's thread; what OperatorFleet promises, and command(), may be called from any.
class FleetView final : public QObject, public OperatorFleet
{
    Q_OBJECT

public:
    using Done = std::function<void(Expected<void>)>;
    struct Parts
    {
        SessionLocator &locator;
        FleetDirectory &directory;
        QString token;     ///< that operators need; the same on all nodes
        LiveFeed &console; ///< is told what feed() tells
        NodeLine::Pace pace = {};
    };
    static constexpr quint64 console = 0;       ///< the viewer in this process; others are above
    static constexpr qsizetype maxWatched = 64; ///< at once, by all together; more are not followed
    static constexpr qsizetype maxLines = 32;
    static constexpr qsizetype maxSessions = maxFarSessions; ///< listed; of more notice() tells

    /// The parts outlive it; the locator and the directory are silent before it goes.
    explicit FleetView(Parts parts);
    ~FleetView() override;

    /// A session of another node has changed, as the database tells.
    void seen(SessionSnapshot snapshot);
    /// A session is this node's.
    void ledHere(const QString &sessionId) { m_live.forget(sessionId); }
    /// A session was this node's; another leads it by now. Thread-safe.
    void movedAway(const SessionSnapshot &snapshot);
    void takeRoster(const Expected<QList<FleetNode>> &nodes);

    [[nodiscard]] QList<FleetNode> nodes() const;
    [[nodiscard]] QString trouble() const; ///< why they are not known
    /// That the others lead more than are listed; empty: they do not.
    [[nodiscard]] QString notice() const;
    /// By the node that leads the session. Where none does: `otherwise`. Errors also node_unreachable, and
    /// connection_lost: it may have been done.
    void command(const QString &sessionId, const Command &command, QObject *context, Done done,
                 const Error &otherwise);

    [[nodiscard]] QList<SessionSnapshot> sessions() const override { return m_live.all(); }
    [[nodiscard]] std::optional<SessionSnapshot> find(const QString &sessionId) const override
    {
        return m_live.find(sessionId);
    }
    void watch(quint64 viewer, const QStringList &sessionIds) override;
    void events(const EventQuery &query, QObject *context, SessionHistory::Events found) override;
    LiveFeed &feed() override { return m_feed; }

private:
    struct Watched
    {
        QString nodeId;
        std::unique_ptr<FarFollow> follow;
        std::optional<bool> live = {}; ///< by the line, or by the database
    };

    void look(quint64 viewer, const QStringList &sessionIds);
    void attach(const QString &sessionId);
    void attachViewers(const QString &sessionId);
    void chooseWay(Watched &watched);
    void tellWatched(const QString &nodeId);
    void put(SessionSnapshot snapshot);
    bool makeRoomFor(const SessionSnapshot &snapshot);
    bool dropOldest(qint64 before);
    void lineChanged(const QString &nodeId);
    void lineSaid(const QString &nodeId, const LiveBatch &batch);
    void lineGapped(const QString &nodeId);
    void runCommand(const FleetNode &node, const QString &sessionId, const Command &command,
                    const Done &done);
    void load(const EventQuery &query, const SessionHistory::Events &found);
    void readDatabase(const EventQuery &query, const SessionHistory::Events &found);
    [[nodiscard]] std::optional<FleetNode> node(const QString &nodeId) const;
    NodeLine *lineTo(const FleetNode &node);
    void findNode(const QString &sessionId);
    NodeLine *openLine(const QString &nodeId);
    void sweep();
    template <typename Item> void publish(const Item &item)
    {
        m_parts.console.publish(item);
        m_feed.publish(item);
    }

    const Parts m_parts;
    LiveFeed m_feed;
    LiveSessions m_live;
    mutable QMutex m_mutex;
    QList<FleetNode> m_nodes; ///< by m_mutex
    QString m_trouble;        ///< by m_mutex
    bool m_leftOut = false;   ///< sessions; by m_mutex
    QHash<quint64, QStringList> m_viewers;
    std::unordered_map<QString, Watched> m_watched;
    std::unordered_map<QString, std::unique_ptr<NodeLine>> m_lines;
    QTimer m_sweep;
};

} // namespace loquat
