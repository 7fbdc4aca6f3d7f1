// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QNetworkRequest>
#include <QObject>

#include <memory>
#include <vector>

class QNetworkAccessManager;
class QNetworkReply;

namespace loquat {

/// Posts requests of which any number may stream at once. A QNetworkAccessManager alone would open six
/// connections to a host and let the seventh reply wait for one to end, so requests are spread over lanes of
/// at most six. For http a lane is a peer-verify name of its own, which makes a manager open further
/// connections and has no effect without TLS; a manager is a thread, which looks at all its connections for
/// each thing that comes, so every few lanes get one of their own. For https a lane is a further manager, or,
/// once the host is known to speak HTTP/2, many streams of one. Used from one thread; give each its own.
class UpstreamPool : public QObject
{
    Q_OBJECT

public:
    static constexpr int requestsPerLane = 6; ///< what QNetworkAccessManager opens over HTTP/1.1
    static constexpr int plainLanesPerManager = 16;
    static constexpr int requestsPerHttp2Lane = 64; ///< below the 100 streams that servers commonly allow

    explicit UpstreamPool(QObject *parent = nullptr);
    ~UpstreamPool() override;

    /// The caller owns the reply; deleting or aborting it frees its place. The pool must outlive it.
    [[nodiscard]] QNetworkReply *post(QNetworkRequest request, const QByteArray &body);
    /// Lets a reply whose content has been read end by itself, so that its connection can be used again;
    /// takes ownership. A server that does not come to an end is cut off.
    void drain(QNetworkReply *reply);

    [[nodiscard]] int running() const;
    [[nodiscard]] int lanes() const { return int(m_lanes.size()); }
    [[nodiscard]] int managers() const;

private:
    struct Lane
    {
        QString host; ///< scheme, name and port
        QString peerName;
        QNetworkAccessManager *manager = nullptr;
        int number = 0;
        int capacity = requestsPerLane;
        int running = 0;
    };

    QNetworkAccessManager *makeManager();
    QNetworkAccessManager *plainManager(int lane);
    Lane &laneFor(const QUrl &url);
    void release(Lane *lane);
    void removeIdleLanes(const QString &host);
    /// `host` speaks HTTP/2: its lanes take more from now on.
    void widen(const QString &host);

    std::vector<QNetworkAccessManager *> m_plain; ///< of the lanes for http; only the first stays for good
    std::vector<std::unique_ptr<Lane>> m_lanes;   ///< in the order of their numbers per host
};

} // namespace loquat
