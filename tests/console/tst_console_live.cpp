// SPDX-License-Identifier: GPL-3.0-or-later
#include "in_process_link.h"
#include "models/console_model.h"
#include "operator_link.h"
#include "service.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 20'000; // ms

/// A chat client on a real socket, and what it was sent.
class ChatClient : public QObject
{
public:
    ChatClient(const BackendStatus &status, const QString &sessionId)
    {
        connect(&m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            frames.append(QJsonDocument::fromJson(text.toUtf8()).object());
        });
        connect(&m_socket, &QWebSocket::disconnected, this, [this] { closed = true; });
        m_socket.open(QUrl(status.address + u"/ws/session/"_s + sessionId + u"?user_id=ana"_s));
    }
    void say(const QString &text) { m_socket.sendTextMessage(text); }
    [[nodiscard]] QJsonObject last(const QString &type) const
    {
        for (auto it = frames.crbegin(); it != frames.crend(); ++it)
            if ((*it)["type"_L1].toString() == type)
                return *it;
        return {};
    }
    [[nodiscard]] bool got(const QString &type) const { return !last(type).isEmpty(); }

    QList<QJsonObject> frames;
    bool closed = false;

private:
    QWebSocket m_socket;
};

} // namespace

/// Protects the console on the real thing: what an operator does in it reaches the client, and what a client
/// does is seen in it, through the real service, its threads, its journal and its sockets; in the same
/// process, and over the operators' WebSocket as with --connect.
class TestConsoleLive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("elsewhere");
        QTest::newRow("in process") << false;
        QTest::newRow("elsewhere") << true;
    }

    void init()
    {
        QFETCH_GLOBAL(const bool, elsewhere);
        m_folder.emplace();
        Options options;
        options.port = 0;
        options.dataDir = m_folder->path();
        options.dialect = u"frames"_s;
        options.providers = {{u"simulated"_s, {}, {}, u"simulated"_s}};
        options.simulatedPace = 10ms;
        options.threads = 2;
        options.operatorToken = u"a token"_s;
        auto service = Service::create(options);
        QVERIFY(service.has_value());
        m_service = std::move(*service);
        QVERIFY(m_service->start().has_value());
        if (elsewhere)
            m_link = std::make_unique<OperatorLink>(QUrl(m_service->backend().status().address),
                                                    options.operatorToken);
        else
            m_link = std::make_unique<InProcessLink>(m_service->backend());
        m_console = std::make_unique<ConsoleModel>(*m_link, m_clock);
        QTRY_VERIFY_WITH_TIMEOUT(!m_link->status().address.isEmpty(), patience);
        m_client = std::make_unique<ChatClient>(m_link->status(), u"s-1"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"session_started"_s), patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_console->sessions()->rowCount(), 1, patience);
        m_console->select(u"s-1"_s);
    }

    void cleanup()
    {
        m_console.reset();
        m_link.reset();
        m_client.reset();
        bool stopped = false;
        m_service->shutDown([&stopped] { stopped = true; });
        QTRY_VERIFY_WITH_TIMEOUT(stopped, patience);
        m_service.reset();
        m_folder.reset();
    }

    void aConversationIsSeenWithItsToolsItsTimesAndItsSummary()
    {
        m_client->say(u"How much to ship 5kg to the US?"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"done"_s), patience);
        const QString reply = m_client->last(u"done"_s)["text"_L1].toString();
        QTRY_VERIFY_WITH_TIMEOUT(transcript(TranscriptModel::TextRole).contains(reply), patience);
        QVERIFY(transcript(TranscriptModel::TextRole).contains(u"How much to ship 5kg to the US?"_s));
        QVERIFY(transcript(TranscriptModel::ToolStateRole).contains(u"ok"_s));
        m_client->say(uR"({"type":"end"})"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->closed, patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_console->stateWord(), u"ended"_s, patience);
        QTRY_VERIFY_WITH_TIMEOUT(!transcript(TranscriptModel::TextRole).last().isEmpty(), patience);
        QVERIFY(transcript(TranscriptModel::TextRole).last().contains("ship 5kg"_L1));
    }

    void aWhisperIsObeyedAndNotShownToTheUser()
    {
        m_console->composer()->setMode(ComposerModel::Mode::Whisper);
        m_console->composer()->setText(u"express shipping is free"_s);
        m_console->composer()->send();
        QTRY_VERIFY_WITH_TIMEOUT(
            transcript(TranscriptModel::TextRole).contains(u"express shipping is free"_s), patience);
        for (const QJsonObject &frame : std::as_const(m_client->frames))
            QVERIFY(frame["type"_L1] == "session_started"_L1);
    }

    void takingOverReplyingAndReleasingReachTheClient()
    {
        m_console->actions()->toggleTakeOver();
        QTRY_COMPARE_WITH_TIMEOUT(m_client->last(u"state"_s)["mode"_L1].toString(), u"human"_s, patience);
        m_client->say(u"is anybody there?"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"start"_s), patience);
        m_console->composer()->setMode(ComposerModel::Mode::Reply);
        m_console->composer()->setText(u"Yes, I am."_s);
        m_console->composer()->send();
        QTRY_COMPARE_WITH_TIMEOUT(m_client->last(u"operator_message"_s)["content"_L1].toString(),
                                  u"Yes, I am."_s, patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_client->last(u"done"_s)["finish"_L1].toString(), u"human"_s, patience);
        QVERIFY(!m_client->got(u"token"_s)); // the model did not talk over the person
        m_console->actions()->toggleTakeOver();
        QTRY_COMPARE_WITH_TIMEOUT(m_client->last(u"state"_s)["mode"_L1].toString(), u"ai"_s, patience);
    }

    void stoppingCutsTheReplyAndEndingClosesTheSession()
    {
        m_client->say(u"Explain WebSockets simply"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"token"_s), patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->actions()->canStop(), patience);
        m_console->actions()->stop();
        QTRY_COMPARE_WITH_TIMEOUT(m_client->last(u"done"_s)["finish"_L1].toString(), u"cancelled"_s,
                                  patience);
        m_console->actions()->end();
        QTest::qWait(50);
        QVERIFY(!m_client->closed);                             // asked for twice
        QTest::qWait(int(SessionActions::doubleClick.count())); // not a double click
        m_console->actions()->end();
        QTRY_VERIFY_WITH_TIMEOUT(m_client->closed, patience);
    }

    void whatWasSaidIsFoundReadAndSaved()
    {
        m_client->say(u"a question about <marmalade>"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"done"_s), patience);
        HistoryPageModel &history = *m_console->history();
        history.found()->setSearch(u"marmalade"_s);
        history.found()->setUser(u"ana"_s);
        // A search is some moments behind.
        const auto found = [&history] {
            if (history.found()->state() == HistoryModel::State::Ready && history.found()->count() == 0)
                history.found()->activate();
            return history.found()->count() == 1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(found(), patience);
        const QString marked = history.found()->index(0).data(HistoryModel::MarkedRole).toString();
        QVERIFY2(marked.contains("&lt;<b>marmalade</b>&gt;"_L1), qPrintable(marked));
        history.select(u"s-1"_s);
        QTRY_VERIFY_WITH_TIMEOUT(history.transcript()->count() > 1, patience);
        history.saving()->setPath(m_folder->filePath(u"saved.md"_s));
        history.saving()->setFormat(2);
        history.saving()->save();
        QTRY_VERIFY_WITH_TIMEOUT(!history.saving()->isBusy(), patience);
        QVERIFY2(!history.saving()->hasFailed(), qPrintable(history.saving()->message()));
        QFile file(m_folder->filePath(u"saved.md"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("marmalade"));
        history.found()->setSearch(u"nobodysaidthis"_s);
        QTRY_VERIFY_WITH_TIMEOUT(history.found()->state() == HistoryModel::State::Ready &&
                                     history.found()->count() == 0,
                                 patience);
        QVERIFY(history.found()->error().isEmpty());
    }

    void theStatusBarSaysWhereAndHowWell()
    {
        m_client->say(u"What is 10 + 2?"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_client->got(u"done"_s), patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_link->status().ttftP50Ms.has_value(), patience);
        const BackendStatus status = m_link->status();
        QVERIFY(status.address.startsWith("ws://127.0.0.1:"_L1));
        QCOMPARE(status.openSessions, 1);
        QVERIFY(status.modelSimulated);
        QVERIFY(status.store == BackendStatus::Store::JournalOnly);
    }

private:
    QStringList transcript(int role) const
    {
        QStringList texts;
        const TranscriptModel &model = *m_console->transcript();
        for (int row = 0; row < model.rowCount(); ++row)
            texts.append(model.index(row).data(role).toString());
        return texts;
    }

    SystemClock m_clock;
    std::optional<QTemporaryDir> m_folder;
    std::unique_ptr<Service> m_service;
    std::unique_ptr<ConsoleLink> m_link;
    std::unique_ptr<ConsoleModel> m_console;
    std::unique_ptr<ChatClient> m_client;
};

QTEST_MAIN(TestConsoleLive)
#include "tst_console_live.moc"
