// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "fakes/memory_event_log.h"
#include "fakes/recording_client.h"
#include "fakes/scripted_model.h"
#include "fakes/scripted_tools.h"
#include "session/session_hub.h"
#include "session_promises.h"

#include <QRandomGenerator>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int runs = 10'000;
constexpr int stepsPerRun = 40;

struct NullObserver final : SessionObserver
{
    void onEvent(const Event &) override {}
    void onDelta(const Delta &) override {}
    void onSnapshot(const SessionSnapshot &) override {}
};

/// One conversation in which everything that can happen happens in any order.
class Chaos
{
public:
    explicit Chaos(quint32 seed)
        : m_random(seed)
    {
        m_tools.add(u"tool"_s);
        m_tools.add(u"asked"_s);
        m_tools.policies[u"asked"_s] = ToolPolicy::Ask;
        if (upTo(2) == 0) { // so small that a few turns fill it
            m_settings.contextTokens = 200;
            m_settings.replyTokens = 20;
        }
        restart();
    }

    QString run()
    {
        for (int step = 0; step < stepsPerRun && m_problem.isEmpty(); ++step) {
            act();
            QCoreApplication::processEvents();
            checkRequests();
        }
        settle();
        complain(promises::brokenIn(m_log.events(u"s"_s)));
        complain(promises::brokenTo(m_clients));
        return m_problem;
    }

private:
    void restart()
    {
        m_hub = std::make_unique<SessionHub>(
            SessionParts{m_log, m_model, m_tools, m_clock, m_observer, &m_context, m_settings}, m_log);
    }

    Session *session() { return m_hub->find(u"s"_s); }
    int upTo(int bound) { return m_random.bounded(bound); }

    ScriptedReply *runningReply()
    {
        for (qsizetype i = m_model.count() - 1; i >= 0; --i)
            if (!m_model.call(i).ended && m_model.reply(i))
                return m_model.reply(i);
        return nullptr;
    }

    /// Every other one asks for what nobody saw yet; so nothing may be told twice.
    void connectClient()
    {
        ClientHello hello{u"frames"_s, {}, {}};
        if (!m_clients.empty() && upTo(2) == 0)
            hello.after = lastSeen();
        m_clients.push_back(std::make_unique<RecordingClient>());
        m_hub->attach(u"s"_s, u"u"_s, m_clients.back().get(), hello);
    }

    [[nodiscard]] qint64 lastSeen() const
    {
        qint64 last = 0;
        const auto look = [&last](const auto &told) {
            if constexpr (requires { told.seq; })
                last = std::max(last, told.seq);
        };
        for (const auto &client : m_clients)
            for (const Outbound &message : client->messages)
                std::visit(look, message);
        return last;
    }

    void act()
    {
        switch (upTo(20)) {
        case 0:
            connectClient();
            break;
        case 1:
            if (session() && !m_clients.empty())
                session()->detach(m_clients.back().get(), upTo(3) == 0);
            break;
        case 2:
            if (session() && upTo(4) == 0)
                session()->end(u"ended"_s);
            break;
        case 3:
        case 4:
        case 5:
            if (session())
                session()->userMessage(u"message %1"_s.arg(++m_said), upTo(4) == 0);
            break;
        case 6:
            if (session())
                session()->cancel();
            break;
        case 7:
            command({CommandKind(upTo(int(CommandKind::Note) + 1)), u"operator says"_s, {}, u"op"_s});
            break;
        case 8:
            upTo(2) == 0 ? m_log.hold() : m_log.release();
            break;
        case 9:
            m_log.failNext(1 + upTo(2), {u"store_full"_s, u"The disk is full."_s, {}, true});
            break;
        case 10:
            m_clock.advance(std::chrono::milliseconds(upTo(40'000)));
            break;
        case 11:
            if (upTo(6) == 0) { // the process dies: what was not written is gone
                m_hub.reset();
                m_log.crash();
                m_clients.clear();
                restart();
                m_hub->recover({u"s"_s});
            }
            break;
        case 12:
            finishTool();
            break;
        default:
            playModel();
        }
    }

    void command(const Command &command)
    {
        if (session()) {
            const Expected<void> ignored = session()->command(command);
            Q_UNUSED(ignored)
        }
    }

    void finishTool()
    {
        if (m_tools.count() == 0)
            return;
        const QString id = m_tools.at(upTo(int(m_tools.count()))).call.id;
        upTo(4) == 0 ? m_tools.fail(id, u"broken"_s) : m_tools.finish(id, u"result"_s);
    }

    void playModel()
    {
        ScriptedReply *reply = runningReply();
        if (!reply)
            return;
        switch (upTo(8)) {
        case 0:
            reply->finish({1, 1, UsageSource::Reported});
            break;
        case 1:
            reply->fail({u"model_broken_off"_s, u"The model broke off."_s, {}, true});
            break;
        case 2:
        case 3: {
            QList<ToolCall> calls;
            for (int i = upTo(3); i >= 0; --i)
                calls.append({upTo(3) == 0 ? QString() : QString::number(upTo(4)),
                              upTo(3) == 0 ? u"asked"_s : u"tool"_s, u"{}"_s});
            reply->callTools(calls);
            break;
        }
        default:
            reply->push(u"word "_s);
        }
    }

    /// Lets everything come to its end: the disk works, the model answers, time passes, the client leaves.
    void settle()
    {
        m_log.failWith({});
        m_log.release();
        for (int round = 0; round < 60; ++round) {
            QCoreApplication::processEvents();
            m_clock.advance(2s);
            if (round == 20 && session())
                session()->end(u"ended"_s);
            for (qsizetype i = 0; i < m_tools.count(); ++i)
                m_tools.finish(m_tools.at(i).call.id, u"result"_s);
            if (ScriptedReply *reply = runningReply()) {
                reply->push(u"end"_s);
                reply->finish();
            }
        }
        if (!m_hub->isQuiet())
            complain(u"the session never came to rest"_s);
    }

    void complain(const QString &what)
    {
        if (m_problem.isEmpty())
            m_problem = what;
    }

    void checkRequests()
    {
        for (; m_checkedRequests < m_model.count(); ++m_checkedRequests)
            complain(promises::brokenIn(m_model.call(m_checkedRequests).request));
    }

    QRandomGenerator m_random;
    MemoryEventLog m_log{MemoryEventLog::Answers::Direct};
    ScriptedModel m_model;
    ScriptedTools m_tools;
    ManualClock m_clock;
    NullObserver m_observer;
    QObject m_context;
    SessionSettings m_settings;
    std::vector<std::unique_ptr<RecordingClient>> m_clients;
    std::unique_ptr<SessionHub> m_hub;
    qsizetype m_checkedRequests = 0;
    int m_said = 0;
    QString m_problem;
};

} // namespace

/// Protects the promises of a session against every order of events: one end per turn, seq without gaps, a
/// history that every provider accepts, nothing after the end. A failure names its seed; LOQUAT_SEED=N runs
/// that one alone.
class TestSessionInterleavings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOrderKeepsThePromises()
    {
        bool one = false;
        const quint32 only = qEnvironmentVariable("LOQUAT_SEED").toUInt(&one);
        for (quint32 seed = one ? only : 1; seed <= (one ? only : runs); ++seed) {
            const QString problem = Chaos(seed).run();
            QVERIFY2(problem.isEmpty(), qPrintable(u"LOQUAT_SEED=%1: %2"_s.arg(seed).arg(problem)));
        }
    }
};

QTEST_GUILESS_MAIN(TestSessionInterleavings)
#include "tst_session_interleavings.moc"
