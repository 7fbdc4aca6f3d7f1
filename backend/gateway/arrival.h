// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits.h"
#include "store/api/session_locator.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWebSocket>

#include <memory>

namespace loquat {

/// A client whose session may be led by another node: keeps what it says until that is known, reaches that
/// node if it is another, then hands it on. A node that cannot be reached is asked for again, since another
/// takes over from one that died. Deletes itself.
class Arrival final : public QObject
{
    Q_OBJECT

public:
    using Socket = std::unique_ptr<QWebSocket>;
    struct Handover
    {
        std::function<void(Socket client, const QStringList &said)> here;
        std::function<void(Socket client, Socket node, const QStringList &said)> there;
    };

    /// `context`: for the locator, see there. `said`: what the client said already.
    Arrival(Socket client, QString sessionId, SessionLocator &locator, QObject *context,
            const GatewayLimits &limits, Handover handover, QStringList said, QObject *parent);
    ~Arrival() override;

private:
    void locate();
    void located(const std::optional<QUrl> &where);
    void reach(const QUrl &node);
    void lookAgain();
    void keep(const QString &frame);
    void giveUp();
    void finish();

    Socket m_client;
    Socket m_node; ///< on its way
    const QString m_sessionId;
    SessionLocator &m_locator;
    QObject *m_context;
    const GatewayLimits &m_limits;
    const Handover m_handover;
    const bool m_relayed; ///< it comes from another node, which was told that this one leads the session
    QStringList m_said;
    qsizetype m_saidCharacters = 0;
    QElapsedTimer m_since;
    QTimer m_timer; ///< for what is waited for: an answer, a node, the next look
    int m_look = 0; ///< counts, to tell a late answer
};

} // namespace loquat
