// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/model_errors.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects long conversations: whoever the provider is, "too long" is understood, and how much would do.
class TestContextRefusal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatProvidersSayIsUnderstood_data()
    {
        QTest::addColumn<QJsonValue>("said");
        QTest::addColumn<qint64>("window"); // 0: it does not tell
        const auto row = [](const char *name, const QJsonValue &code, const QString &message, qint64 window) {
            QTest::newRow(name) << QJsonValue(QJsonObject{{"type"_L1, "invalid_request_error"_L1},
                                                          {"code"_L1, code},
                                                          {"message"_L1, message}})
                                << window;
        };
        const auto sentence = [](const char *name, const QString &said, qint64 window) {
            QTest::newRow(name) << QJsonValue(said) << window;
        };
        const QJsonValue exceeded = "context_length_exceeded"_L1;
        row("OpenAI", exceeded,
            u"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 "
            "tokens."_s,
            8192);
        row("OpenAI, responses", exceeded,
            u"Your input exceeds the context window of this model. Please adjust your input."_s, 0);
        row("a number in groups", 400, u"This model's maximum context length is 16,384 tokens."_s, 0);
        row("Groq", exceeded, u"Please reduce the length of the messages or completion."_s, 0);
        row("vLLM", 400,
            u"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."_s,
            4096);
        row("llama.cpp", 400,
            u"request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it"_s,
            4096);
        row("Anthropic", {}, u"prompt is too long: 208310 tokens > 200000 maximum"_s, 200000);
        row("Anthropic, with the reply", {},
            u"input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input "
            "length"_s,
            200000);
        row("Gemini", 400,
            u"The input token count (1108304) exceeds the maximum number of tokens allowed (1048576)."_s,
            1048576);
        row("Mistral", u"3051"_s,
            u"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum "
            "context length"_s,
            32768);
        row("xAI", {},
            u"This model's maximum prompt length is 131072 but the request contains 537812 tokens."_s,
            131072);
        row("Moonshot", {},
            u"Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)"_s,
            262144);
        sentence("LM Studio",
                 u"Trying to keep the first 10136 tokens when context the overflows. However, the model is "
                 "loaded with context length of only 7866 tokens, which is not enough."_s,
                 7866);
        sentence("LM Studio, newer",
                 u"The number of tokens to keep from the initial prompt is greater than the context length "
                 "(n_keep: 13055>= n_ctx: 4096)."_s,
                 4096);
        sentence("TGI",
                 u"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 1512. Given: 1000 "
                 "`inputs` tokens and 1024 `max_new_tokens`"_s,
                 1512);
        sentence("TGI, the input alone",
                 u"Input validation error: `inputs` must have less than 1024 tokens. Given: 4000"_s, 1024);
        sentence("Cohere",
                 u"too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - "
                 "received 6354."_s,
                 2048);
        sentence("llama-cpp-python", u"Requested tokens (600) exceed context window of 512"_s, 512);
    }
    void whatProvidersSayIsUnderstood()
    {
        QFETCH(QJsonValue, said);
        QFETCH(qint64, window);
        const QByteArray body = QJsonDocument(QJsonObject{{"error"_L1, said}}).toJson();
        for (const Error &error :
             {model_errors::fromStatus(u"P"_s, 400, body, {}, {}), model_errors::fromStream(u"P"_s, said)}) {
            QCOMPARE(error.code, u"model_context_length"_s);
            QCOMPARE(error.contextTokens.value_or(0), window);
            QVERIFY(!error.retryable && !error.remedy.isEmpty());
        }
    }

    void otherRefusalsAreNotTakenForIt()
    {
        const auto codeOf = [](int status, const QString &message, const QString &code) {
            const QJsonObject error{{"message"_L1, message}, {"code"_L1, code}};
            return model_errors::fromStatus(u"P"_s, status,
                                            QJsonDocument(QJsonObject{{"error"_L1, error}}).toJson(), {}, {})
                .code;
        };
        for (const QString &message :
             {u"max_tokens is too large: 100000"_s, u"Invalid 'messages[0].content'"_s, u"Unknown context"_s,
              u"Input validation error: `max_new_tokens` must be <= 192"_s})
            QCOMPARE(codeOf(400, message, {}), u"model_bad_request"_s);
        QCOMPARE(codeOf(429, u"maximum context length"_s, u"insufficient_quota"_s), u"model_quota"_s);
    }
};

QTEST_APPLESS_MAIN(TestContextRefusal)
#include "tst_context_refusal.moc"
