// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_parser.h"

#include <QFile>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

struct Result
{
    QString text;
    QList<ToolCall> calls;
    Usage usage;
    QString error;
    FinishReason finish = FinishReason::Stop;

    bool operator==(const Result &) const = default;
};

Result parse(const QByteArrayList &pieces)
{
    CompletionsParser parser(u"Test"_s);
    QString text;
    for (const auto &piece : pieces)
        text += parser.feed(piece).join(QString());
    text += parser.end().join(QString());
    if (parser.error())
        return {text, {}, parser.usage(), parser.error()->code, {}};
    const auto outcome = parser.outcome();
    return {text, outcome.toolCalls, outcome.usage, {}, outcome.finish};
}

/// JSON written with ' for ", which neither C++ nor moc has to escape.
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

QByteArray chunk(const QByteArray &delta, const QByteArray &finish = "null")
{
    return json("data: {'choices':[{'index':0,'delta':") + delta + json(",'finish_reason':") + finish +
           "}]}\n\n";
}

QByteArray piece(const QByteArray &call)
{
    return chunk(json("{'content':null,'tool_calls':[") + call + "]}");
}

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(FIXTURES) + u'/' + name);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

const QByteArray callsTools = chunk("{}", json("'tool_calls'")) + "data: [DONE]\n\n";

} // namespace

/// Protects what a user reads and which tools run, whatever dialect of chat.completions the server speaks.
class TestCompletionsParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedStreamsReadTheSameHoweverTheyAreCut_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("calls");
        QTest::newRow("text") << u"text.sse"_s << u"H\u00e9llo \U0001F30D!"_s << 0;
        QTest::newRow("tools") << u"two_tool_calls.sse"_s << QString() << 2;
    }

    void recordedStreamsReadTheSameHoweverTheyAreCut()
    {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(int, calls);
        const QByteArray stream = fixture(file);
        QVERIFY(!stream.isEmpty());
        const Result whole = parse({stream});
        QCOMPARE(whole.error, QString());
        QCOMPARE(whole.text, text);
        QCOMPARE(whole.calls.size(), calls);
        for (qsizetype cut = 0; cut <= stream.size(); ++cut)
            QVERIFY2(parse({stream.first(cut), stream.sliced(cut)}) == whole,
                     QByteArray::number(cut).constData());
    }

    void theRecordedCallsAreComplete()
    {
        const auto result = parse({fixture(u"two_tool_calls.sse"_s)});
        QCOMPARE(result.finish, FinishReason::ToolCalls);
        const QList<ToolCall> expected{
            {u"call_a"_s, u"calculate_shipping"_s, u"{\"weight_kg\":5,\"destination_country\":\"US\"}"_s},
            {u"call_b"_s, u"get_account_balance"_s, u"{\"user_id\":\"user-1\"}"_s}};
        QCOMPARE(result.calls, expected);
    }

    void usageComesLastAndReplacesWhatCameBefore()
    {
        const Usage expected{9, 4, UsageSource::Reported};
        QCOMPARE(parse({fixture(u"text.sse"_s)}).usage, expected);
        const QByteArray counting =
            json("data: {'choices':[{'delta':{'content':'a'}}],'usage':{'prompt_tokens':9,") +
            json("'completion_tokens':%}}") + "\n\n";
        const auto result = parse({QByteArray(counting).replace('%', "1") +
                                   QByteArray(counting).replace('%', "4") + chunk("{}", json("'stop'"))});
        QCOMPARE(result.usage, expected);
    }

    void usageNobodyToldIsUnknown()
    {
        const auto result = parse({chunk(json("{'content':'a'}"), json("'stop'"))});
        QCOMPARE(result.usage, Usage{});
    }

    void toolCallQuirks_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QStringList>("calls");
        const auto row = [](const char *name, const QByteArray &stream, const QStringList &calls) {
            QTest::newRow(name) << stream + callsTools << calls;
        };
        row("no index",
            piece(json("{'id':'a','function':{'name':'f','arguments':'{\\'x\\''}}")) +
                piece(json("{'function':{'arguments':':1}'}}")) +
                piece(json("{'id':'b','function':{'name':'g','arguments':'{}'}}")),
            {u"a f {\"x\":1}"_s, u"b g {}"_s});
        row("1-based",
            piece(json("{'index':1,'id':'a','function':{'name':'f','arguments':'{'}}")) +
                piece(json("{'index':1,'function':{'arguments':'}'}}")) +
                piece(json("{'index':2,'id':'b','function':{'name':'g','arguments':'{}'}}")),
            {u"a f {}"_s, u"b g {}"_s});
        row("index used twice",
            piece(json("{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}")) +
                piece(json("{'index':0,'id':'b','function':{'name':'g','arguments':'{'}}")) +
                piece(json("{'index':0,'function':{'arguments':'}'}}")),
            {u"a f {}"_s, u"b g {}"_s});
        row("index used twice, no ids",
            piece(json("{'index':0,'function':{'name':'f','arguments':'{}'}}")) +
                piece(json("{'index':0,'function':{'name':'f','arguments':'{\\'x\\':1}'}}")),
            {u" f {}"_s, u" f {\"x\":1}"_s});
        row("late id",
            piece(json("{'index':0,'function':{'name':'f','arguments':'{'}}")) +
                piece(json("{'index':0,'id':'a','function':{'arguments':'}'}}")),
            {u"a f {}"_s});
        row("interleaved by id",
            piece(json("{'id':'a','function':{'name':'f','arguments':'{'}}")) +
                piece(json("{'id':'b','function':{'name':'g','arguments':'{'}}")) +
                piece(json("{'id':'a','function':{'arguments':'}'}}")) +
                piece(json("{'id':'b','function':{'arguments':'}'}}")),
            {u"a f {}"_s, u"b g {}"_s});
        row("name in every piece",
            piece(json("{'index':0,'id':'a','function':{'name':'f','arguments':'{'}}")) +
                piece(json("{'index':0,'id':'a','function':{'name':'f','arguments':'}'}}")),
            {u"a f {}"_s});
        row("arguments as an object", piece(json("{'id':'a','function':{'name':'f','arguments':{'x':1}}}")),
            {u"a f {\"x\":1}"_s});
        row("several in one chunk",
            piece(json("{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}},") +
                  json("{'index':1,'id':'b','function':{'name':'g','arguments':'{}'}}")),
            {u"a f {}"_s, u"b g {}"_s});
    }

    void toolCallQuirks()
    {
        QFETCH(QByteArray, stream);
        QFETCH(QStringList, calls);
        QStringList seen;
        for (const auto &call : parse({stream}).calls)
            seen.append(call.id + u' ' + call.name + u' ' + call.arguments);
        QCOMPARE(seen, calls);
    }

    void callsCountEvenIfTheServerSaysStop()
    {
        const auto result = parse({piece(json("{'id':'a','function':{'name':'f','arguments':'{}'}}")) +
                                   chunk("{}", json("'stop'"))});
        QCOMPARE(result.finish, FinishReason::ToolCalls);
    }

    void aCallCutOffByTheLengthLimitDoesNotRun()
    {
        const auto result = parse({piece(json("{'id':'a','function':{'name':'f','arguments':'{\\'x'}}")) +
                                   chunk("{}", json("'length'"))});
        QCOMPARE(result.finish, FinishReason::Length);
        QVERIFY(result.calls.isEmpty());
    }

    void endings_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("error");
        const QByteArray hi = chunk(json("{'content':'hi'}"));
        QTest::newRow("no [DONE]") << hi + chunk("{}", json("'stop'")) << u"hi"_s << QString();
        QTest::newRow("no finish reason") << hi + "data: [DONE]\n\n" << u"hi"_s << QString();
        QTest::newRow("broken off") << hi << u"hi"_s << u"model_broken_off"_s;
        QTest::newRow("cut inside an event") << hi + "data: {\"choi" << u"hi"_s << u"model_broken_off"_s;
        QTest::newRow("error inside 200")
            << hi + json("data: {'error':{'message':'x','code':'insufficient_quota'}}") + "\n\n"
            << u"hi"_s << u"model_quota"_s;
        QTest::newRow("error with a status")
            << QByteArray(json("data: {'error':{'message':'x','code':429}}") + "\n\n") << QString()
            << u"model_rate_limited"_s;
        QTest::newRow("error as text") << QByteArray(json("data: {'error':'out of memory'}") + "\n\n")
                                       << QString() << u"model_overloaded"_s;
        QTest::newRow("comments only")
            << QByteArray(": wait\n\n: wait\n\n") << QString() << u"model_protocol"_s;
        QTest::newRow("rubbish") << QByteArray("<html>\x01\xff\n</html>\n\n") << QString()
                                 << u"model_protocol"_s;
        QTest::newRow("rubbish data") << hi + "data: \xff\x01!\n\n" << u"hi"_s << u"model_protocol"_s;
        QTest::newRow("nothing") << QByteArray() << QString() << u"model_protocol"_s;
        QTest::newRow("filtered") << hi + chunk("{}", json("'content_filter'")) << u"hi"_s
                                  << u"model_filtered"_s;
    }

    void endings()
    {
        QFETCH(QByteArray, stream);
        QFETCH(QString, text);
        QFETCH(QString, error);
        const auto result = parse({stream});
        QCOMPARE(result.text, text);
        QCOMPARE(result.error, error);
    }

    void whiteSpaceAheadMeansTheSameHoweverItIsCut()
    {
        for (const QByteArray &ahead : {QByteArray(" "), QByteArray("\n"), QByteArray("\t\r\n\n ")}) {
            const QByteArray stream = ahead + chunk(json("{'content':'hi'}"), json("'stop'"));
            for (qsizetype cut = 0; cut <= stream.size(); ++cut)
                QCOMPARE(parse({stream.first(cut), stream.sliced(cut)}).text, u"hi"_s);
        }
    }

    void countsThatCannotBeTrueAreNotCounted()
    {
        const auto result =
            parse({chunk("{}", json("'stop'")) +
                   json("data: {'choices':[],'usage':{'prompt_tokens':-5,'completion_tokens':9,"
                        "'prompt_tokens_details':{'cached_tokens':9223372036854775807}}}\n\n")});
        QVERIFY(!result.usage.inputTokens);
        QVERIFY(!result.usage.cachedTokens);
        QCOMPARE(result.usage.outputTokens, 9);
    }

    void aServerThatDoesNotStreamIsUnderstood()
    {
        const QByteArray body =
            "\n" +
            json("{'model':'m','choices':[{'index':0,'message':{'role':'assistant','content':'hi',"
                 "'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'}}]},'finish_reason':'"
                 "tool_calls'}],"
                 "'usage':{'prompt_tokens':1,'completion_tokens':2}}");
        for (qsizetype cut = 0; cut <= body.size(); ++cut) {
            const auto result = parse({body.first(cut), body.sliced(cut)});
            QCOMPARE(result.text, u"hi"_s);
            QCOMPARE(result.calls.size(), 1);
            QCOMPARE(result.usage.outputTokens, 2);
        }
        QCOMPARE(parse({json("{'detail':'Not Found'}")}).error, u"model_protocol"_s);
    }
};

QTEST_APPLESS_MAIN(TestCompletionsParser)
#include "tst_completions_parser.moc"
