// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_parser.h"
#include "llm/completions_parser.h"
#include "llm/gemini_parser.h"
#include "llm/responses_parser.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <cstdio>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(FIXTURES) + u'/' + name);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

std::unique_ptr<ReplyParser> parserOf(const QString &provider)
{
    if (provider == "gemini"_L1)
        return std::make_unique<GeminiParser>(provider, u"m"_s);
    if (provider == "anthropic"_L1)
        return std::make_unique<AnthropicParser>(provider, u"m"_s);
    if (provider == "openai-responses"_L1)
        return std::make_unique<ResponsesParser>(provider);
    return std::make_unique<CompletionsParser>(provider);
}

QJsonValue orNull(std::optional<qint64> number)
{
    return number ? QJsonValue(*number) : QJsonValue::Null;
}

/// What providers want back, wherever it is kept.
QJsonArray signaturesOf(const ChatOutcome &outcome)
{
    QJsonArray signatures;
    for (const auto &call : outcome.toolCalls)
        if (const auto signature = call.providerData["signature"_L1]; signature.isString())
            signatures.append(signature);
    for (const auto &key : {u"signatures"_s, u"thinking"_s})
        for (const auto &kept : outcome.providerData[key].toArray())
            signatures.append(kept["signature"_L1].isString() ? kept["signature"_L1] : kept["data"_L1]);
    return signatures;
}

/// What came of a reply, in the shape quirks.json expects it.
QJsonObject resultOf(const ReplyParser &parser, const QString &text)
{
    QJsonObject result;
    if (!text.isEmpty())
        result["text"_L1] = text;
    if (const auto &usage = parser.usage(); usage.source == UsageSource::Reported)
        result["usage"_L1] = QJsonArray{orNull(usage.inputTokens), orNull(usage.outputTokens),
                                        orNull(usage.cachedTokens), orNull(usage.reasoningTokens)};
    if (const auto &error = parser.error()) {
        result["error"_L1] = error->code;
        result["retryable"_L1] = error->retryable;
        return result;
    }
    const auto outcome = parser.outcome();
    const bool calls = outcome.finish == FinishReason::ToolCalls;
    result["finish"_L1] = calls                                    ? u"tool_calls"_s
                          : outcome.finish == FinishReason::Length ? u"length"_s
                                                                   : u"stop"_s;
    QJsonArray wire;
    for (const auto &call : outcome.toolCalls)
        wire.append(QJsonArray{call.id, call.name, call.arguments});
    if (!wire.isEmpty())
        result["calls"_L1] = wire;
    if (const auto signatures = signaturesOf(outcome); !signatures.isEmpty())
        result["signatures"_L1] = signatures;
    return result;
}

QJsonObject parse(const QString &provider, const QByteArrayList &pieces)
{
    const auto parser = parserOf(provider);
    QString text;
    for (const auto &piece : pieces)
        text += parser->feed(piece).join(QString());
    text += parser->end().join(QString());
    return resultOf(*parser, text);
}

QByteArrayList singleBytes(const QByteArray &stream)
{
    QByteArrayList bytes;
    for (const char byte : stream)
        bytes.append(QByteArray(1, byte));
    return bytes;
}

} // namespace

/// Protects every provider against every way a stream was seen to differ: tests/fixtures/quirks.json tells
/// what must come of tests/fixtures/PROVIDER/QUIRK.sse, or why the provider cannot have the quirk.
class TestProviderQuirks : public QObject
{
    Q_OBJECT

private:
    QJsonObject m_expected;
    QMap<QString, QMap<QString, QString>> m_table; ///< by quirk, then by provider

    [[nodiscard]] QStringList quirks() const
    {
        QStringList all;
        for (const auto &provider : m_expected)
            for (const auto &quirk : provider.toObject().keys())
                if (!all.contains(quirk))
                    all.append(quirk);
        all.sort();
        return all;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_expected = QJsonDocument::fromJson(fixture(u"quirks.json"_s)).object();
        QCOMPARE(m_expected.size(), 5);
    }

    void everyProviderMastersEveryQuirk_data()
    {
        QTest::addColumn<QString>("provider");
        QTest::addColumn<QString>("quirk");
        for (const auto &provider : m_expected.keys())
            for (const auto &quirk : quirks())
                QTest::newRow(qPrintable(provider + u": "_s + quirk)) << provider << quirk;
    }

    void everyProviderMastersEveryQuirk()
    {
        QFETCH(QString, provider);
        QFETCH(QString, quirk);
        QString &entry = m_table[quirk][provider];
        entry = u"NOT OK"_s;
        const QJsonObject expected = m_expected[provider][quirk].toObject();
        QVERIFY2(!expected.isEmpty(), "quirks.json does not say what is expected");
        if (expected.contains("n/a"_L1)) {
            entry = u"n/a: "_s + expected["n/a"_L1].toString();
            return;
        }
        static const QRegularExpression strange(u"[^a-z0-9-]"_s);
        const QByteArray stream =
            fixture(provider + u'/' + QString(quirk).replace(strange, u"_"_s) + ".sse"_L1);
        QVERIFY(!stream.isEmpty());
        const auto asText = [](const QJsonObject &result) { return QJsonDocument(result).toJson(); };
        QCOMPARE(asText(parse(provider, {stream})), asText(expected));
        QCOMPARE(asText(parse(provider, singleBytes(stream))), asText(expected));
        for (qsizetype cut = 1; cut < stream.size(); ++cut)
            QVERIFY2(parse(provider, {stream.first(cut), stream.sliced(cut)}) == expected,
                     QByteArray::number(cut).constData());
        entry = u"ok"_s;
    }

    void countsThatCannotBeTrueAreNotCounted_data()
    {
        QTest::addColumn<QString>("provider");
        QTest::addColumn<QByteArray>("event");
        QTest::newRow("gemini") << u"gemini"_s
                                << QByteArray(
                                       "{'usageMetadata':{'promptTokenCount':-1,'candidatesTokenCount':"
                                       "N,'thoughtsTokenCount':N}}");
        QTest::newRow("anthropic") << u"anthropic"_s
                                   << QByteArray(
                                          "{'type':'message_start','message':{'usage':{'input_tokens':N,"
                                          "'cache_creation_input_tokens':N,'output_tokens':-3}}}");
        QTest::newRow("responses") << u"openai-responses"_s
                                   << QByteArray("{'type':'response.completed','response':{'usage':"
                                                 "{'input_tokens':-1,'output_tokens':N}}}");
    }

    void countsThatCannotBeTrueAreNotCounted()
    {
        QFETCH(QString, provider);
        QFETCH(QByteArray, event);
        const auto parser = parserOf(provider);
        (void)parser->feed("data: " + event.replace('\'', '"').replace("N", "9223372036854775807") + "\n\n");
        QVERIFY(!parser->error());
        QVERIFY(!parser->usage().inputTokens);
        QVERIFY(!parser->usage().outputTokens);
    }

    void aCallOfNothingIsNoCall()
    {
        const auto parser = parserOf(u"anthropic"_s);
        (void)parser->feed(
            "data: {\"type\":\"message_start\"}\n\n"
            "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\"}}\n\n"
            "data: {\"type\":\"content_block_stop\"}\n\n"
            "data: {\"type\":\"message_stop\"}\n\n");
        QVERIFY(parser->isOver() && !parser->error());
        QVERIFY(parser->outcome().toolCalls.isEmpty());
        QCOMPARE(parser->outcome().finish, FinishReason::Stop);
    }

    void cleanupTestCase()
    {
        const QStringList providers = m_expected.keys();
        std::printf("\n%-24s", "quirk");
        for (const auto &provider : providers)
            std::printf("%-18s", qPrintable(provider));
        QStringList reasons;
        for (auto quirk = m_table.cbegin(); quirk != m_table.cend(); ++quirk) {
            std::printf("\n%-24s", qPrintable(quirk.key()));
            for (const auto &provider : providers) {
                const QString entry = quirk->value(provider);
                std::printf("%-18s", entry.startsWith("n/a"_L1) ? "n/a" : qPrintable(entry));
                if (entry.startsWith("n/a"_L1))
                    reasons.append(quirk.key() + u", "_s + provider + u": "_s + entry.sliced(5));
            }
        }
        std::printf("\n\nnot applicable:\n  %s\n\n", qPrintable(reasons.join(u"\n  "_s)));
        std::fflush(stdout);
    }
};

QTEST_APPLESS_MAIN(TestProviderQuirks)
#include "tst_provider_quirks.moc"
