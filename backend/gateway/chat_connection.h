// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/client_connection.h"
#include "gateway/client_frame.h"

namespace loquat {

/// A client of /ws/session/{session_id}: speaks a dialect, and may sign in by its first frame.
class ChatConnection final : public ClientConnection
{
    Q_OBJECT

public:
    ChatConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                   const ClientSurroundings &surroundings, const SessionRequest &request, QObject *parent);

private:
    void begin() override;
    void heard(const QString &frame) override;
    QStringList encode(const Outbound &message) override;
    [[nodiscard]] ClientHello hello() const override;
    void take(const ClientFrame &frame);
    void say(const ClientFrame &frame);
    void signIn(const QByteArray &token);
    void signedIn(const Expected<Identity> &found);

    static constexpr qsizetype maxHeldFrames = 16;

    QList<ClientFrame> m_held; ///< what it said while its token was looked at
    bool m_signingIn = false;
};

} // namespace loquat
