// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"
#include "domain/session_snapshot.h"
#include "store/api/session_history.h"

#include <QObject>

#include <functional>

namespace loquat {

/// The console's way to a backend: in process, or an operator WebSocket. Lives in the GUI thread,
/// never blocks.
class ConsoleLink : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(Expected<void>)>;
    using Loaded = std::function<void(Expected<QList<Event>>)>;
    using Found = SessionHistory::Sessions;
    using Exported = std::function<void(Expected<QByteArray>)>;

    using QObject::QObject;
    /// `done` is called in the GUI thread.
    virtual void command(const QString &sessionId, const Command &command, Done done) = 0;
    /// The stored events of a session, in order; called in the GUI thread. What is emitted after the call
    /// arrives by batch() as well: skip events whose seq is known.
    virtual void loadEvents(const QString &sessionId, Loaded loaded) = 0;
    /// The session that is looked at: what its running reply has said so far is told by batch(), and what
    /// happens in it also if another node leads it. Empty: none any more.
    virtual void watch(const QString &) {}
    /// What is stored; called in the GUI thread.
    virtual void findSessions(const SessionQuery &query, Found found) = 0;
    /// A stored session as a file of a format: json | jsonl | markdown | csv.
    virtual void exportSession(const QString &sessionId, const QString &format, Exported exported) = 0;
    [[nodiscard]] virtual BackendStatus status() const = 0;

Q_SIGNALS:
    void batch(const loquat::LiveBatch &batch); ///< at most one a frame
    void statusChanged();                       ///< at most once a second
    void gapped();                              ///< batches were lost: reload what is shown
};

} // namespace loquat
