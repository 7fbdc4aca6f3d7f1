// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "fakes/memory_event_log.h"
#include "fakes/recording_client.h"
#include "fakes/scripted_model.h"
#include "fakes/scripted_tools.h"
#include "session/session_hub.h"

#include <QCoreApplication>

namespace loquat::fakes {

/// Keeps the newest snapshot.
struct SnapshotObserver final : SessionObserver
{
    SessionSnapshot snapshot;

    void onEvent(const Event &) override {}
    void onDelta(const Delta &) override {}
    void onSnapshot(const SessionSnapshot &session) override { snapshot = session; }
};

/// A hub on fakes: a conversation without sockets, disk or real time.
struct SessionStage
{
    MemoryEventLog log{MemoryEventLog::Answers::Direct};
    ScriptedModel model;
    ScriptedTools tools;
    ManualClock clock;
    SnapshotObserver observer;
    QObject context;
    SessionSettings settings;
    std::unique_ptr<SessionHub> hub;
    RecordingClient client;

    SessionStage() { restart(); }

    /// As after a restart of the process, and with `settings` as they are now.
    void restart()
    {
        hub = std::make_unique<SessionHub>(
            SessionParts{log, model, tools, clock, observer, &context, settings}, log);
    }
    Session &connectClient(const QString &id = QStringLiteral("s1"))
    {
        return hub->attach(id, QStringLiteral("user-1"), &client, {QStringLiteral("frames")});
    }
    /// In the middle of a reply: the model said "Let me look. ", and tool 'a', which it called, said "sun".
    Session &connectClientAndLookUp()
    {
        tools.add(QStringLiteral("a"));
        Session &session = connectClient();
        session.userMessage(QStringLiteral("do"));
        reply().push(QStringLiteral("Let me look. "));
        reply().callTools({{QStringLiteral("1"), QStringLiteral("a"), QStringLiteral("{}")}});
        tools.finish(QStringLiteral("1"), QStringLiteral("sun"));
        return session;
    }
    /// The user wants "money back", and the model's call 1 of 'refund' waits for an operator.
    Session &connectClientAndAskForRefund()
    {
        const QString tool = QStringLiteral("refund");
        tools.add(tool);
        tools.policies[tool] = ToolPolicy::Ask;
        Session &session = connectClient();
        session.userMessage(QStringLiteral("money back"));
        reply().callTools({{QStringLiteral("1"), tool, QStringLiteral("{}")}});
        return session;
    }
    void settle() { QCoreApplication::processEvents(); }
    ScriptedReply &reply()
    {
        settle();
        return *model.lastReply();
    }
};

} // namespace loquat::fakes
