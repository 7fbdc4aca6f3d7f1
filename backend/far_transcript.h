// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/live_feed.h"
#include "store/api/session_locator.h"

#include <QTimer>

namespace loquat {

/// Follows one session that another node leads: puts its events into the feed as the database gets them, so
/// that whoever looks at it sees it go on. One thread.
class FarTranscript final : public QObject
{
    Q_OBJECT

public:
    /// Both outlive it; the locator is silent by then.
    FarTranscript(SessionLocator &locator, LiveFeed &feed);

    /// The one to follow from here on, of which events up to `seq` are shown.
    void follow(const QString &sessionId, qint64 seq);
    /// A session elsewhere has changed.
    void changed(const SessionSnapshot &snapshot);

private:
    void read();
    void arrived(const QString &sessionId, const QList<Event> &events);

    static constexpr qsizetype maxRemembered = 5'000;
    static constexpr int maxTries = 20; ///< until the database has what was announced

    SessionLocator &m_locator;
    LiveFeed &m_feed;
    QHash<QString, qint64> m_last; ///< the newest seq that was announced, of each
    QString m_sessionId;
    qint64 m_shown = 0;
    qint64 m_announced = 0;
    int m_tries = 0;
    bool m_reading = false;
    QTimer m_again;
};

} // namespace loquat
