// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_parser.h"
#include "llm/plain_chunk.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

struct Heard
{
    QStringList texts;
    QString model;
    QString error;
    Usage usage;
    FinishReason finish = FinishReason::Stop; ///< of what was to be heard

    bool operator==(const Heard &) const = default;
};

Heard hear(const QByteArrayList &chunks)
{
    CompletionsParser parser(u"Test"_s);
    Heard heard;
    for (const QByteArray &chunk : chunks)
        heard.texts += parser.feed("data: " + chunk + "\n\n");
    heard.finish = parser.outcome().finish;
    heard.texts += parser.feed(R"(data: {"choices":[{"delta":{},"finish_reason":"stop"}]})"
                               "\n\ndata: [DONE]\n\n");
    if (parser.error())
        heard.error = parser.error()->code;
    heard.model = parser.outcome().model;
    heard.usage = parser.usage();
    return heard;
}

/// The same JSON, with an escape that only a whole JSON parser reads.
QByteArrayList escaped(QByteArrayList chunks)
{
    for (QByteArray &chunk : chunks)
        chunk.replace("\"choices\"", "\"\\u0063hoices\"");
    return chunks;
}

QByteArray says(const QByteArray &text, const QByteArray &top = {}, const QByteArray &choice = {},
                const QByteArray &delta = {})
{
    return R"({"id":"c-1","created":1700000000,"model":"m-1",)" + top + R"("choices":[{"index":0,)" + choice +
           R"("delta":{)" + delta + R"("content":")" + text + R"("},"logprobs":null,"finish_reason":null}]})";
}

/// The usual last chunks of a stream.
QByteArray ended(const QByteArray &finish)
{
    return R"({"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":")" + finish + R"("}]})";
}

QByteArray used(const QByteArray &usage)
{
    return R"({"model":"m-1","choices":[],"usage":)" + usage + "}";
}

} // namespace

/// Protects that reading most chunks the short way understands what the whole parser would.
class TestPlainChunk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theShortWayIsTaken()
    {
        PlainChunks chunks;
        QCOMPARE(chunks.read(says("Hello"))->text, u"Hello"_s);
        QCOMPARE(chunks.read(says(" w\u00f6rld \U0001F30D"))->text, u" w\u00f6rld \U0001F30D"_s);
        QCOMPARE(chunks.read(says(""))->text, QString());
        QCOMPARE(chunks.read(says("a"))->model, u"m-1"_s);
        QCOMPARE(chunks.read(ended("length"))->finish, u"length"_s);
        QCOMPARE(chunks.read(used(R"({"prompt_tokens":3,"completion_tokens":1,"total_tokens":4})"))->usage,
                 (Usage{3, 1}));
        QVERIFY(!chunks.read(says("a\\nb")));
        QVERIFY(!chunks.read("[DONE]"));
        QVERIFY(!chunks.read("{}"));
    }

    void bothWaysUnderstandTheSame_data()
    {
        QTest::addColumn<QByteArrayList>("chunks");
        const auto row = [](const char *name, const QByteArrayList &chunks) {
            QTest::newRow(name) << chunks;
        };
        row("words", {says("a"), says(" b"), says("c")});
        row("the first says who speaks", {says("", {}, {}, R"("role":"assistant",)"), says("a")});
        row("escapes", {says("a"), says("\\n"), says("\\u00e9"), says("\\\""), says("b")});
        row("other languages", {says("h\u00e9"), says("\u4f60\u597d"), says("\U0001F30D")});
        row("no UTF-8", {says("a"), says("\xFF"), says("b")});
        row("no UTF-8 in what is not read", {says("a", "\"x\":\"\xFF\",")});
        row("no UTF-8 in a name", {says("a", "\"\xFF\":1,")});
        row("the replacement character itself", {says("a"), says("\uFFFD"), says("b")});
        row("a byte order mark in the text", {says("a"), says("\uFEFFb"), says("\uFEFF")});
        row("a line end in a string", {says("a"), says("b\tc")});
        row("white space", {R"( { "choices" : [ { "delta" : { "content" : "a" } } ] } )"});
        row("another model", {says("a"), says("b").replace("m-1", "m-2"), says("c").replace("m-1", "")});
        row("no model", {says("a"), says("b").replace(R"("model":"m-1",)", ""), says("c")});
        row("another time", {says("a"), says("b").replace("1700000000", "1700000001"), says("c")});
        row("another choice", {says("a"), says("b").replace("\"index\":0", "\"index\":1"), says("c")});
        row("two choices",
            {R"({"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"a"}}]})"});
        row("an error", {says("a"), says("b", R"("error":{"message":"no"},)"), says("c")});
        row("no error", {says("a", R"("error":null,"usage":null,)")});
        row("usage", {says("a", R"("usage":{"prompt_tokens":3,"completion_tokens":1},)"), says("b")});
        row("Groq's usage", {says("a", R"("x_groq":{"usage":{"prompt_tokens":3}},)")});
        row("filtered",
            {says("a"), says("b").replace(R"("finish_reason":null)", R"("finish_reason":"content_filter")")});
        row("a refusal", {says("a", {}, {}, R"("refusal":"I will not",)")});
        row("a tool", {says("a", {}, {}, R"("tool_calls":[{"index":0,"id":"1","function":{"name":"f"}}],)")});
        row("a whole message", {says("a", {}, R"("message":{"content":"b"},)")});
        row("reasoning beside it", {says("a", {}, {}, R"("reasoning_content":"hm",)")});
        row("the same name twice", {says("a", {}, {}, R"("content":"b",)"), says("a", R"("choices":[],)")});
        row("broken off", {says("a"), says("b").chopped(1), says("c")});
        row("something after the end", {says("a"), says("b") + "}", says("c")});
        row("numbers of all kinds", {says("a", R"("x":-1.5e3,"y":0,"z":01,)")});
        row("a string within the frame of a text", {says("a"), says(R"(b","x":"c)")});
        row("ends", {says("a"), ended("length"), says("b")});
        row("ends for a filter", {says("a"), ended("content_filter")});
        row("ends by an unknown word", {says("a"), ended("\u00e9")});
        row("ends twice", {ended("stop").replace("\"index\":0", R"("finish_reason":"content_filter")")});
        row("ends with a text",
            {says("a").replace(R"("finish_reason":null)", R"("finish_reason":"length")"), says("b")});
        row("text that is none", {says("a").replace(R"("a")", "null"), says("b")});
        row("nothing in it",
            {R"({"choices":[]})", R"({"choices":[{}]})", R"({"choices":[{"delta":{}}]})", "{}"});
        row("counts", {used(R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,)"
                            R"("prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},)"
                            R"("completion_tokens_details":{"reasoning_tokens":2}})")});
        row("counts again", {used(R"({"prompt_tokens":10})"), used(R"({"completion_tokens":7})"),
                             used(R"({"prompt_tokens":12,"completion_tokens_details":null})")});
        row("counts what is no number", {used(R"({"prompt_tokens":null,"completion_tokens":"5"})")});
        row("counts what cannot be", {used(R"({"prompt_tokens":-1,"completion_tokens":5})"),
                                      used(R"({"prompt_tokens":9999999999999,"completion_tokens":1})"),
                                      used(R"({"prompt_tokens":2.5,"completion_tokens":3.0})")});
        row("counts the same twice", {used(R"({"prompt_tokens":1,"prompt_tokens":2})"),
                                      used(R"({"prompt_tokens":"x","prompt_tokens":3})"),
                                      used(R"({"prompt_tokens":4,"prompt_tokens":"x"})")});
        row("counts the same twice in part",
            {used(
                 R"({"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":4},"prompt_tokens_details":{}})"),
             used(
                 R"({"completion_tokens_details":{"reasoning_tokens":4},"completion_tokens_details":null})")});
        row("counts nothing",
            {used("{}"), used("[]"), used("7"), used(R"({"x":{"y":1},"prompt_tokens":3})")});
        row("counts in a text's chunk",
            {says("a"), says("b", R"("usage":{"prompt_tokens":3,"completion_tokens":1},)"), says("c")});
        row("names like those", {says("a", R"("Choices":1,"content":"b",)")});
    }

    void bothWaysUnderstandTheSame()
    {
        QFETCH(QByteArrayList, chunks);
        QCOMPARE(hear(chunks), hear(escaped(chunks)));
    }
};

QTEST_GUILESS_MAIN(TestPlainChunk)
#include "tst_plain_chunk.moc"
