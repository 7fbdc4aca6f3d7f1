// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/session.h"
#include "session/summariser.h"

#include <QStringList>

#include <unordered_map>

namespace loquat {

/// The sessions of one thread: finds them, opens them from the journal, sees to their summaries, forgets
/// them.
class SessionHub final : private SessionKeeper
{
public:
    SessionHub(SessionParts parts, SessionArchive &archive);
    ~SessionHub() override;
    Q_DISABLE_COPY_MOVE(SessionHub)

    /// The session with this id, opened or reopened if need be, with `client` attached.
    Session &attach(const QString &sessionId, const QString &userId, SessionClient *client,
                    const ClientHello &hello);
    [[nodiscard]] Session *find(const QString &sessionId);
    Expected<void> command(const QString &sessionId, const Command &command);
    /// Session::retell(), if it is live here.
    void retell(const QString &sessionId);
    /// Ends what a crash left open and sums up what is owed, a few at a time. What is live is left alone.
    void recover(const QStringList &sessionIds);
    /// Another node leads the session by now; does nothing if it is not live here.
    void letGo(const QString &sessionId, const QString &owner);
    /// Lets running turns finish within `bound`, then ends every session. isQuiet() tells when all is on
    /// disk.
    void shutDown(std::chrono::milliseconds bound);
    [[nodiscard]] bool isQuiet() const { return m_sessions.empty(); }
    /// Nothing waits for the disk.
    [[nodiscard]] bool isKept() const;

private:
    void sessionNeedsSummary(const QString &sessionId, qint64 endSeq, const QStringList &providers) override;
    void sessionCompleted(const QString &sessionId) override;
    Session &create(const QString &sessionId, const QString &userId);
    void load(const QString &sessionId);
    void putOff(const QString &sessionId);
    void remember(const QString &sessionId);
    void recoverNext();
    void endAll();
    void forget(const QString &sessionId);

    static constexpr int maxParallelRecoveries = 8;

    SessionParts m_parts;
    SessionArchive &m_archive;
    Summariser m_summariser;
    std::unordered_map<QString, std::unique_ptr<Session>> m_sessions;
    std::vector<std::unique_ptr<Session>> m_retired; ///< completed; destroyed from the event loop
    std::unique_ptr<Clock::Timer> m_burial;
    QStringList m_toRecover; ///< at most maxPutOffSummaries
    bool m_forgot = false;   ///< others that are to be recovered
    QSet<QString> m_recovering;
    std::unique_ptr<Clock::Timer> m_shutdown;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace loquat
