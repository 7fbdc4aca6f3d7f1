// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/upstream/idle_sockets.h"
#include "llm/upstream/request_bytes.h"

#include <QNetworkAccessManager>

namespace loquat {

/// A QNetworkAccessManager whose send() reads plain HTTP, which is what a model on this machine or in this
/// network speaks, on the caller's thread and over any number of connections. Qt's own would hand each piece
/// of a stream from a thread to the other, and open six connections to a host. Everything else is Qt's.
class UpstreamManager final : public QNetworkAccessManager
{
    Q_OBJECT

public:
    explicit UpstreamManager(QObject *parent = nullptr);

    /// Posts `body`. The reply is a child of this.
    [[nodiscard]] QNetworkReply *send(const QNetworkRequest &request, const QByteArray &body);

    /// Whether a send() to there is read in that way: no TLS, no proxy, no password in the URL.
    [[nodiscard]] static bool isPlain(const QUrl &url);

private:
    IdleSockets m_idle;
    RequestBytes m_bytes;
};

} // namespace loquat
