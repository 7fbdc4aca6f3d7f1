// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QNetworkRequest>
#include <QObject>

#include <memory>
#include <vector>

class QNetworkReply;

namespace loquat {

class UpstreamManager;

/// Posts requests of which any number may stream at once. A QNetworkAccessManager opens six connections to a
/// host and lets the seventh reply wait for one to end, so requests are spread over lanes, each a manager: of
/// at most six, or, once the host is known to speak HTTP/2, many streams of one connection. Plain HTTP has no
/// such bound (UpstreamManager) and one lane. Used from one thread; give each its own.
class UpstreamPool : public QObject
{
    Q_OBJECT

public:
    static constexpr int requestsPerLane = 6;       ///< what QNetworkAccessManager opens over HTTP/1.1
    static constexpr int requestsPerHttp2Lane = 64; ///< below the 100 streams that servers commonly allow

    explicit UpstreamPool(QObject *parent = nullptr);
    ~UpstreamPool() override;

    /// The caller owns the reply; deleting or aborting it frees its place. The pool must outlive it.
    [[nodiscard]] QNetworkReply *post(const QNetworkRequest &request, const QByteArray &body);
    /// Lets a reply whose content has been read end by itself, so that its connection can be used again;
    /// takes ownership. A server that does not come to an end is cut off.
    void drain(QNetworkReply *reply);

    [[nodiscard]] int running() const;
    [[nodiscard]] int lanes() const { return int(m_lanes.size()); }

private:
    struct Lane
    {
        QString host; ///< scheme, name and port, and whether there is a password
        UpstreamManager *manager = nullptr;
        int capacity = requestsPerLane;
        int running = 0;
    };

    Lane &laneFor(const QUrl &url);
    void release(Lane *lane);
    /// `host` speaks HTTP/2: its lanes take more from now on.
    void widen(const QString &host);

    std::vector<std::unique_ptr<Lane>> m_lanes; ///< the oldest first
};

} // namespace loquat
