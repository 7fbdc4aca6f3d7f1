// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/upstream/host_dialer.h"
#include "llm/upstream/idle_sockets.h"
#include "llm/upstream/response_parser.h"

#include <QNetworkReply>

namespace loquat {

/// The reply to a request over plain HTTP/1.1 that is read from its socket on the caller's own thread, as a
/// QNetworkReply. A status of 400 or more is not an error() here: who reads it looks at the status. It does
/// not redirect, decompress or authenticate, and knows neither transferTimeout() nor progress.
class PlainReply final : public QNetworkReply
{
    Q_OBJECT

public:
    /// `bytes`: the request as it goes over the wire. `idle` is where its connection comes from and goes to;
    /// it outlives all but the destructor.
    PlainReply(const QNetworkRequest &request, const QByteArray &bytes, IdleSockets &idle, QObject *parent);
    ~PlainReply() override;

    void abort() override;
    [[nodiscard]] qint64 bytesAvailable() const override;
    [[nodiscard]] bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 most) override;

private:
    void begin();
    void connectAnew();
    void adopt(SocketOwner socket);
    void send();
    void read();
    void tellHead();
    void letGo();
    void lost(QAbstractSocket::SocketError error);
    /// The reply is over; its connection is free.
    void settle(NetworkError error = NoError, const QString &why = {});
    void tellEnd();

    IdleSockets &m_idle;
    SocketOwner m_socket;
    std::unique_ptr<HostDialer, DeleteLater> m_dialer; ///< while there is no connection
    QByteArray m_request;                              ///< until it cannot be needed again
    ResponseParser m_response;
    QByteArray m_content;      ///< that nobody has read yet
    qsizetype m_taken = 0;     ///< of it
    bool m_isUsed = false;     ///< the connection had a request before
    bool m_isAnswered = false; ///< something came
};

} // namespace loquat
