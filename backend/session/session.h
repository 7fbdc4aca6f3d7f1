// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"
#include "session/durable_outbox.h"
#include "session/history.h"
#include "session/outbound.h"
#include "session/replay_buffer.h"
#include "session/session_observer.h"
#include "session/session_settings.h"
#include "session/steering.h"
#include "session/summary.h"
#include "session/turn.h"
#include "store/api/session_archive.h"

#include <QJsonArray>

#include <functional>

namespace loquat {

/// What sessions of one thread share. All live in that thread, or are thread-safe, and outlive the sessions.
struct SessionParts
{
    EventLog &log;
    ChatModel &model;
    ToolRunner &tools;
    Clock &clock;
    SessionObserver &observer;
    QObject *context; ///< where the log answers
    SessionSettings settings;
};

/// How a client wants to be served.
struct ClientHello
{
    QString protocol; ///< its dialect's name
    QString profile = {};
    std::optional<qint64> after = std::nullopt; ///< the last seq it knows: it wants what came then
    /// Who it proved to be: then it gets the session only if that is this user's.
    std::optional<QString> provenUser = std::nullopt;
};

/// What a session tells the hub that keeps it.
class SessionKeeper
{
public:
    virtual ~SessionKeeper() = default;
    /// The end is on disk and a summary is owed, by one of `providers` (empty: any): answer with
    /// completeWith(). `endSeq` tells ends apart.
    virtual void sessionNeedsSummary(const QString &sessionId, qint64 endSeq,
                                     const QStringList &providers) = 0;
    /// Everything about the session is on disk and it may be forgotten.
    virtual void sessionCompleted(const QString &sessionId) = 0;
};

/// One conversation: turns what its client and its operators say into events. The state machine of the
/// product: it knows no socket, no SQL and no real time.
///
/// Before open() everything said to it is kept and done after. One thread.
class Session final : private TurnOwner
{
public:
    Session(SessionParts &parts, SessionKeeper &keeper, QString sessionId, QString userId);
    ~Session() override;
    Q_DISABLE_COPY_MOVE(Session)

    /// `stored`: what the journal knows of the session, if it does.
    void open(const std::optional<StoredSession> &stored);
    /// The journal could not be read: the client is told and let go, nothing is written.
    void refuse(const Error &error);

    /// A client takes the session; an earlier one is let go. False: it was sent away, the session is not its
    /// user's.
    bool attach(SessionClient *client, const ClientHello &hello);
    /// `clean`: the client said goodbye (then the session ends), otherwise it may come back within the grace
    /// period.
    void detach(SessionClient *client, bool clean);

    /// `interrupt`: barge-in; a reply that runs is cancelled, what it said is kept, and this message is next.
    void userMessage(const QString &text, bool interrupt = false);
    /// Tells the client of what it said that was not taken, behind what was. `ref` comes back in Problem.
    void refused(const Error &why, const QString &ref = {});
    /// `turn`: only if it is this one that runs, so that a late cancel does not hit the reply after it. 0:
    /// any.
    void cancel(int turn = 0);
    void end(const QString &reason);
    // For a client that says by itself when a reply is due, which hears Noted and ReplyBegins instead of
    // TurnStarted. `ref`: what it calls what it asks for; comes back in the answer, or in the Problem.
    /// What is said while a reply runs is kept when that is over.
    void note(const Note &note);
    /// Answers what was said since the last reply; goes on with a turn that waits for the client's tools.
    void respond(const ReplyWishes &wishes, const QString &ref);
    /// Ends the reply it asked for last.
    void cancelReply(const QString &ref);
    /// What came of a CallForClient.
    void answerCall(const QString &callId, const QString &result, const QString &ref);

    Expected<void> command(const Command &command);
    /// Tells the observer all that the running reply has said so far, once more.
    void retell();
    /// Writes the summary of the end `endSeq`, unless the session was reopened since.
    void completeWith(const SessionSummary &summary, qint64 endSeq);
    /// Ends a session that a crash left open, at the time of its last event.
    void recover();
    /// The node `owner` leads it by now: what is running here stops, the client is sent to look for it again,
    /// and nothing more is written.
    void letGo(const QString &owner);

    [[nodiscard]] const SessionSnapshot &snapshot() const { return m_state; }
    /// Nobody is connected and nothing is left to do.
    [[nodiscard]] bool isDone() const
    {
        return m_open && !m_client && (m_state.lastSeq == 0 || m_state.status == SessionStatus::Completed) &&
               m_outbox.isIdle();
    }
    [[nodiscard]] bool isKept() const { return m_open && m_outbox.isStored(); }
    [[nodiscard]] bool isBusy() const { return (m_turn && !isPaused()) || !m_queue.empty(); }

private:
    void turnThinks() override;
    void turnFolded(const FoldedContext &folded) override;
    void turnSays(const QString &text) override;
    void turnSaidBeforeTools(const QString &text, int round) override;
    void turnCallsTool(const ToolCall &call, const QJsonValue &args, int round) override;
    void turnAsksFor(const ToolCall &call) override;
    void turnDecided(const ToolCall &call, const QString &decision, const QString &by) override;
    void turnToolProgressed(const ToolCall &call, const QString &howFar) override;
    void turnToolEnded(const ToolCall &call, const ToolOutcome &outcome, qint64 ms) override;
    void turnEnded(const TurnResult &result) override;

    Event emitEvent(EventType type, Role role, const QString &content, QJsonObject meta = {});
    Event emitEventAt(qint64 atMs, EventType type, Role role, const QString &content, QJsonObject meta);
    /// `said`: how much of the reply it ends was told before it.
    Event raise(int turn, const Error &error, qint64 atMs, qsizetype said = 0);
    void tell(const Outbound &message);
    void tellInOrder(const Error &refusal, const QString &ref = {});
    void restore(const StoredSession &stored);
    void sendStrangerAway();
    void begin(const ClientHello &hello);
    void useProfile(const QString &name);
    void welcome(outbound::SessionStarted started, std::optional<qint64> after);
    void tellRunning(qint64 before); ///< to a client that begins in its middle
    void tellSaidNow();
    [[nodiscard]] QJsonObject resyncSnapshot() const;
    void leave(bool clean);
    void overtaken();
    /// A turn whose message waits for a person, or for the assistant to be resumed.
    struct WaitingTurn
    {
        int turn = 0;
        qint64 sinceMs = 0;
    };
    WaitingTurn keepMessage(const QString &text);
    void beginTurn(const QString &text);
    void runTurn(int turn);
    void pump();
    Steering &steering();
    [[nodiscard]] bool isPaused() const { return m_steering && m_steering->paused; }
    bool takesFromClient(const QString &ref);
    void keep(const Note &note);
    void keepHeld();
    void applyWishes();
    void pauseForClient();
    void clientWentAway();
    void setMode(Mode mode, const QString &by);
    void replyAsHuman(const QString &text, const QString &by);
    /// Without a reply of the model: by `answer`, a person's, or none.
    void endWaiting(const QList<WaitingTurn> &turns, const QString &finish, qint64 atMs,
                    const QString &answer = {});
    /// `meta` of an event that comes while a reply is being told.
    [[nodiscard]] QJsonObject amidReply(QJsonObject meta) const;
    void finish(const QString &reason, qint64 atMs);
    void closeInterruptedTurns();
    void setPhase(Phase phase, const QString &detail = {});
    /// A tool runs, unless a call waits for a person: that is more urgent to know.
    void showTools(const QString &running);
    void publish();
    enum class Source { Program, Client };
    /// Whether it was put off until the journal has answered. Of what a client says only so much is kept.
    bool deferUntilOpen(std::function<void()> input, Source source = Source::Program,
                        const QString &ref = {});

    SessionParts &m_parts;
    SessionKeeper &m_keeper;
    const Profile *m_profile; ///< how this conversation is held; one of the settings'
    SessionSnapshot m_state;
    DurableOutbox m_outbox;
    History m_history;
    ReplayBuffer m_replay;
    QString m_saidNow;              ///< of the running reply, as far as a client was told it
    QString m_shownNow;             ///< the same, as far as the observer was
    QString m_saidBeforeTools;      ///< of the running reply, by the model that then called tools
    std::optional<QString> m_claim; ///< whose session it must be, until the journal tells whose it is
    int m_toldTurn = 0;             ///< whose beginning was told and whose end was not
    bool m_holding = false;         ///< a client came and is told nothing before it was told where it is
    int m_attachments = 0;
    SessionClient *m_client = nullptr;
    std::unique_ptr<Steering> m_steering; ///< once a client steers; outlives the turn
    std::unique_ptr<Turn> m_turn;
    int m_runningTurn = 0;
    QList<int> m_openTurns;   ///< restored: turns that a crash left without an end
    QList<Event> m_openCalls; ///< restored: calls without a result
    QList<ToolCall> m_asked;  ///< calls that wait for a person, the oldest first
    QList<QString> m_queue;
    QList<WaitingTurn> m_waiting;
    std::unique_ptr<Clock::Timer> m_grace;
    std::vector<std::function<void()>> m_deferred;
    qsizetype m_saidEarly = 0;
    bool m_open = false;
    bool m_saidSinceSummary = false;
    qint64 m_endSeq = 0;
};

} // namespace loquat
