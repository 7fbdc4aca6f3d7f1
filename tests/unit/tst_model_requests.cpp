// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_parser.h"
#include "llm/anthropic_request.h"
#include "llm/completions_request.h"
#include "llm/gemini_parser.h"
#include "llm/gemini_request.h"
#include "llm/responses_request.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(FIXTURES) + u'/' + name);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
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

/// What `provider` is sent for `request`.
QJsonValue sent(const QString &provider, const ChatRequest &request)
{
    const auto body = [&] {
        if (provider == "gemini"_L1)
            return geminiRequest(request, u"m"_s);
        if (provider == "anthropic"_L1)
            return anthropicRequest(request, u"m"_s);
        return provider == "openai"_L1 ? completionsRequest(request, u"m"_s)
                                       : responsesRequest(request, u"m"_s);
    };
    return QJsonDocument::fromJson(body()).object();
}

ChatRequest conversation()
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

} // namespace

/// Protects what each provider is asked, in its own shape and with nothing that is another's.
class TestModelRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dialectsOfChatCompletions()
    {
        ChatRequest request{{{Role::User, u"hi"_s, {}, {}}}, {}};
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

    void whatAToolSaysBesideItsErrorReachesGemini()
    {
        const ChatRequest request{
            {{Role::User, u"hi"_s, {}, {}},
             {Role::Assistant, {}, {{u"1"_s, u"f"_s, u"{}"_s}}, {}},
             {Role::Tool, u"{\"error\":\"interrupted\",\"note\":\"maybe done\"}"_s, {}, u"1"_s}},
            {}};
        const auto part = sent(u"gemini"_s, request)["contents"_L1][2]["parts"_L1][0];
        QCOMPARE(part["functionResponse"_L1]["response"_L1]["note"_L1].toString(), u"maybe done"_s);
    }

    void geminisRequest()
    {
        const auto body = sent(u"gemini"_s, conversation());
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
        GeminiParser parser(u"Gemini"_s, u"m"_s);
        const QString text = parser.feed(fixture(u"gemini/signature_kept.sse"_s)).join(QString());
        parser.end();
        const ChatOutcome outcome = parser.outcome();
        ChatRequest next{{{Role::User, u"hi"_s, {}, {}},
                          {Role::Assistant, text, outcome.toolCalls, {}, outcome.providerData},
                          {Role::Tool, u"1"_s, {}, u"call_b"_s}},
                         {}};
        const QJsonValue contents = sent(u"gemini"_s, next)["contents"_L1];
        QCOMPARE(shown(contents[1]["parts"_L1][0]), shown("{'value':{'text':'Héllo'}}"));
        QCOMPARE(shown(contents[1]["parts"_L1][1]),
                 shown("{'value':{'text':'','thoughtSignature':'c2lnLXQ='}}"));
        QCOMPARE(contents[1]["parts"_L1][2]["thoughtSignature"_L1].toString(), u"c2lnLWE="_s);
        QVERIFY(!contents[1]["parts"_L1][3].toObject().contains("thoughtSignature"_L1));
        QCOMPARE(contents[2]["parts"_L1][0]["functionResponse"_L1]["id"_L1].toString(), u"call_b"_s);
        // Nobody else is shown them.
        for (const auto &other : {u"openai"_s, u"openai-responses"_s, u"anthropic"_s})
            QVERIFY(!shown(sent(other, next)).contains(u"c2ln"_s));
        next.messages[1].providerData["model"_L1] = "another"_L1;
        for (auto &call : next.messages[1].toolCalls)
            call.providerData["provider"_L1] = "anthropic"_L1;
        QVERIFY(!shown(sent(u"gemini"_s, next)).contains(u"c2ln"_s));
    }

    void anthropicsRequest()
    {
        const auto body = sent(u"anthropic"_s, conversation());
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
        AnthropicParser parser(u"Anthropic"_s, u"m"_s);
        parser.feed(fixture(u"anthropic/signature_kept.sse"_s));
        const ChatOutcome outcome = parser.outcome();
        const ChatRequest next{{{Role::User, u"hi"_s, {}, {}},
                                {Role::Assistant, {}, outcome.toolCalls, {}, outcome.providerData},
                                {Role::Tool, u"1"_s, {}, u"call_a"_s}},
                               {}};
        const QJsonValue content = sent(u"anthropic"_s, next)["messages"_L1][1]["content"_L1];
        QCOMPARE(shown(content[0]),
                 shown("{'value':{'type':'thinking','thinking':'Let me see','signature':'c2lnLWE='}}"));
        QCOMPARE(shown(content[1]), shown("{'value':{'type':'redacted_thinking','data':'ZGF0YQ=='}}"));
        QCOMPARE(content[2]["type"_L1].toString(), u"tool_use"_s);
        for (const auto &other : {u"openai"_s, u"openai-responses"_s, u"gemini"_s})
            QVERIFY(!shown(sent(other, next)).contains(u"c2ln"_s));
    }

    void theResponsesRequest()
    {
        const auto body = sent(u"openai-responses"_s, conversation());
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

    void aCallIsForcedInTheWordsOfEachProvider_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QByteArray>("any");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("openai") << u"tool_choice"_s << QByteArray("{'value':'required'}")
                                << QByteArray("{'value':{'type':'function','function':{'name':'g'}}}");
        QTest::newRow("openai-responses") << u"tool_choice"_s << QByteArray("{'value':'required'}")
                                          << QByteArray("{'value':{'type':'function','name':'g'}}");
        QTest::newRow("anthropic") << u"tool_choice"_s << QByteArray("{'value':{'type':'any'}}")
                                   << QByteArray("{'value':{'type':'tool','name':'g'}}");
        QTest::newRow("gemini")
            << u"toolConfig"_s << QByteArray("{'value':{'functionCallingConfig':{'mode':'ANY'}}}")
            << QByteArray("{'value':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['g']}}}");
    }

    void aCallIsForcedInTheWordsOfEachProvider()
    {
        QFETCH(QString, key);
        QFETCH(QByteArray, any);
        QFETCH(QByteArray, named);
        ChatRequest request = conversation();
        const auto choice = [&] {
            return sent(QString::fromLatin1(QTest::currentDataTag()), request).toObject().value(key);
        };
        QVERIFY(choice().isUndefined());
        request.toolChoice = {ToolChoice::Kind::Any};
        QCOMPARE(shown(choice()), shown(any.constData()));
        request.toolChoice = {ToolChoice::Kind::Named, u"g"_s};
        QCOMPARE(shown(choice()), shown(named.constData()));
    }

    void severalCallsAtOnceAreForbiddenWhereThatCanBeSaid()
    {
        ChatRequest request = conversation();
        request.parallelToolCalls = false;
        for (const QString &provider : {u"openai"_s, u"openai-responses"_s})
            QCOMPARE(sent(provider, request)["parallel_tool_calls"_L1], QJsonValue(false));
        const auto anthropic = [&request] { return shown(sent(u"anthropic"_s, request)["tool_choice"_L1]); };
        QCOMPARE(anthropic(), shown("{'value':{'disable_parallel_tool_use':true,'type':'auto'}}"));
        request.toolChoice = {ToolChoice::Kind::Any};
        QCOMPARE(anthropic(), shown("{'value':{'disable_parallel_tool_use':true,'type':'any'}}"));
    }

    void whatIsNotSetIsNotSentAndWhatIsIs()
    {
        ChatRequest request{{{Role::User, u"hi"_s, {}, {}}}, {}};
        QCOMPARE(sent(u"openai"_s, request).toObject().keys(),
                 QStringList({u"messages"_s, u"model"_s, u"stream"_s, u"stream_options"_s}));
        QCOMPARE(sent(u"openai-responses"_s, request).toObject().keys(),
                 QStringList({u"input"_s, u"model"_s, u"store"_s, u"stream"_s}));
        QCOMPARE(sent(u"gemini"_s, request).toObject().keys(), QStringList({u"contents"_s}));
        QCOMPARE(sent(u"anthropic"_s, request).toObject().keys(),
                 QStringList({u"max_tokens"_s, u"messages"_s, u"model"_s, u"stream"_s}));

        request.temperature = 0.5;
        request.maxOutputTokens = 77;
        request.replySchema = parsed("{'type':'object','properties':{'a':{'type':'string'}},"
                                     "'additionalProperties':false}");
        QJsonValue body = sent(u"openai"_s, request);
        QCOMPARE(body["temperature"_L1].toDouble(), 0.5);
        QCOMPARE(body["max_tokens"_L1].toInt(), 77);
        QCOMPARE(body["response_format"_L1]["json_schema"_L1]["schema"_L1].toObject(), *request.replySchema);
        body = sent(u"openai-responses"_s, request);
        QCOMPARE(body["max_output_tokens"_L1].toInt(), 77);
        QCOMPARE(body["text"_L1]["format"_L1]["schema"_L1].toObject(), *request.replySchema);
        body = sent(u"gemini"_s, request)["generationConfig"_L1];
        QCOMPARE(body["maxOutputTokens"_L1].toInt(), 77);
        QCOMPARE(body["responseSchema"_L1].toObject().keys(), QStringList({u"properties"_s, u"type"_s}));
        body = sent(u"anthropic"_s, request);
        QCOMPARE(body["max_tokens"_L1].toInt(), 77);
        QVERIFY(body["system"_L1].toString().contains(u"additionalProperties"_s));
    }
};

QTEST_APPLESS_MAIN(TestModelRequests)
#include "tst_model_requests.moc"
