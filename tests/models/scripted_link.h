// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <QHash>

#include <optional>

namespace loquat::fakes {

/// A backend in a few lines: a test says what is stored and what happens, and reads what was commanded.
class ScriptedLink final : public ConsoleLink
{
public:
    struct Sent
    {
        QString sessionId;
        Command command;
    };

    using ConsoleLink::ConsoleLink;

    void command(const QString &sessionId, const Command &command, Done done) override
    {
        sent.append({sessionId, command});
        if (holdCommands)
            return commands.append(done);
        done(refusal ? Expected<void>(*refusal) : Expected<void>());
    }

    void loadEvents(const QString &sessionId, Loaded loaded) override
    {
        ++loads;
        if (holdLoads)
            held.append([this, sessionId, loaded] { answer(sessionId, loaded); });
        else
            answer(sessionId, loaded);
    }

    void watch(const QString &sessionId) override { watched = sessionId; }

    void findSessions(const SessionQuery &query, Found found) override
    {
        queries.append(query);
        const Expected<SessionPage> page =
            pages.isEmpty() ? Expected<SessionPage>(standing) : pages.takeFirst();
        if (holdLoads)
            held.append([found, page] { found(page); });
        else
            found(page);
    }

    void exportSession(const QString &sessionId, const QString &format, Exported exported) override
    {
        exports.append(sessionId + u' ' + format);
        if (holdLoads)
            return held.append([exported] { exported(QByteArray("the file\n")); });
        exported(exportError ? Expected<QByteArray>(*exportError) : Expected<QByteArray>("the file\n"));
    }

    [[nodiscard]] BackendStatus status() const override { return health; }

    /// Answers the loads that were held back.
    void release()
    {
        for (const auto &load : std::exchange(held, {}))
            load();
    }

    [[nodiscard]] qsizetype heldLoads() const { return held.size(); }

    /// Answers the command that was held back longest.
    void answerCommand(const Expected<void> &answer = {}) { commands.takeFirst()(answer); }

    /// An event that is stored and goes out live.
    void happen(const Event &event)
    {
        stored[event.sessionId].append(event);
        Q_EMIT batch({{}, {event}});
    }
    void show(const SessionSnapshot &session) { Q_EMIT batch({{session}, {}}); }
    void say(const Delta &delta) { Q_EMIT batch({{}, {delta}}); }

    QHash<QString, QList<Event>> stored;
    QList<Sent> sent;
    std::optional<Error> refusal;
    std::optional<Error> loadError;
    BackendStatus health;
    QString watched;
    QList<SessionQuery> queries;
    QList<Expected<SessionPage>> pages; ///< the answers to the next queries
    SessionPage standing;               ///< the answer to all others
    QStringList exports;                ///< "ID FORMAT"
    std::optional<Error> exportError;
    bool holdLoads = false;
    bool holdCommands = false;
    int loads = 0;

private:
    void answer(const QString &sessionId, const Loaded &loaded)
    {
        if (loadError)
            loaded(*loadError);
        else
            loaded(stored.value(sessionId));
    }

    QList<std::function<void()>> held;
    QList<Done> commands;
};

inline SessionSnapshot aSession(const QString &id, qint64 startedAtMs = 0)
{
    SessionSnapshot session;
    session.sessionId = id;
    session.userId = QStringLiteral("user of ") + id;
    session.startedAtMs = startedAtMs;
    session.lastActivityMs = startedAtMs;
    return session;
}

inline Event anEvent(const QString &id, qint64 seq, EventType type, const QString &content = {},
                     const QJsonObject &meta = {})
{
    return {id, seq, 1'700'000'000'000 + seq * 1000, type, Role::System, content, meta};
}

} // namespace loquat::fakes
