// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/realtime/response.h"
#include "session/outbound.h"

namespace loquat::realtime {

/// One connection's side of the Realtime protocol: what a session tells becomes server events, and what the
/// client asked for is remembered until the session answers. Knows no socket and no session.
class Translation
{
public:
    /// `idBase` tells this connection's ids from those of others. `beta`: see putAsBeta().
    explicit Translation(const QString &idBase, bool beta = false)
        : m_events(idBase, beta)
    {
    }
    Q_DISABLE_COPY_MOVE(Translation)

    /// One frame per string.
    QStringList encode(const Outbound &message);

    // What the client said, to be told when the session has answered. They return the `ref` for it.
    QString expectItem(const QJsonObject &item, const QString &eventId);
    QString expectReply(const QJsonObject &metadata, const QString &eventId);
    QString expectCancel(const QString &eventId);
    /// For an event that was not taken.
    static QString expectRefusal(const QString &eventId);

    QString newItemId();
    /// As it is now, also while it grows.
    [[nodiscard]] std::optional<QJsonObject> find(const QString &itemId) const;
    /// Whether there is such an item, or will be.
    [[nodiscard]] bool knows(const QString &itemId) const;
    /// Whether the next item comes after this one.
    [[nodiscard]] bool isNewest(const QString &itemId) const;
    /// Of the response that runs; empty: none does.
    [[nodiscard]] QString responseId() const { return m_response ? m_response->id() : QString(); }

    // What is answered without the session's help.
    QStringList fault(const Fault &fault);
    /// At once, or when the session has answered to an item that is on its way.
    QStringList retrieve(const QString &itemId, const QString &eventId);
    QStringList updated(const ReplyWishes &wishes);

private:
    struct Expected
    {
        QString eventId;
        QJsonObject about; ///< the item, or the metadata
    };
    struct Retrieval
    {
        QString itemId;
        QString eventId;
    };

    void begin(const outbound::SessionStarted &started);
    void recall(const QJsonObject &snapshot);
    void noted(const QString &ref);
    void retrieved(const QJsonObject &item);
    void notFound(const QString &eventId);
    /// The `event_id`s of those who asked for an item that the session has now answered to.
    QStringList takeRetrievals(const QString &itemId);
    void replyBegins(const QString &ref);
    void problem(const outbound::Problem &problem);
    [[nodiscard]] QString newestReply() const;
    void operatorSaid(const QString &text);
    void turnDone(const outbound::TurnDone &done);
    Response &response(const QJsonObject &metadata = {});
    void endResponse(ResponseEnd how);
    void sayItem(const QJsonObject &item);
    [[nodiscard]] QJsonObject session() const;
    /// Frames for now; until the session has begun they are kept for then.
    QStringList ready();

    ServerEvents m_events;
    Items m_items;
    ReplyWishes m_wishes;
    std::optional<outbound::SessionStarted> m_session;
    QJsonObject m_snapshot; ///< of a session that goes on, until it is told
    QHash<QString, Expected> m_expected;
    QString m_lastExpected;        ///< the item
    QList<Retrieval> m_retrievals; ///< of expected items
    std::optional<Response> m_response;
    std::optional<Error> m_failure; ///< of the running turn
    Usage m_reported;               ///< of the running turn, in responses that have ended
    int m_updatesOwed = 0;          ///< changes of a session that has not begun yet
    QStringList m_replies;          ///< the refs of those asked for that have not ended, in order
    QString m_running;              ///< the ref of the response; empty: it was not asked for
    QStringList m_cancelled;        ///< the refs of replies that the client cancelled
};

} // namespace loquat::realtime
