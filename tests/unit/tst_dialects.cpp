// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QJsonObject frame(const Outbound &message)
{
    return QJsonDocument::fromJson(framesDialect().encoder()(message).first().toUtf8()).object();
}

/// All that one client is told.
QStringList spoken(const QString &dialect, const QList<Outbound> &messages)
{
    const Encode encode = findDialect(dialect)->encoder();
    QStringList frames;
    for (const Outbound &message : messages)
        frames += encode(message);
    return frames;
}

/// Of chunks: their types, and the ids of those that have one.
QString types(const QStringList &chunks)
{
    QStringList words;
    for (const QString &chunk : chunks) {
        const QJsonObject object = QJsonDocument::fromJson(chunk.toUtf8()).object();
        for (const auto *name : {"type", "id", "toolCallId"})
            if (const QString word = object[QLatin1StringView(name)].toString(); !word.isEmpty())
                words.append(word);
    }
    return words.join(u' ');
}

} // namespace

/// Protects what clients are told, word for word, in each of the dialects.
class TestDialects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void framesDialectSpeaksTheContract()
    {
        QCOMPARE(frame(outbound::Token{1, u"Hé\n"_s}),
                 (QJsonObject{{"type"_L1, "token"_L1}, {"token"_L1, u"Hé\n"_s}}));
        const auto done =
            frame(outbound::TurnDone{2, u"x"_s, u"stop"_s, {3, 4, UsageSource::Reported}, 5, 6, 7});
        QCOMPARE(done, (QJsonObject{{"type"_L1, "done"_L1},
                                    {"text"_L1, "x"_L1},
                                    {"turn"_L1, 2},
                                    {"finish"_L1, "stop"_L1},
                                    {"usage"_L1, QJsonObject{{"input_tokens"_L1, 3},
                                                             {"output_tokens"_L1, 4},
                                                             {"source"_L1, "reported"_L1}}},
                                    {"ttft_ms"_L1, 5},
                                    {"duration_ms"_L1, 6},
                                    {"seq"_L1, 7}}));
        const auto error = frame(outbound::Problem{{u"c"_s, u"m"_s, {}, true}, 0});
        QCOMPARE(error, (QJsonObject{{"type"_L1, "error"_L1},
                                     {"code"_L1, "c"_L1},
                                     {"message"_L1, "m"_L1},
                                     {"retryable"_L1, true}}));
        QVERIFY(frame(outbound::TurnDone{})["usage"_L1].toObject()["source"_L1] == "unknown"_L1);
    }

    void tokensAreTheJsonThatAnyWriterWouldWrite()
    {
        QString all;
        for (char16_t c = 0; c < 0x180; ++c)
            all += QChar(c);
        const QChar half(0xD83C);
        for (const QString &text : {u"Hi"_s, QString(), all, u"\u4f60\u597d \U0001F30D"_s, u"a"_s + half,
                                    u"\"\n"_s + half + u"b\\"_s, QString(half)}) {
            const auto plain = [](const QJsonObject &frame) {
                return QStringList{QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact))};
            };
            const outbound::Token token{1, text};
            QCOMPARE(framesDialect().encoder()(token), plain({{"type"_L1, u"token"_s}, {"token"_L1, text}}));
            QCOMPARE(findDialect(u"content"_s)->encoder()(token),
                     plain({{"type"_L1, u"content"_s}, {"value"_L1, text}}));
        }
    }

    void otherDialectsSayNothingOfTheFrames()
    {
        const QList<Outbound> reply{outbound::SessionStarted{u"s"_s, u"u"_s, {}, false, false, Mode::Ai, 1},
                                    outbound::TurnStarted{1, 2},
                                    outbound::Token{1, u"Hi"_s},
                                    outbound::ToolStarted{u"t"_s, QJsonObject{{"a"_L1, 1}}, u"c"_s, 3},
                                    outbound::ToolEnded{u"t"_s, u"c"_s, u"r"_s, true, 4, 4},
                                    outbound::TurnDone{1, u"Hi"_s, u"stop"_s, {}, {}, 0, 5}};
        QCOMPARE(spoken(u"text"_s, reply), QStringList{u"Hi"_s});
        QCOMPARE(spoken(u"sentinel"_s, reply),
                 (QStringList{uR"({"session_id":"s","type":"session_started"})"_s, u"Hi"_s,
                              u"[END_OF_RESPONSE]"_s}));
        QCOMPARE(spoken(u"content"_s, reply),
                 (QStringList{uR"({"type":"content","value":"Hi"})"_s,
                              uR"({"args":{"a":1},"tool":"t","type":"tool_start"})"_s,
                              uR"({"result":"r","tool":"t","type":"tool_end"})"_s}));
    }

    void theAiSdkReadsPartsInTheOrderTheyCame()
    {
        const QList<Outbound> reply{outbound::SessionStarted{u"s"_s, u"u"_s, {}, false, false, Mode::Ai, 1},
                                    outbound::TurnStarted{1, 2},
                                    outbound::Token{1, u"Let "_s},
                                    outbound::Token{1, u"me look."_s},
                                    outbound::ToolStarted{u"t"_s, QJsonObject{{"a"_L1, 1}}, u"c"_s, 3},
                                    outbound::ToolStarted{u"t"_s, QJsonObject(), u"d"_s, 4},
                                    outbound::ToolEnded{u"t"_s, u"c"_s, u"r"_s, true, 4, 5},
                                    outbound::ToolEnded{u"t"_s, u"d"_s, u"no"_s, false, 4, 6},
                                    outbound::Token{1, u"Sun"_s},
                                    outbound::TurnDone{1, u"Let me look.Sun"_s, u"stop"_s, {}, {}, 0, 7}};
        QCOMPARE(
            types(spoken(u"ai-sdk"_s, reply)),
            u"data-session start text-start 0 text-delta 0 text-delta 0 text-end 0 tool-input-available c "
            "tool-input-available d tool-output-available c tool-output-error d text-start 1 "
            "text-delta 1 text-end 1 finish"_s);
    }

    void anAiSdkMessageHasOneEnd_data()
    {
        QTest::addColumn<QList<Outbound>>("told");
        QTest::addColumn<QString>("types");
        const auto row = [](const char *what, const QList<Outbound> &told, const QString &types) {
            QTest::newRow(what) << told << types;
        };
        const auto done = [](const QString &finish, const QString &text = {}) {
            return outbound::TurnDone{1, text, finish, {}, {}, 0, 3};
        };
        const outbound::TurnStarted start{1, 2};
        const outbound::Token token{1, u"Hi"_s};
        const Error error{u"c"_s, u"m"_s, {}, true};
        row("stopped", {start, token, done(u"cancelled"_s)},
            u"start text-start 0 text-delta 0 text-end 0 message-metadata abort"_s);
        row("failed", {start, outbound::Problem{error, 3}, token, done(u"failed"_s)},
            u"start text-start 0 text-delta 0 text-end 0 message-metadata error"_s);
        row("broke off", {start, done(u"failed"_s)}, u"start message-metadata error"_s);
        row("refused", {outbound::Problem{error, 0}}, u"error"_s);
        row("another refused meanwhile", {start, outbound::Problem{error, 0}, done(u"stop"_s)},
            u"start data-problem finish"_s);
        row("by a person", {start, outbound::OperatorMessage{u"Hi"_s, 3}, done(u"human"_s, u"Hi"_s)},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("unasked", {outbound::OperatorMessage{u"Hi"_s, 3}},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("two that waited",
            {start, outbound::TurnStarted{2, 3}, outbound::OperatorMessage{u"Hi"_s, 4},
             outbound::TurnDone{1, {}, u"human"_s, {}, {}, 0, 4}, done(u"human"_s, u"Hi"_s)},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("two that waited, of which the client was told one",
            {start, outbound::OperatorMessage{u"Hi"_s, 4},
             outbound::TurnDone{1, {}, u"human"_s, {}, {}, 0, 4}, done(u"human"_s, u"Hi"_s)},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("begun before", {token, done(u"stop"_s, u"Hi"_s)},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("told by its end alone", {done(u"stop"_s, u"Hi"_s)},
            u"start text-start 0 text-delta 0 text-end 0 finish"_s);
        row("a call that began before",
            {outbound::ToolEnded{u"t"_s, u"c"_s, u"r"_s, true, 4, 5}, token, done(u"stop"_s)},
            u"tool-input-available c tool-output-available c start text-start 0 text-delta 0 text-end 0 finish"_s);
    }

    void anAiSdkMessageHasOneEnd()
    {
        QFETCH(const QList<Outbound>, told);
        QTEST(types(spoken(u"ai-sdk"_s, told)), "types");
    }

    void whatIsRefusedDuringAReplyIsSaidAfterIt()
    {
        const outbound::Problem refused{{u"empty_message"_s, u"Empty."_s, {}, false}, 0};
        const QList<Outbound> reply{
            refused, outbound::TurnStarted{1, 2}, outbound::Token{1, u"H"_s},
            refused, outbound::Token{1, u"i"_s},  outbound::TurnDone{1, u"Hi"_s, u"stop"_s, {}, {}, 0, 3},
            refused};
        const QString end = u"[END_OF_RESPONSE]"_s;
        const QString empty = u"Empty."_s;
        QCOMPARE(spoken(u"sentinel"_s, reply),
                 (QStringList{empty, end, u"H"_s, u"i"_s, end, empty, end, empty, end}));
        QCOMPARE(spoken(u"text"_s, reply), (QStringList{empty, u"H"_s, u"i"_s, empty, empty}));
        // Where a refusal can be told from a reply it comes at once.
        QVERIFY(spoken(u"frames"_s, reply)[3].contains(u"empty_message"_s));
    }

    void whatAnOperatorSaysUnaskedIsAReplyOfItsOwn()
    {
        const outbound::OperatorMessage said{u"Hello, Ann here."_s, 4};
        const QString end = u"[END_OF_RESPONSE]"_s;
        QCOMPARE(spoken(u"sentinel"_s, {said}), (QStringList{said.content, end}));
        QCOMPARE(spoken(u"sentinel"_s, {outbound::TurnStarted{1, 2}, said,
                                        outbound::TurnDone{1, said.content, u"human"_s, {}, {}, 0, 4}, said}),
                 (QStringList{said.content, end, said.content, end}));
    }

    void refusalsDoNotWaitForAPerson()
    {
        const outbound::Problem refused{{u"empty_message"_s, u"Empty."_s, {}, false}, 0};
        QCOMPARE(spoken(u"text"_s, {outbound::ModeChanged{Mode::Human, 1}, outbound::TurnStarted{1, 2},
                                    refused, outbound::OperatorMessage{u"Hi"_s, 4},
                                    outbound::TurnDone{1, u"Hi"_s, u"human"_s, {}, {}, 0, 4}}),
                 (QStringList{u"Empty."_s, u"Hi"_s}));
        // What waits for a reply that a person takes over is said then.
        QCOMPARE(
            spoken(u"text"_s, {outbound::TurnStarted{1, 2}, refused, outbound::ModeChanged{Mode::Human, 3}}),
            QStringList{u"Empty."_s});
    }

    void whatHoldsUpAReplyIsNoPartOfIt()
    {
        const outbound::Problem full{{u"store_full"_s, u"Full."_s, {}, true}, 0};
        const outbound::TurnDone done{1, u"Hi"_s, u"stop"_s, {}, {}, 0, 4};
        QCOMPARE(spoken(u"text"_s,
                        {outbound::TurnStarted{1, 2}, outbound::Token{1, u"Hi"_s}, full, full, done, full}),
                 (QStringList{u"Hi"_s, u"Full."_s}));
    }

    void aReplyThatRanBeforeTheClientCameIsOneToo()
    {
        const outbound::Problem refused{{u"empty_message"_s, u"Empty."_s, {}, false}, 0};
        const outbound::TurnDone done{1, u"Hi"_s, u"stop"_s, {}, {}, 0, 4};
        QCOMPARE(spoken(u"text"_s, {outbound::Token{1, u"H"_s}, refused, outbound::Token{1, u"i"_s}, done}),
                 (QStringList{u"H"_s, u"i"_s, u"Empty."_s}));
    }
};

QTEST_GUILESS_MAIN(TestDialects)
#include "tst_dialects.moc"
