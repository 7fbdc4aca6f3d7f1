// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_parser.h"

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

    bool operator==(const Heard &) const = default;
};

Heard hear(const QByteArrayList &chunks)
{
    CompletionsParser parser(u"Test"_s);
    Heard heard;
    for (const QByteArray &chunk : chunks)
        heard.texts += parser.feed("data: " + chunk + "\n\n");
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

} // namespace

/// Protects that reading most chunks the short way understands what the whole parser would.
class TestPlainDelta : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theShortWayIsTaken()
    {
        PlainDeltas deltas;
        QCOMPARE(deltas.textOf(says("Hello")), u"Hello"_s);
        QCOMPARE(deltas.textOf(says(" w\u00f6rld \U0001F30D")), u" w\u00f6rld \U0001F30D"_s);
        QCOMPARE(deltas.textOf(says("")), QString());
        QCOMPARE(deltas.model(), u"m-1"_s);
        QVERIFY(!deltas.textOf(says("a\\nb")));
        QVERIFY(!deltas.textOf("[DONE]"));
        QVERIFY(!deltas.textOf("{}"));
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
        row("names like those", {says("a", R"("Choices":1,"content":"b",)")});
    }

    void bothWaysUnderstandTheSame()
    {
        QFETCH(QByteArrayList, chunks);
        QCOMPARE(hear(chunks), hear(escaped(chunks)));
    }
};

QTEST_GUILESS_MAIN(TestPlainDelta)
#include "tst_plain_delta.moc"
