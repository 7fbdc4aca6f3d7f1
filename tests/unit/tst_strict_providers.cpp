// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_request.h"
#include "llm/completions_request.h"
#include "llm/gemini_request.h"
#include "llm/responses_request.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QJsonObject bodyOf(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

ChatRequest asking(const QList<ChatMessage> &messages, const QList<ToolSpec> &tools = {})
{
    return {messages, tools, Purpose::Reply};
}

ChatMessage said(Role role, const QString &text, const QList<ToolCall> &calls = {})
{
    return {role, text, calls, {}};
}

} // namespace

/// Protects conversations from being refused for good: what one provider or tool server lets pass, the
/// strictest one is sent in a form that it takes.
class TestStrictProviders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aToolWithoutArgumentsSaysSo_data()
    {
        QTest::addColumn<QJsonObject>("schema");
        QTest::newRow("nothing") << QJsonObject();
        QTest::newRow("object") << QJsonObject{{"type"_L1, "object"_L1}};
        QTest::newRow("null") << QJsonObject{{"type"_L1, "object"_L1}, {"properties"_L1, QJsonValue::Null}};
    }

    void aToolWithoutArgumentsSaysSo()
    {
        QFETCH(QJsonObject, schema);
        const auto request = asking({said(Role::User, u"hi"_s)}, {{u"now"_s, u"The time"_s, schema}});
        const QJsonObject nothing{{"type"_L1, "object"_L1}, {"properties"_L1, QJsonObject()}};
        QCOMPARE(bodyOf(completionsRequest(request, u"m"_s))["tools"_L1][0]["function"_L1]["parameters"_L1]
                     .toObject(),
                 nothing);
        QCOMPARE(bodyOf(responsesRequest(request, u"m"_s))["tools"_L1][0]["parameters"_L1].toObject(),
                 nothing);
        QCOMPARE(bodyOf(anthropicRequest(request, u"m"_s))["tools"_L1][0]["input_schema"_L1].toObject(),
                 nothing);
    }

    void namesThatAModelMadeUpAreNoLongerStrange()
    {
        const auto request = asking(
            {said(Role::User, u"hi"_s),
             said(Role::Assistant, {}, {{u"c1"_s, u"get weather<|channel|>"_s + QString(90, u'x'), u"{}"_s}}),
             {Role::Tool, u"no"_s, {}, u"c1"_s}});
        static const QRegularExpression usual(u"^[a-zA-Z0-9_-]{1,64}$"_s);
        const QStringList names{
            bodyOf(completionsRequest(request,
                                      u"m"_s))["messages"_L1][1]["tool_calls"_L1][0]["function"_L1]["name"_L1]
                .toString(),
            bodyOf(responsesRequest(request, u"m"_s))["input"_L1][1]["name"_L1].toString(),
            bodyOf(anthropicRequest(request, u"m"_s))["messages"_L1][1]["content"_L1][0]["name"_L1]
                .toString(),
            bodyOf(
                geminiRequest(request, u"m"_s))["contents"_L1][1]["parts"_L1][0]["functionCall"_L1]["name"_L1]
                .toString(),
            bodyOf(geminiRequest(request,
                                 u"m"_s))["contents"_L1][2]["parts"_L1][0]["functionResponse"_L1]["name"_L1]
                .toString()};
        for (const QString &name : names)
            QVERIFY2(usual.match(name).hasMatch(), qPrintable(name));
    }

    // As a client of the Realtime protocol asks for a greeting.
    void aConversationThatNobodyBeganHasATurnToAnswer()
    {
        const auto nothing = asking({});
        QCOMPARE(bodyOf(completionsRequest(nothing, u"m"_s))["messages"_L1].toArray().size(), 1);
        QCOMPARE(bodyOf(responsesRequest(nothing, u"m"_s))["input"_L1].toArray().size(), 1);
        const auto goneOn = asking({said(Role::User, u"hi"_s), said(Role::Assistant, u"Hello there. "_s)});
        for (const ChatRequest &request : {nothing, goneOn}) {
            const QJsonArray turns = bodyOf(anthropicRequest(request, u"m"_s))["messages"_L1].toArray();
            QVERIFY(!turns.isEmpty());
            QCOMPARE(turns.last()["role"_L1].toString(), u"user"_s);
            const QJsonArray contents = bodyOf(geminiRequest(request, u"m"_s))["contents"_L1].toArray();
            QVERIFY(!contents.isEmpty());
            QCOMPARE(contents.last()["role"_L1].toString(), u"user"_s);
        }
    }

    void aCallThatGemini3DidNotMakeIsMarkedAsAnothers()
    {
        const auto request =
            asking({said(Role::User, u"hi"_s),
                    said(Role::Assistant, {}, {{u"c1"_s, u"f"_s, u"{}"_s}, {u"c2"_s, u"g"_s, u"{}"_s}}),
                    {Role::Tool, u"1"_s, {}, u"c1"_s},
                    {Role::Tool, u"2"_s, {}, u"c2"_s}});
        const QJsonArray newest =
            bodyOf(geminiRequest(request, u"gemini-3-pro-preview"_s))["contents"_L1][1]["parts"_L1].toArray();
        QCOMPARE(newest[0]["thoughtSignature"_L1].toString(), u"skip_thought_signature_validator"_s);
        QVERIFY(newest[1]["thoughtSignature"_L1].isUndefined());
        const QJsonArray older =
            bodyOf(geminiRequest(request, u"gemini-2.5-flash"_s))["contents"_L1][1]["parts"_L1].toArray();
        QVERIFY(older[0]["thoughtSignature"_L1].isUndefined());
    }

    void aListThatDoesNotSayOfWhatHasItems()
    {
        const QJsonObject schema{
            {"type"_L1, "object"_L1},
            {"properties"_L1,
             QJsonObject{{"ids"_L1, QJsonObject{{"type"_L1, "array"_L1}}},
                         {"any"_L1, QJsonObject{{"type"_L1, "array"_L1}, {"items"_L1, true}}}}}};
        const auto request = asking({said(Role::User, u"hi"_s)}, {{u"f"_s, u"does f"_s, schema}});
        const QJsonObject properties = bodyOf(geminiRequest(
            request, u"m"_s))["tools"_L1][0]["functionDeclarations"_L1][0]["parameters"_L1]["properties"_L1]
                                           .toObject();
        for (const auto &property : properties)
            QCOMPARE(property.toObject().value("items"_L1)["type"_L1].toString(), u"string"_s);
    }
};

QTEST_APPLESS_MAIN(TestStrictProviders)
#include "tst_strict_providers.moc"
