// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/client_connection.h"
#include "gateway/client_frame.h"

namespace loquat {

/// A client of /ws/session/{session_id}: speaks a dialect, and may renew whom it proved to be.
class ChatConnection final : public ClientConnection
{
    Q_OBJECT

public:
    ChatConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                   const ClientSurroundings &surroundings, const SessionRequest &request, QObject *parent);

private:
    void begin() override;
    void heard(const QString &frame) override;
    void leaving() override;
    QStringList encode(const Outbound &message) override;
    [[nodiscard]] ClientHello hello() const override;
    void say(const ClientFrame &frame);
    void renew(const QByteArray &token);
    void renewed(const Expected<Identity> &found);

    static constexpr qsizetype maxFrames = 17; ///< as before the sign-in

    const Encode m_encode;
    bool m_renewing = false;
    QStringList m_said; ///< meanwhile: it counts in its order
};

} // namespace loquat
