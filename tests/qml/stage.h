// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QJsonObject>
#include <QTest>
#include <QWindow>

namespace loquat::fakes {

/// What a Qt Quick test drives: a console on a scripted backend, in virtual time.
class Stage : public QObject
{
    Q_OBJECT
    Q_PROPERTY(loquat::ConsoleModel *consoleModel READ consoleModel CONSTANT)
    Q_PROPERTY(int commandCount READ commandCount)
    Q_PROPERTY(QString lastCommand READ lastCommand)
    Q_PROPERTY(QString lastText READ lastText)
    Q_PROPERTY(QString lastCall READ lastCall)

public:
    using QObject::QObject;

    [[nodiscard]] ConsoleModel *consoleModel() { return &m_console; }
    [[nodiscard]] int commandCount() const { return int(m_link.sent.size()); }
    [[nodiscard]] QString lastCommand() const
    {
        return m_link.sent.isEmpty() ? QString() : nameOf(m_link.sent.last().command.kind);
    }
    [[nodiscard]] QString lastCall() const
    {
        return m_link.sent.isEmpty() ? QString() : m_link.sent.last().command.callId;
    }
    [[nodiscard]] QString lastText() const
    {
        return m_link.sent.isEmpty() ? QString() : m_link.sent.last().command.text;
    }

    Q_INVOKABLE void listen(const QString &address)
    {
        m_link.health.address = address;
        Q_EMIT m_link.statusChanged();
    }
    /// As with a backend elsewhere that does not answer.
    Q_INVOKABLE void loseBackend(const QString &trouble)
    {
        m_link.health = {};
        m_link.health.trouble = trouble;
        Q_EMIT m_link.statusChanged();
    }
    /// A store that lags behind with `queued`, and long names.
    Q_INVOKABLE void lag(const QString &address, const QString &model, qint64 queued)
    {
        m_link.health.address = address;
        m_link.health.model = model;
        m_link.health.store = BackendStatus::Store::Unreachable;
        m_link.health.storeName = QStringLiteral("Supabase");
        m_link.health.storeQueued = queued;
        m_link.health.tokensPerSecond = 34120;
        m_link.health.ttftP50Ms = 231;
        m_link.health.ttftP99Ms = 12640;
        Q_EMIT m_link.statusChanged();
    }
    Q_INVOKABLE void openSession(const QString &id, int startedAtMs)
    {
        m_link.show(aSession(id, startedAtMs));
    }
    /// One that waits for the tool `tool`, which says a lot in the header; paused.
    Q_INVOKABLE void openWaiting(const QString &id, const QString &user, const QString &tool)
    {
        auto session = aSession(id, 1);
        session.userId = user;
        session.mode = Mode::Paused;
        session.phase = Phase::RunningTool;
        session.phaseDetail = tool;
        session.model = QStringLiteral("gpt-4o-mini");
        m_link.show(session);
    }
    Q_INVOKABLE void userSays(const QString &id, int seq, const QString &text)
    {
        m_link.happen(anEvent(id, seq, EventType::UserMessage, text));
    }
    Q_INVOKABLE void token(const QString &id, const QString &text)
    {
        m_link.say({id, 1, text, 1, m_clock.nowMs()});
    }
    Q_INVOKABLE void waitForApproval(const QString &id, int seq)
    {
        waitForTool(id, seq, QStringLiteral("refund_order"), {});
    }
    /// A call of `tool` that needs approval, with `value` among its arguments; its id is "c" and `seq`.
    Q_INVOKABLE void waitForTool(const QString &id, int seq, const QString &tool, const QString &value)
    {
        QJsonObject meta{{QStringLiteral("call_id"), QStringLiteral("c%1").arg(seq)}};
        if (!value.isEmpty())
            meta[QStringLiteral("args")] = QJsonObject{{value, value}};
        m_link.happen(anEvent(id, seq, EventType::ToolCall, tool, meta));
        meta[QStringLiteral("decision")] = QStringLiteral("asked");
        m_link.happen(anEvent(id, seq + 1, EventType::ToolApproval, tool, meta));
        auto session = aSession(id, 1);
        session.phase = Phase::WaitingForApproval;
        session.phaseDetail = tool;
        m_link.show(session);
    }
    /// What happened meanwhile is not known, and, where `trouble` is said, cannot be loaded.
    Q_INVOKABLE void loseBatches(const QString &trouble)
    {
        m_link.loadError.reset();
        if (!trouble.isEmpty())
            m_link.loadError = Error{QStringLiteral("not_connected"), trouble, {}, true};
        Q_EMIT m_link.gapped();
    }
    /// A session that every search finds, with `match` marked in what was said.
    Q_INVOKABLE void store(const QString &id, const QString &user, const QString &said, const QString &match)
    {
        FoundSession found;
        found.row.sessionId = id;
        found.row.userId = user;
        found.row.status = QStringLiteral("completed");
        found.row.startedAtMs = 1'700'000'000'000;
        if (!match.isEmpty())
            found.snippet = Snippet{2, said, {{said.indexOf(match), match.size()}}, false, false};
        m_link.standing.rows.append(found);
        m_link.stored[id] = {anEvent(id, 1, EventType::UserMessage, said)};
    }
    /// One that was live when it was found.
    Q_INVOKABLE void storeLive(const QString &id, const QString &user)
    {
        store(id, user, QStringLiteral("hello"), {});
        m_link.standing.rows.last().row.status = QStringLiteral("active");
    }
    Q_INVOKABLE void failSearch(const QString &message)
    {
        m_link.pages = {Error{QStringLiteral("failed"), message, {}, true}};
    }
    Q_INVOKABLE void lackDatabase(const QString &why)
    {
        m_link.standing.partial = Error{QStringLiteral("database_away"), why, {}, true};
    }
    Q_INVOKABLE void joinNodes()
    {
        m_link.health.nodes = {
            {QStringLiteral("a"), QStringLiteral("http://10.0.0.1:8000"), {}, true},
            {QStringLiteral("b"), QStringLiteral("http://10.0.0.2:8000"), {}, false, true}};
        Q_EMIT m_link.statusChanged();
    }
    Q_INVOKABLE void loseNode(const QString &id, const QString &trouble)
    {
        auto session = aSession(id, 1);
        session.trouble = trouble;
        m_link.show(session);
    }
    /// As a keyboard does while a key is held down.
    Q_INVOKABLE static void hold(QWindow *window, int key)
    {
        const QString text(QChar(char16_t(key < Qt::Key_Escape ? key : u'\r')));
        for (int i = 0; i < 5; ++i) {
            QTest::simulateEvent(window, true, key, {}, text, i > 0);
            QTest::simulateEvent(window, false, key, {}, text, i < 4);
        }
    }
    Q_INVOKABLE void forget() { m_link.sent.clear(); }
    Q_INVOKABLE void pass(int ms) { m_clock.advance(std::chrono::milliseconds(ms)); }
    Q_INVOKABLE void refuseCommands(const QString &message)
    {
        m_link.refusal = Error{QStringLiteral("refused"), message, {}, false};
    }

private:
    ScriptedLink m_link;
    ManualClock m_clock;
    ConsoleModel m_console{m_link, m_clock};
};

} // namespace loquat::fakes
