// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/anthropic_model.h"
#include "llm/gemini_model.h"
#include "llm/model_errors.h"
#include "llm/openai_model.h"
#include "llm/responses_model.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QString fixture(const QString &name)
{
    QFile file(QStringLiteral(FIXTURES) + u'/' + name);
    return file.open(QFile::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QJsonObject parsed(const char *json)
{
    return QJsonDocument::fromJson(QByteArray(json).replace('\'', '"')).object();
}

} // namespace

/// Protects the talk with each provider: the address, the key, that its answer arrives and what a failure is
/// called.
class TestProviderModels : public QObject
{
    Q_OBJECT

private:
    fakes::FakeOpenAi m_server;
    fakes::ManualClock m_clock;
    UpstreamPool m_pool;

    template <typename Model, typename Settings> std::unique_ptr<ChatModel> make(Settings settings)
    {
        settings.baseUrl = QUrl(m_server.url());
        settings.apiKey = u"secret-key"_s;
        settings.providerName = u"Fake"_s;
        return std::make_unique<Model>(settings, m_pool, m_clock);
    }

    std::unique_ptr<ChatModel> modelOf(const QString &provider)
    {
        if (provider == "gemini"_L1)
            return make<GeminiModel>(GeminiSettings());
        if (provider == "anthropic"_L1)
            return make<AnthropicModel>(AnthropicSettings());
        if (provider == "openai-responses"_L1)
            return make<ResponsesModel>(ResponsesSettings());
        OpenAiSettings settings;
        settings.provider = provider;
        return make<OpenAiModel>(settings);
    }

    /// What `provider` is sent for `request`.
    QJsonObject sent(const QString &provider, const ChatRequest &request)
    {
        m_server.forget();
        m_server.script({{"body"_L1, fixture(provider + "/text.sse"_L1)}});
        const fakes::ReplyListener listener(modelOf(provider)->start(request));
        return QTest::qWaitFor([&listener] { return listener.ends > 0; }) ? m_server.requests().constLast()
                                                                          : QJsonObject();
    }

    static void eachProvider()
    {
        QTest::addColumn<QString>("provider");
        for (const auto &provider :
             {u"openai"_s, u"groq"_s, u"openai-responses"_s, u"gemini"_s, u"anthropic"_s})
            QTest::newRow(qPrintable(provider)) << provider;
    }

    static ChatRequest saying() { return {{{Role::User, u"hi"_s, {}, {}}}, {}, Purpose::Reply}; }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }
    void init() { m_server.forget(); }

    void aReplyArrives_data() { eachProvider(); }
    void aReplyArrives()
    {
        QFETCH(QString, provider);
        m_server.script({{"body"_L1, fixture(provider + "/text.sse"_L1)}, {"piece_bytes"_L1, 7}});
        const fakes::ReplyListener listener(modelOf(provider)->start(saying()));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error, Error{});
        QCOMPARE(listener.text(), u"H\u00e9llo \U0001F30D!"_s);
        QCOMPARE(listener.outcome.provider, provider);
        QVERIFY(!listener.outcome.model.isEmpty());
        QCOMPARE(listener.outcome.usage.inputTokens, 9);
        QCOMPARE(listener.outcome.usage.source, UsageSource::Reported);
    }

    void callsGetAnIdWhoeverMadeThem_data() { eachProvider(); }
    void callsGetAnIdWhoeverMadeThem()
    {
        QFETCH(QString, provider);
        const bool canLack = provider != "anthropic"_L1 && provider != "openai-responses"_L1;
        m_server.script({{"body"_L1, fixture(provider + (canLack ? "/calls_without_ids.sse"_L1
                                                                 : "/two_tool_calls.sse"_L1))}});
        const fakes::ReplyListener listener(modelOf(provider)->start(saying()));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.outcome.toolCalls.size(), 2);
        QVERIFY(!listener.outcome.toolCalls[0].id.isEmpty());
        QVERIFY(listener.outcome.toolCalls[0].id != listener.outcome.toolCalls[1].id);
    }

    void whatWasHeardIsEstimatedUntilTheProviderTellsTheTotal()
    {
        // Anthropic begins with the true input and an output of 1.
        m_server.script(
            {{"body"_L1, fixture(u"anthropic/text.sse"_s)}, {"piece_bytes"_L1, 100}, {"delay_ms"_L1, 10}});
        const fakes::ReplyListener listener(modelOf(u"anthropic"_s)->start(saying()));
        Usage inTheMiddle;
        connect(listener.reply.get(), &ChatReply::delta, this, [&] {
            if (listener.deltas.size() == 3)
                inTheMiddle = listener.reply->usageSoFar();
        });
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(inTheMiddle, (Usage{9, 3, UsageSource::Estimated}));
        QCOMPARE(listener.outcome.usage, (Usage{9, 4, UsageSource::Reported}));
    }

    // Some providers send whole sentences at once.
    void whatIsSaidAtOnceIsEstimatedByItsLength()
    {
        const QByteArray text(400, 'x');
        m_server.script(
            {{"body"_L1, QString::fromUtf8("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" +
                                           text + "\"}}]}\n\ndata: [DONE]\n\n")}});
        const fakes::ReplyListener listener(modelOf(u"openai"_s)->start(saying()));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.text().size(), 400);
        QCOMPARE(listener.outcome.usage.outputTokens, 100);
        QCOMPARE(listener.outcome.usage.source, UsageSource::Estimated);
    }

    void anErrorInsideTheStreamFailsTheReply_data() { eachProvider(); }
    void anErrorInsideTheStreamFailsTheReply()
    {
        QFETCH(QString, provider);
        m_server.script({{"body"_L1, fixture(provider + "/error_inside_200.sse"_L1)}});
        const fakes::ReplyListener listener(modelOf(provider)->start(saying()));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.error.code, u"model_overloaded"_s);
        QVERIFY(listener.error.retryable);
    }

    void statuses_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("retryable");
        QTest::newRow("400") << 400 << u"model_bad_request"_s << false;
        QTest::newRow("401") << 401 << u"model_unauthorized"_s << false;
        QTest::newRow("408") << 408 << u"model_overloaded"_s << true;
        QTest::newRow("409") << 409 << u"model_overloaded"_s << true;
        QTest::newRow("429") << 429 << u"model_rate_limited"_s << true;
        QTest::newRow("529") << 529 << u"model_overloaded"_s << true;
    }
    void statuses()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(bool, retryable);
        for (const auto &provider : {u"openai"_s, u"openai-responses"_s, u"gemini"_s, u"anthropic"_s}) {
            m_server.forget();
            m_server.script(
                {{"status"_L1, status}, {"headers"_L1, QJsonObject{{"Retry-After"_L1, "1.5"_L1}}}});
            const fakes::ReplyListener listener(modelOf(provider)->start(saying()));
            QTRY_COMPARE(listener.ends, 1);
            QCOMPARE(listener.error.code, code);
            QCOMPARE(listener.error.retryable, retryable);
            QCOMPARE(listener.error.retryAfterMs, retryable ? std::optional<qint64>(1500) : std::nullopt);
            QVERIFY(!listener.error.message.contains(u"secret-key"_s));
        }
    }

    void theWaitAskedForIsUnderstood()
    {
        using model_errors::retryAfterMs;
        const QDateTime now(QDate(2026, 11, 20), QTime(8, 0), Qt::UTC);
        QCOMPARE(retryAfterMs("250", "7", now), 250);
        QCOMPARE(retryAfterMs({}, "7", now), 7000);
        QCOMPARE(retryAfterMs({}, "Fri, 20 Nov 2026 08:01:00 GMT", now), 60'000);
        QCOMPARE(retryAfterMs({}, "Fri, 20 Nov 2026 07:00:00 GMT", now), 0);
        QVERIFY(!retryAfterMs({}, {}, now));
        QVERIFY(!retryAfterMs("nan", "soon", now));
        QVERIFY(!retryAfterMs({}, "-1", now));
        const auto gemini = model_errors::fromStatus(
            u"G"_s, 429,
            QJsonDocument(parsed("{'error':{'code':429,'status':'RESOURCE_EXHAUSTED','details':[{"
                                 "'retryDelay':'34.07s'}]}}"))
                .toJson(),
            {}, {});
        QCOMPARE(gemini.retryAfterMs, 34'070);
    }

    void aWrongKeyAtGeminiIsCalledThat()
    {
        const QByteArray body =
            QJsonDocument(parsed("{'error':{'code':400,'message':'API key not valid.','status':"
                                 "'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}}"))
                .toJson();
        QCOMPARE(model_errors::fromStatus(u"G"_s, 400, body, {}, {}).code, u"model_unauthorized"_s);
    }

    void addressesAndKeys()
    {
        const auto header = [](const QJsonObject &request, const QString &name) {
            return request["headers"_L1][name].toString();
        };
        auto request = sent(u"gemini"_s, saying());
        QCOMPARE(request["path"_L1].toString(),
                 u"/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"_s);
        QCOMPARE(header(request, u"x-goog-api-key"_s), u"secret-key"_s);
        GeminiSettings older;
        older.versionPath = u"/v1"_s;
        m_server.forget();
        const fakes::ReplyListener listener(make<GeminiModel>(older)->start(saying()));
        QTRY_COMPARE(listener.ends, 1);
        QVERIFY(m_server.requests().constLast()["path"_L1].toString().startsWith(u"/v1/models/"_s));
        request = sent(u"anthropic"_s, saying());
        QCOMPARE(request["path"_L1].toString(), u"/v1/messages"_s);
        QCOMPARE(header(request, u"x-api-key"_s), u"secret-key"_s);
        QCOMPARE(header(request, u"anthropic-version"_s), u"2023-06-01"_s);
        QCOMPARE(header(request, u"authorization"_s), QString());
        request = sent(u"openai-responses"_s, saying());
        QCOMPARE(request["path"_L1].toString(), u"/responses"_s);
        QCOMPARE(header(request, u"authorization"_s), u"Bearer secret-key"_s);
    }
};

QTEST_GUILESS_MAIN(TestProviderModels)
#include "tst_provider_models.moc"
