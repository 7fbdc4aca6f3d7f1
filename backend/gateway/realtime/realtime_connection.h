// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/client_connection.h"
#include "gateway/realtime/translation.h"

namespace loquat {

/// A client of /v1/realtime. Its session is one like all others; only who asks for replies, and how that is
/// said, is different.
class RealtimeConnection final : public ClientConnection
{
    Q_OBJECT

public:
    RealtimeConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                       const ClientSurroundings &surroundings, const SessionRequest &request,
                       QObject *parent);

private:
    void begin() override { attach(); }
    void heard(const QString &frame) override;
    void refuseFrame(const QString &frame, const Error &why) override;
    QStringList encode(const Outbound &message) override { return m_translation.encode(message); }
    [[nodiscard]] ClientHello hello() const override;

    void take(const realtime::SessionUpdate &said, const QString &eventId, Session &session);
    void take(const realtime::MessageCreate &said, const QString &eventId, Session &session);
    void take(const realtime::CallOutputCreate &said, const QString &eventId, Session &session);
    void take(const realtime::ItemRetrieve &said, const QString &eventId, Session &session);
    void take(const realtime::ResponseCreate &said, const QString &eventId, Session &session);
    void take(const realtime::ResponseCancel &said, const QString &eventId, Session &session);
    /// The id for a new item at the end of the conversation; empty: it was refused.
    QString placeFor(const QString &itemId, const QString &previousItemId, const QString &eventId);
    void refuse(const QString &code, const QString &message, const QString &param, const QString &eventId);

    realtime::Translation m_translation;
    ReplyWishes m_wishes; ///< of the session; a response may have others
};

} // namespace loquat
