// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/openai_model.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ChatRequest saying(const QString &text)
{
    return {{{Role::User, text, {}, {}}}, {}, Purpose::Reply};
}

} // namespace

/// Protects the talk with a provider: what a user reads, and what a failure is called.
class TestOpenAiModel : public QObject
{
    Q_OBJECT

private:
    fakes::FakeOpenAi m_server;
    fakes::ManualClock m_clock;
    UpstreamPool m_pool;
    OpenAiSettings m_settings;

    fakes::ReplyListener start(const ChatRequest &request)
    {
        OpenAiModel model(m_settings, m_pool, m_clock);
        return fakes::ReplyListener(model.start(request));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }

    void init()
    {
        m_server.forget();
        m_settings = {};
        m_settings.baseUrl = QUrl(m_server.baseUrl());
        m_settings.providerName = u"Fake"_s;
    }

    void textArrivesTokenByTokenWithUsage()
    {
        m_server.script({{"tokens"_L1, QJsonArray{u"H\u00e9"_s, u"llo"_s, u" \U0001F30D"_s}},
                         {"usage"_L1, QJsonObject{{"prompt_tokens"_L1, 11}, {"completion_tokens"_L1, 3}}}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error, Error{});
        QCOMPARE(listener.deltas, QStringList({u"H\u00e9"_s, u"llo"_s, u" \U0001F30D"_s}));
        QCOMPARE(listener.outcome.finish, FinishReason::Stop);
        QCOMPARE(listener.outcome.usage, (Usage{11, 3, UsageSource::Reported}));
        QVERIFY(!listener.outcome.model.isEmpty());
        QCOMPARE(listener.afterTheEnd, 0);
    }

    void usageIsEstimatedWhenTheServerTellsNone()
    {
        m_server.script({{"text"_L1, u"one two three"_s}, {"usage"_L1, false}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.outcome.usage.source, UsageSource::Estimated);
        QCOMPARE(listener.outcome.usage.outputTokens, 3);
    }

    void toolCallsArriveWhole()
    {
        m_server.script(
            {{"tool_calls"_L1,
              QJsonArray{
                  QJsonObject{{"id"_L1, "a"_L1}, {"name"_L1, "f"_L1}, {"arguments"_L1, "{\"x\":1}"_L1}},
                  QJsonObject{{"id"_L1, "b"_L1}, {"name"_L1, "g"_L1}, {"arguments"_L1, "{}"_L1}}}},
             {"argument_chars"_L1, 1}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.outcome.finish, FinishReason::ToolCalls);
        const QList<ToolCall> expected{{u"a"_s, u"f"_s, u"{\"x\":1}"_s}, {u"b"_s, u"g"_s, u"{}"_s}};
        QCOMPARE(listener.outcome.toolCalls, expected);
    }

    void theRequestIsInOpenAisShape()
    {
        m_settings.apiKey = u"secret-key"_s;
        m_settings.userAgent = u"Loquat/9.9"_s;
        m_settings.baseUrl = QUrl(m_server.baseUrl() + u'/');
        const ToolCall call{u"c1"_s, u"f"_s, u"{\"x\":1}"_s};
        const ChatRequest request{{{Role::System, u"be kind"_s, {}, {}},
                                   {Role::User, u"hi"_s, {}, {}},
                                   {Role::Assistant, {}, {call}, {}},
                                   {Role::Tool, u"{\"y\":2}"_s, {}, u"c1"_s},
                                   {Role::Operator, u"I am a person"_s, {}, {}},
                                   {Role::System, u"whispered"_s, {}, {}}},
                                  {{u"f"_s, u"does f"_s, {{"type"_L1, "object"_L1}}}},
                                  Purpose::Reply};
        auto listener = start(request);
        QTRY_COMPARE(listener.ends, 1);
        const auto seen = m_server.requests().constLast();
        QCOMPARE(seen["path"_L1].toString(), u"/v1/chat/completions"_s);
        QCOMPARE(seen["headers"_L1]["authorization"_L1].toString(), u"Bearer secret-key"_s);
        QCOMPARE(seen["headers"_L1]["user-agent"_L1].toString(), u"Loquat/9.9"_s);
        const auto body = seen["body"_L1];
        QCOMPARE(body["model"_L1].toString(), u"gpt-4o-mini"_s);
        QVERIFY(body["stream"_L1].toBool());
        QVERIFY(body["stream_options"_L1]["include_usage"_L1].toBool());
        QCOMPARE(body["tools"_L1][0]["function"_L1]["name"_L1].toString(), u"f"_s);
        const auto messages = body["messages"_L1].toArray();
        QStringList roles;
        for (const auto &message : messages)
            roles.append(message["role"_L1].toString());
        QCOMPARE(roles, QStringList({u"system"_s, u"user"_s, u"assistant"_s, u"tool"_s, u"assistant"_s,
                                     u"system"_s}));
        QCOMPARE(messages[2]["tool_calls"_L1][0]["function"_L1]["arguments"_L1].toString(), call.arguments);
        QCOMPARE(messages[3]["tool_call_id"_L1].toString(), u"c1"_s);
    }

    void withoutAKeyThereIsNoAuthorization()
    {
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        const auto seen = m_server.requests().constLast();
        QVERIFY(!seen["headers"_L1].toObject().contains("authorization"_L1));
        QVERIFY(!seen["body"_L1].toObject().contains("tools"_L1));
    }

    void failures_data()
    {
        QTest::addColumn<QJsonObject>("script");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("retryable");
        const auto row = [](const char *name, const QJsonObject &script, const QString &code,
                            bool retryable) { QTest::newRow(name) << script << code << retryable; };
        row("401", {{"status"_L1, 401}}, u"model_unauthorized"_s, false);
        row("403", {{"status"_L1, 403}}, u"model_unauthorized"_s, false);
        row("429", {{"status"_L1, 429}, {"retry_after"_L1, 7}}, u"model_rate_limited"_s, true);
        row("quota", {{"status"_L1, 429}, {"error"_L1, QJsonObject{{"code"_L1, "insufficient_quota"_L1}}}},
            u"model_quota"_s, false);
        row("500", {{"status"_L1, 500}}, u"model_overloaded"_s, true);
        row("400", {{"status"_L1, 400}}, u"model_bad_request"_s, false);
        row("302", {{"status"_L1, 302}}, u"model_bad_request"_s, false);
        row("dropped", {{"text"_L1, "a b c d"_L1}, {"drop_after"_L1, 2}}, u"model_broken_off"_s, true);
        row("rubbish", {{"text"_L1, "a b c d"_L1}, {"rubbish_after"_L1, 2}}, u"model_protocol"_s, false);
        row("error inside 200", {{"text"_L1, "a b c"_L1}, {"error_after"_L1, 1}}, u"model_overloaded"_s,
            true);
    }

    void failures()
    {
        QFETCH(QJsonObject, script);
        QFETCH(QString, code);
        QFETCH(bool, retryable);
        m_server.script(script);
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, code);
        QCOMPARE(listener.error.retryable, retryable);
        QVERIFY(listener.error.message.contains(u"Fake"_s));
        QVERIFY(!listener.error.remedy.isEmpty());
        QTest::qWait(20);
        QCOMPARE(listener.ends, 1);
        QCOMPARE(listener.afterTheEnd, 0);
    }

    void aWaitTheServerAsksForIsPassedOn()
    {
        m_server.script({{"status"_L1, 429}, {"retry_after"_L1, 7}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QVERIFY(listener.error.remedy.contains(u"7 s"_s));
    }

    void whatTheProviderSaysIsShownWithoutKeysAndNotAtLength()
    {
        m_settings.apiKey = u"my+odd+key"_s;
        const QString text = u"Incorrect: my+odd+key or sk-proj-abcdef123456 "_s + QString(500, u'x');
        m_server.script({{"status"_L1, 400}, {"error"_L1, QJsonObject{{"message"_L1, text}}}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QVERIFY(listener.error.message.contains(u"Incorrect: [key] or [key]"_s));
        QVERIFY(listener.error.message.size() < 400);
    }

    void aServerThatIsNotThereIsUnreachable()
    {
        QTcpServer gone;
        QVERIFY(gone.listen(QHostAddress::LocalHost));
        m_settings.baseUrl = QUrl(u"http://127.0.0.1:%1/v1"_s.arg(gone.serverPort()));
        gone.close();
        auto listener = start(saying(u"hi"_s));
        QCOMPARE(listener.ends, 0); // never before start() has returned
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_unreachable"_s);
    }

    void aBaseUrlThatIsNoUrlIsUnreachable()
    {
        m_settings.baseUrl = QUrl(u"nonsense"_s);
        auto listener = start(saying(u"hi"_s));
        QCOMPARE(listener.ends, 0);
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_unreachable"_s);
    }

    void anAbortClosesTheConnectionAtOnceAndIsSilent()
    {
        m_server.script({{"text"_L1, "a b c d e f g h"_L1}, {"delay_ms"_L1, 100}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.deltas.size(), 1);
        const int aborted = m_server.stats().aborted;
        listener.reply->abort();
        listener.reply->abort();
        QTRY_COMPARE(m_server.stats().aborted, aborted + 1); // in the middle of what it had to say
        QCOMPARE(listener.reply->usageSoFar().source, UsageSource::Estimated);
        QCOMPARE(listener.reply->usageSoFar().outputTokens, 1);
        QTest::qWait(150);
        QCOMPARE(listener.ends, 0);
        QCOMPARE(listener.deltas.size(), 1);
        QCOMPARE(m_clock.pending(), 0);
    }

    void destroyingTheReplyAborts()
    {
        m_server.script({{"text"_L1, "a b c d e f g h"_L1}, {"delay_ms"_L1, 100}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.deltas.size(), 1);
        listener.reply.reset();
        QTRY_COMPARE(m_server.stats().open, 0);
        QTRY_COMPARE(m_pool.running(), 0);
    }

    void abortingInsideADeltaIsSafe()
    {
        m_server.script({{"text"_L1, "a b c d"_L1}});
        auto listener = start(saying(u"hi"_s));
        connect(listener.reply.get(), &ChatReply::delta, listener.reply.get(),
                [&listener] { listener.reply->abort(); });
        QTRY_COMPARE(listener.deltas.size(), 1);
        QTest::qWait(50);
        QCOMPARE(listener.deltas.size(), 1);
        QCOMPARE(listener.ends, 0);
    }

    void aServerThatIgnoresStreamingIsUnderstood()
    {
        m_server.script({{"text"_L1, "one two"_L1}, {"whole"_L1, true}});
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.text(), u"one two"_s);
    }

    void aConnectionIsUsedAgain()
    {
        for (int i = 0; i < 3; ++i) {
            auto listener = start(saying(u"hi"_s));
            QTRY_COMPARE(listener.ends, 1);
        }
        const int connections = m_server.stats().connections;
        auto listener = start(saying(u"hi"_s));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(m_server.stats().connections, connections);
    }
};

QTEST_GUILESS_MAIN(TestOpenAiModel)
#include "tst_openai_model.moc"
