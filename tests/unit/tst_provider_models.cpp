// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/anthropic_model.h"
#include "llm/completions_request.h"
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

/// Reads better than a tree when it differs.
QString shown(const QJsonValue &value)
{
    return QString::fromUtf8(QJsonDocument(QJsonObject{{"value"_L1, value}}).toJson(QJsonDocument::Compact));
}

QString shown(const char *json)
{
    return shown(parsed(json)["value"_L1]);
}

} // namespace

/// Protects what each provider is asked, over which address and with which key, and that its answer arrives.
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

    static ChatRequest conversation()
    {
        return {{{Role::System, u"be kind"_s, {}, {}},
                 {Role::User, u"hi"_s, {}, {}},
                 {Role::Assistant,
                  u"wait"_s,
                  {{u"c1"_s, u"f"_s, u"{\"x\":9007199254740993}"_s}, {u"c2"_s, u"g"_s, u"rubbish"_s}},
                  {}},
                 {Role::Tool, u"{\"y\":2}"_s, {}, u"c1"_s},
                 {Role::Tool, u"{\"error\":\"no\"}"_s, {}, u"c2"_s},
                 {Role::User, u"and?"_s, {}, {}},
                 {Role::Operator, u"a person"_s, {}, {}},
                 {Role::System, u"whispered"_s, {}, {}},
                 {Role::User, u"one"_s, {}, {}},
                 {Role::User, u"two"_s, {}, {}}},
                {{u"f"_s, u"does f"_s,
                  parsed("{'$schema':'s','type':'object','additionalProperties':false,'properties':"
                         "{'x':{'type':['integer','null'],'exclusiveMinimum':0}},'required':['x']}")},
                 {u"g"_s, u"does g"_s, parsed("{'type':'object','properties':{}}")}},
                Purpose::Reply};
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }
    void init() { m_server.forget(); }

    void aReplyArrives_data() { eachProvider(); }
    void aReplyArrives()
    {
        QFETCH(QString, provider);
        m_server.script({{"body"_L1, fixture(provider + "/text.sse"_L1)}, {"piece_bytes"_L1, 7}});
        const fakes::ReplyListener listener(modelOf(provider)->start(conversation()));
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
        const fakes::ReplyListener listener(modelOf(provider)->start(conversation()));
        QTRY_COMPARE(listener.ends, 1);
        QCOMPARE(listener.outcome.toolCalls.size(), 2);
        QVERIFY(!listener.outcome.toolCalls[0].id.isEmpty());
        QVERIFY(listener.outcome.toolCalls[0].id != listener.outcome.toolCalls[1].id);
    }

    void anErrorInsideTheStreamFailsTheReply_data() { eachProvider(); }
    void anErrorInsideTheStreamFailsTheReply()
    {
        QFETCH(QString, provider);
        m_server.script({{"body"_L1, fixture(provider + "/error_inside_200.sse"_L1)}});
        const fakes::ReplyListener listener(modelOf(provider)->start(conversation()));
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
            const fakes::ReplyListener listener(modelOf(provider)->start(conversation()));
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
        auto request = sent(u"gemini"_s, conversation());
        QCOMPARE(request["path"_L1].toString(),
                 u"/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"_s);
        QCOMPARE(header(request, u"x-goog-api-key"_s), u"secret-key"_s);
        request = sent(u"anthropic"_s, conversation());
        QCOMPARE(request["path"_L1].toString(), u"/v1/messages"_s);
        QCOMPARE(header(request, u"x-api-key"_s), u"secret-key"_s);
        QCOMPARE(header(request, u"anthropic-version"_s), u"2023-06-01"_s);
        QCOMPARE(header(request, u"authorization"_s), QString());
        request = sent(u"openai-responses"_s, conversation());
        QCOMPARE(request["path"_L1].toString(), u"/responses"_s);
        QCOMPARE(header(request, u"authorization"_s), u"Bearer secret-key"_s);
    }

    void dialectsOfChatCompletions()
    {
        ChatRequest request{{{Role::User, u"hi"_s, {}, {}}}};
        request.maxOutputTokens = 5;
        const auto asked = [&request](const QString &host) {
            const auto dialect = CompletionsDialect::ofHost(host);
            return QJsonDocument::fromJson(completionsRequest(request, u"m"_s, dialect)).object();
        };
        const auto openAi = asked(u"api.openai.com"_s);
        QCOMPARE(openAi["max_completion_tokens"_L1].toInt(), 5);
        QVERIFY(!openAi.contains("max_tokens"_L1));
        QCOMPARE(openAi["stream_options"_L1]["include_obfuscation"_L1], QJsonValue(false));
        const auto groq = asked(u"api.groq.com"_s);
        QCOMPARE(groq["max_tokens"_L1].toInt(), 5);
        QVERIFY(!groq.contains("stream_options"_L1));
        const auto local = asked(u"localhost"_s);
        QCOMPARE(local["stream_options"_L1].toObject().keys(), QStringList({u"include_usage"_s}));
    }

    void geminisRequest()
    {
        const auto body = sent(u"gemini"_s, conversation())["body"_L1];
        QCOMPARE(
            shown(body["contents"_L1]),
            shown("{'value':[{'role':'user','parts':[{'text':'hi'}]},"
                  "{'role':'model','parts':[{'text':'wait'},"
                  "{'functionCall':{'name':'f','args':{'x':9007199254740993}}},"
                  "{'functionCall':{'name':'g','args':{}}}]},"
                  "{'role':'user','parts':[{'functionResponse':{'name':'f','response':{'output':{'y':2}}}},"
                  "{'functionResponse':{'name':'g','response':{'error':'no'}}}]},"
                  "{'role':'user','parts':[{'text':'and?'}]},"
                  "{'role':'model','parts':[{'text':'a person'}]},"
                  "{'role':'user','parts':[{'text':'one'},{'text':'two'}]}]}"));
        QCOMPARE(body["systemInstruction"_L1]["parts"_L1][0]["text"_L1].toString(),
                 u"be kind\n\nwhispered"_s);
        QCOMPARE(shown(body["tools"_L1][0]["functionDeclarations"_L1]),
                 shown("{'value':[{'name':'f','description':'does f','parameters':{'type':'object',"
                       "'properties':{'x':{'type':'integer','nullable':true}},'required':['x']}},"
                       "{'name':'g','description':'does g'}]}"));
        QVERIFY(!body.toObject().contains("generationConfig"_L1));
    }

    void signaturesGoBackToGeminiOnTheirOwnParts()
    {
        m_server.script({{"body"_L1, fixture(u"gemini/signature_kept.sse"_s)}});
        const fakes::ReplyListener listener(modelOf(u"gemini"_s)->start(conversation()));
        QTRY_COMPARE(listener.ends, 1);
        const auto &outcome = listener.outcome;
        ChatRequest next{{{Role::User, u"hi"_s, {}, {}},
                          {Role::Assistant, listener.text(), outcome.toolCalls, {}, outcome.providerData},
                          {Role::Tool, u"1"_s, {}, u"call_b"_s}}};
        const auto contents = sent(u"gemini"_s, next)["body"_L1]["contents"_L1];
        QCOMPARE(shown(contents[1]["parts"_L1][0]), shown("{'value':{'text':'Héllo'}}"));
        QCOMPARE(shown(contents[1]["parts"_L1][1]),
                 shown("{'value':{'text':'','thoughtSignature':'c2lnLXQ='}}"));
        QCOMPARE(contents[1]["parts"_L1][2]["thoughtSignature"_L1].toString(), u"c2lnLWE="_s);
        QVERIFY(!contents[1]["parts"_L1][3].toObject().contains("thoughtSignature"_L1));
        QCOMPARE(contents[2]["parts"_L1][0]["functionResponse"_L1]["id"_L1].toString(), u"call_b"_s);
        // Nobody else is shown them.
        for (const auto &other : {u"openai"_s, u"openai-responses"_s, u"anthropic"_s})
            QVERIFY(!shown(sent(other, next)["body"_L1]).contains(u"c2ln"_s));
        next.messages[1].providerData["model"_L1] = "another"_L1;
        for (auto &call : next.messages[1].toolCalls)
            call.providerData["provider"_L1] = "anthropic"_L1;
        QVERIFY(!shown(sent(u"gemini"_s, next)["body"_L1]).contains(u"c2ln"_s));
    }

    void anthropicsRequest()
    {
        const auto body = sent(u"anthropic"_s, conversation())["body"_L1];
        QCOMPARE(body["system"_L1].toString(), u"be kind\n\nwhispered"_s);
        QCOMPARE(body["max_tokens"_L1].toInt(), 4096);
        QCOMPARE(
            shown(body["messages"_L1]),
            shown("{'value':[{'role':'user','content':[{'type':'text','text':'hi'}]},"
                  "{'role':'assistant','content':[{'type':'text','text':'wait'},"
                  "{'type':'tool_use','id':'c1','name':'f','input':{'x':9007199254740993}},"
                  "{'type':'tool_use','id':'c2','name':'g','input':{}}]},"
                  "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'{\\'y\\':"
                  "2}'},"
                  "{'type':'tool_result','tool_use_id':'c2','content':'{\\'error\\':\\'no\\'}','is_error'"
                  ":true},"
                  "{'type':'text','text':'and?'}]},"
                  "{'role':'assistant','content':[{'type':'text','text':'a person'}]},"
                  "{'role':'user','content':[{'type':'text','text':'one'},{'type':'text','text':'two'}]}]}"));
        QCOMPARE(body["tools"_L1][1]["input_schema"_L1]["type"_L1].toString(), u"object"_s);
    }

    void thinkingGoesBackToAnthropicOnly()
    {
        m_server.script({{"body"_L1, fixture(u"anthropic/signature_kept.sse"_s)}});
        const fakes::ReplyListener listener(modelOf(u"anthropic"_s)->start(conversation()));
        QTRY_COMPARE(listener.ends, 1);
        const ChatRequest next{
            {{Role::User, u"hi"_s, {}, {}},
             {Role::Assistant, {}, listener.outcome.toolCalls, {}, listener.outcome.providerData},
             {Role::Tool, u"1"_s, {}, u"call_a"_s}}};
        const auto content = sent(u"anthropic"_s, next)["body"_L1]["messages"_L1][1]["content"_L1];
        QCOMPARE(shown(content[0]),
                 shown("{'value':{'type':'thinking','thinking':'Let me see','signature':'c2lnLWE='}}"));
        QCOMPARE(shown(content[1]), shown("{'value':{'type':'redacted_thinking','data':'ZGF0YQ=='}}"));
        QCOMPARE(content[2]["type"_L1].toString(), u"tool_use"_s);
        for (const auto &other : {u"openai"_s, u"openai-responses"_s, u"gemini"_s})
            QVERIFY(!shown(sent(other, next)["body"_L1]).contains(u"c2ln"_s));
    }

    void theResponsesRequest()
    {
        const auto body = sent(u"openai-responses"_s, conversation())["body"_L1];
        QCOMPARE(body["instructions"_L1].toString(), u"be kind"_s);
        QCOMPARE(body["store"_L1], QJsonValue(false));
        QCOMPARE(shown(body["input"_L1]),
                 shown("{'value':[{'type':'message','role':'user','content':'hi'},"
                       "{'type':'message','role':'assistant','content':'wait'},"
                       "{'type':'function_call','call_id':'c1','name':'f','arguments':'{\\'x\\':"
                       "9007199254740993}'},"
                       "{'type':'function_call','call_id':'c2','name':'g','arguments':'{}'},"
                       "{'type':'function_call_output','call_id':'c1','output':'{\\'y\\':2}'},"
                       "{'type':'function_call_output','call_id':'c2','output':'{\\'error\\':\\'no\\'}'},"
                       "{'type':'message','role':'user','content':'and?'},"
                       "{'type':'message','role':'assistant','content':'a person'},"
                       "{'type':'message','role':'system','content':'whispered'},"
                       "{'type':'message','role':'user','content':'one'},"
                       "{'type':'message','role':'user','content':'two'}]}"));
        QCOMPARE(body["tools"_L1][0]["name"_L1].toString(), u"f"_s);
    }

    void whatIsNotSetIsNotSentAndWhatIsIs()
    {
        ChatRequest request{{{Role::User, u"hi"_s, {}, {}}}};
        QCOMPARE(sent(u"openai"_s, request)["body"_L1].toObject().keys(),
                 QStringList({u"messages"_s, u"model"_s, u"stream"_s, u"stream_options"_s}));
        QCOMPARE(sent(u"openai-responses"_s, request)["body"_L1].toObject().keys(),
                 QStringList({u"input"_s, u"model"_s, u"store"_s, u"stream"_s}));
        QCOMPARE(sent(u"gemini"_s, request)["body"_L1].toObject().keys(), QStringList({u"contents"_s}));
        QCOMPARE(sent(u"anthropic"_s, request)["body"_L1].toObject().keys(),
                 QStringList({u"max_tokens"_s, u"messages"_s, u"model"_s, u"stream"_s}));

        request.temperature = 0.5;
        request.maxOutputTokens = 77;
        request.replySchema = parsed("{'type':'object','properties':{'a':{'type':'string'}},"
                                     "'additionalProperties':false}");
        auto body = sent(u"openai"_s, request)["body"_L1];
        QCOMPARE(body["temperature"_L1].toDouble(), 0.5);
        QCOMPARE(body["max_tokens"_L1].toInt(), 77);
        QCOMPARE(body["response_format"_L1]["json_schema"_L1]["schema"_L1].toObject(), *request.replySchema);
        body = sent(u"openai-responses"_s, request)["body"_L1];
        QCOMPARE(body["max_output_tokens"_L1].toInt(), 77);
        QCOMPARE(body["text"_L1]["format"_L1]["schema"_L1].toObject(), *request.replySchema);
        body = sent(u"gemini"_s, request)["body"_L1]["generationConfig"_L1];
        QCOMPARE(body["maxOutputTokens"_L1].toInt(), 77);
        QCOMPARE(body["responseSchema"_L1].toObject().keys(), QStringList({u"properties"_s, u"type"_s}));
        body = sent(u"anthropic"_s, request)["body"_L1];
        QCOMPARE(body["max_tokens"_L1].toInt(), 77);
        QVERIFY(body["system"_L1].toString().contains(u"additionalProperties"_s));
    }
};

QTEST_GUILESS_MAIN(TestProviderModels)
#include "tst_provider_models.moc"
