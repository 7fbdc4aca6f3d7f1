// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/openai_model.h"

#include <QJsonArray>
#include <QTcpServer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A port that is listened on and at which no connection comes about: its queue is full, nobody accepts.
class FullServer
{
public:
    FullServer()
    {
        m_address.sin_family = AF_INET;
        m_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof m_address;
        const int server = socket();
        m_ready = ::bind(server, address(), size) == 0 && ::listen(server, 0) == 0 &&
                  ::getsockname(server, address(), &size) == 0;
        for (int i = 0; i < 4; ++i) // the first fill the queue, the others wait for ever
            ::connect(socket(), address(), size);
    }
    ~FullServer()
    {
        for (const int each : m_sockets)
            ::close(each);
    }
    Q_DISABLE_COPY_MOVE(FullServer)

    [[nodiscard]] bool isReady() const { return m_ready; }
    [[nodiscard]] int port() const { return ntohs(m_address.sin_port); }

private:
    int socket() { return m_sockets.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)); }
    sockaddr *address() { return reinterpret_cast<sockaddr *>(&m_address); }

    sockaddr_in m_address{};
    std::vector<int> m_sockets;
    bool m_ready = false;
};

} // namespace

/// Protects who waits: each way in which a provider may keep silent has a limit, and the error says which one
/// passed. Real sockets, virtual time.
class TestTimeLimits : public QObject
{
    Q_OBJECT

private:
    fakes::FakeOpenAi m_server;
    fakes::ManualClock m_clock;
    UpstreamPool m_pool;
    OpenAiSettings m_settings;

    fakes::ReplyListener start()
    {
        OpenAiModel model(m_settings, m_pool, m_clock);
        return fakes::ReplyListener(model.start({{{Role::User, u"hi"_s, {}, {}}}, {}, Purpose::Reply}));
    }

    /// Until the request is at the server and the reply knows it.
    [[nodiscard]] bool arrives()
    {
        const bool there = QTest::qWaitFor([this] { return m_server.stats().open == 1; }, 30'000);
        QCoreApplication::processEvents();
        return there;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }

    void init()
    {
        QTRY_COMPARE(m_server.stats().open, 0);
        m_server.forget();
        m_settings = {};
        m_settings.baseUrl = QUrl(m_server.baseUrl());
        m_settings.providerName = u"Fake"_s;
        m_settings.connectLimit = 10s;
        m_settings.firstTokenLimit = 40s;
        m_settings.betweenTokensLimit = 20s;
    }

    void aServerThatDoesNotAccept()
    {
        const FullServer full;
        QVERIFY(full.isReady());
        m_settings.baseUrl = QUrl(u"http://127.0.0.1:%1/v1"_s.arg(full.port()));
        auto listener = start();
        QTest::qWait(50); // long enough for a connection that is not to come
        m_clock.advance(9'999ms);
        QCOMPARE(listener.ends, 0);
        m_clock.advance(1ms);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_connect_timeout"_s);
        QVERIFY(listener.error.retryable);
        QVERIFY2(listener.error.message.contains("Fake"_L1) && listener.error.message.contains("10 s"_L1),
                 qPrintable(listener.error.message));
        QCOMPARE(m_pool.running(), 0);
    }

    void aServerThatAcceptsButDoesNotEncrypt()
    {
        QTcpServer mute;
        QVERIFY(mute.listen(QHostAddress::LocalHost));
        m_settings.baseUrl = QUrl(u"https://127.0.0.1:%1/v1"_s.arg(mute.serverPort()));
        auto listener = start();
        QTRY_VERIFY(mute.hasPendingConnections());
        m_clock.advance(10s);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_connect_timeout"_s);
    }

    void aServerThatAcceptsAndStaysSilent()
    {
        m_server.script({{"never_answer"_L1, true}});
        auto listener = start();
        QVERIFY(arrives());
        m_clock.advance(39'999ms); // the limit for connecting holds no more
        QCOMPARE(listener.ends, 0);
        m_clock.advance(1ms);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_first_token_timeout"_s);
        QVERIFY(listener.error.message.contains("40 s"_L1));
        QTRY_COMPARE(m_server.stats().open, 0); // nobody pays for an answer that is not awaited
    }

    void aConnectionThatIsThereAlreadyNeedsNoTime()
    {
        m_server.script({{"text"_L1, "a"_L1}, {"times"_L1, 1}});
        auto first = start();
        QTRY_COMPARE(first.ends, 1);
        QTRY_COMPARE(m_server.stats().open, 0);
        const int connections = m_server.stats().connections;
        m_server.script({{"never_answer"_L1, true}});
        auto listener = start();
        QVERIFY(arrives());
        QCOMPARE(m_server.stats().connections, connections);
        m_clock.advance(39'999ms);
        QCOMPARE(listener.ends, 0);
        m_clock.advance(1ms);
        QCOMPARE(listener.error.code, u"model_first_token_timeout"_s);
    }

    void aServerThatStopsInTheMiddle()
    {
        m_server.script({{"text"_L1, "a b c d"_L1}, {"stall_after"_L1, 3}, {"delay_ms"_L1, 200}});
        auto listener = start();
        for (int token = 1; token <= 3; ++token) { // slow, yet never silent for too long
            QTRY_COMPARE(listener.deltas.size(), token);
            m_clock.advance(15s);
            QCOMPARE(listener.ends, 0);
        }
        m_clock.advance(5s);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_token_timeout"_s);
        QVERIFY(listener.error.message.contains("20 s"_L1));
        QCOMPARE(listener.text(), u"a b c "_s);
        QTRY_COMPARE(m_server.stats().open, 0);
    }

    void aServerThatSaidAllAndDoesNotEnd()
    {
        m_server.script({{"text"_L1, "a b"_L1}, {"never_done"_L1, true}});
        auto listener = start();
        QTRY_COMPARE(listener.deltas.size(), 2);
        QTest::qWait(50);
        m_clock.advance(5s);
        QCOMPARE(listener.ends, 1);
        QVERIFY(listener.error.code.isEmpty());
        QCOMPARE(listener.text(), u"a b"_s);
    }

    void aServerThatOnlySaysThatItIsAlive()
    {
        m_settings.replyLimit = 50s;
        m_server.script({{"text"_L1, "a b c d e f"_L1}, {"delay_ms"_L1, 100}, {"stall_after"_L1, 5}});
        auto listener = start();
        for (int token = 1; token <= 4; ++token) {
            QTRY_COMPARE(listener.deltas.size(), token);
            m_clock.advance(12s);
        }
        m_clock.advance(2s);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_reply_timeout"_s);
    }
};

QTEST_GUILESS_MAIN(TestTimeLimits)
#include "tst_time_limits.moc"
