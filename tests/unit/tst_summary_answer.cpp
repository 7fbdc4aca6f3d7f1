// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_schema.h"
#include "llm/simulated_script.h"
#include "session/partial_json.h"
#include "session/summary_answer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const SummaryAnswer whole{
    u"Asked for a parcel; it was found."_s, u"A lost parcel"_s, u"Find the parcel"_s, u"resolved"_s,
    {u"Send a receipt"_s, u"Call back"_s},  u"pt-BR"_s};

const QString wholeJson =
    u"{\"summary\":\"Asked for a parcel; it was found.\",\"title\":\"A lost parcel\",\"intent\":\"Find the parcel\","_s +
    u"\"outcome\":\"resolved\",\"open_points\":[\"Send a receipt\",\"Call back\"],\"language\":\"pt-BR\"}"_s;

QString with(const QString &field, const QString &json)
{
    return u"{\"summary\":\"S.\",\"%1\":%2}"_s.arg(field, json);
}

} // namespace

/// Protects reading a model's summary: whatever comes, what is well formed is kept and the rest is not.
class TestSummaryAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aWellFormedAnswerIsTakenFromWhateverIsAroundIt()
    {
        const QString indented =
            QString::fromUtf8(QJsonDocument::fromJson(wholeJson.toUtf8()).toJson(QJsonDocument::Indented));
        for (const QString &answer :
             {wholeJson, u"\n  "_s + wholeJson + u"\n"_s, indented, u"```json\n"_s + indented + u"```\n"_s,
              u"```\n"_s + wholeJson + u"\n```"_s, u"Here is the {JSON} you wanted:\n\n"_s + wholeJson,
              u"Sure!\n```json\n"_s + wholeJson + u"\n```\nAnything else?"_s,
              u"<think>{\"a\":1} fits</think>"_s + wholeJson, u"["_s + wholeJson + u"]"_s})
            QCOMPARE(summary::parse(answer), whole);
    }

    void aTruncatedAnswerKeepsWhatIsComplete()
    {
        for (qsizetype length = 0; length < wholeJson.size(); ++length) {
            const SummaryAnswer found = summary::parse(wholeJson.left(length));
            const bool hasText = length > wholeJson.indexOf(u"\",\"title"_s);
            QCOMPARE(found.text, hasText ? whole.text : QString());
            for (const auto &[part, all] : {std::pair(found.title, whole.title),
                                            {found.intent, whole.intent},
                                            {found.outcome, whole.outcome},
                                            {found.language, whole.language}})
                QVERIFY2(part.isEmpty() || part == all, qPrintable(part));
            QCOMPARE(found.openPoints, whole.openPoints.mid(0, found.openPoints.size()));
        }
        const QString cut = wholeJson.left(wholeJson.indexOf(u"Call back"_s) + 4);
        QCOMPARE(summary::parse(cut).openPoints, QStringList{u"Send a receipt"_s});
        QCOMPARE(summary::parse(u"```json\n"_s + cut).title, whole.title);
    }

    void fieldsOfTheWrongTypeAreDropped_data()
    {
        QTest::addColumn<QString>("answer");
        const auto row = [](const char *name, const QString &field, const QString &json) {
            QTest::newRow(name) << with(field, json);
        };
        row("title is a number", u"title"_s, u"5"_s);
        row("title is null", u"title"_s, u"null"_s);
        row("title is an object", u"title"_s, u"{\"en\":\"x\"}"_s);
        row("intent is a list", u"intent"_s, u"[\"x\"]"_s);
        row("outcome is true", u"outcome"_s, u"true"_s);
        row("outcome is none of them", u"outcome"_s, u"\"splendid\""_s);
        row("points are a text", u"open_points"_s, u"\"x\""_s);
        row("points are numbers", u"open_points"_s, u"[1, null, {\"a\":2}]"_s);
        row("language is a word", u"language"_s, u"\"English\""_s);
        row("unknown field", u"mood"_s, u"\"good\""_s);
        row("not JSON", u"title"_s, u"undefined"_s);
        row("nested deeper than any answer", u"title"_s, QString(2000, u'[') + QString(2000, u']'));
    }

    void fieldsOfTheWrongTypeAreDropped()
    {
        QFETCH(QString, answer);
        QCOMPARE(summary::parse(answer), SummaryAnswer{u"S."_s});
    }

    void badElementsOfAListDoNotTakeTheGoodOnesAlong()
    {
        QCOMPARE(summary::parse(with(u"open_points"_s, u"[\"a\", 5, \" \", \"b\"]"_s)).openPoints,
                 (QStringList{u"a"_s, u"b"_s}));
    }

    void aSummaryWithoutItsTextKeepsTheRest()
    {
        const SummaryAnswer found =
            summary::parse(u"{\"summary\":\"\",\"title\":\"Parcel\",\"outcome\":\"partial\"}"_s);
        QCOMPARE(found, (SummaryAnswer{{}, u"Parcel"_s, {}, u"partial"_s}));
    }

    void proseIsTheText()
    {
        for (const QString &prose :
             {u"The user greeted."_s, u"Они поздоровались."_s, u"利用者は挨拶をした。"_s,
              u"Asked how to write {\"a\": 1} in JSON."_s, u"Asked what {name} means."_s})
            QCOMPARE(summary::parse(prose), SummaryAnswer{prose});
        QCOMPARE(summary::parse(u"```\nThey greeted.\n```"_s), SummaryAnswer{u"They greeted."_s});
    }

    void garbageIsNothing()
    {
        for (const QString &garbage :
             {QString(), u"  \n"_s, u"{}"_s, u"{"_s, u"```json\n```"_s, u"..."_s, u"[1,2]"_s, u"{\"a\":1}"_s,
              u"{\"summary\":\"It broke o"_s, u"Here it is: {\"summary\":\"It broke o"_s,
              u"<html>no</html>"_s, u"{\"summary\":{\"text\":\"x\"}}"_s, QString(20'000, u'{'),
              u"null"_s.left(2)})
            QCOMPARE(summary::parse(garbage), SummaryAnswer{});
    }

    void fieldsHaveLimits()
    {
        const QString longText = u"\"%1\""_s.arg(QString(u"ab "_s).repeated(2000));
        const SummaryAnswer found =
            summary::parse(u"{\"summary\":%1,\"title\":%1,\"intent\":%1}"_s.arg(longText.left(5000) + u'"'));
        QVERIFY(found.text.size() <= summary::maxTextChars && found.text.endsWith(u'…'));
        QVERIFY(found.title.size() <= summary::maxTitleChars && found.title.endsWith(u'…'));
        QVERIFY(found.intent.size() <= summary::maxIntentChars && found.intent.endsWith(u'…'));
        const SummaryAnswer points = summary::parse(
            with(u"open_points"_s, u"[\"%1\",\"2\",\"3\",\"4\",\"5\",\"6\"]"_s.arg(QString(500, u'x'))));
        QCOMPARE(points.openPoints.size(), summary::maxOpenPoints);
        QCOMPARE(points.openPoints.first().size(), summary::maxOpenPointChars);
        // A character of two halves is not cut in two.
        const QString smileys = QString(u"😀"_s).repeated(100);
        const QString title = summary::parse(with(u"title"_s, u"\"a%1\""_s.arg(smileys))).title;
        QVERIFY(title.isValidUtf16());
        QVERIFY(title.endsWith(u'…'));
    }

    void controlCharactersAreRemoved()
    {
        const SummaryAnswer found = summary::parse(
            u"{\"summary\":\"One.\\r\\n\\u0007Two\\u0000.\",\"title\":\"a\\tb\\nc\\u001b[31m\\u202ed\",\"intent\":\"x\\ud83dy\"}"_s);
        QCOMPARE(found.text, u"One. \n Two ."_s);
        QCOMPARE(found.title, u"a b c [31md"_s);
        QVERIFY(found.intent.isValidUtf16());
        // A line break as it is, inside a text, is not JSON; models write it all the same.
        QCOMPARE(summary::parse(u"{\"summary\":\"One.\nTwo.\",\"title\":\"t\"}"_s),
                 (SummaryAnswer{u"One.\nTwo."_s, u"t"_s}));
    }

    void outcomesAreSpeltAsTheyAre()
    {
        QCOMPARE(summary::parse(with(u"outcome"_s, u"\" Handed-Over\""_s)).outcome, u"handed_over"_s);
    }

    void languagesAreTagsOfLanguagesThereAre()
    {
        for (const auto &[told, kept] : {std::pair{u"en"_s, u"en"_s},
                                         {u"pt_br"_s, u"pt-BR"_s},
                                         {u" ZH-hant-tw "_s, u"zh-Hant-TW"_s},
                                         {u"es-419"_s, u"es-419"_s},
                                         {u"fil"_s, u"fil"_s},
                                         {u"English"_s, QString()},
                                         {u"xx"_s, QString()},
                                         {u"en-XX-yy"_s, QString()},
                                         {u"en-ZQ"_s, QString()},
                                         {u"e"_s, QString()},
                                         {QString(), QString()},
                                         {u"und"_s, QString()}})
            QCOMPARE(summary::languageTag(told), kept);
    }

    void theSimulatedModelAnswersInThisForm()
    {
        const auto answerTo = [](const QString &transcript) {
            ChatRequest request{{{Role::User, transcript, {}, {}}}, {}, Purpose::Summary};
            request.replySchema = summary::schema();
            return summary::parse(simulated::answerTo(request).text);
        };
        const SummaryAnswer asked = answerTo(u"User: **Where** is it?\nAssistant: Which order?"_s);
        QVERIFY(asked.text.contains("Where is it?"_L1));
        QCOMPARE(asked.title, u"Where is it?"_s);
        QCOMPARE(asked.intent, u"Where is it?"_s);
        QCOMPARE(asked.outcome, u"unresolved"_s); // it was asked something back
        QCOMPARE(asked.openPoints.size(), 1);
        QCOMPARE(asked.language, u"en"_s);
        const SummaryAnswer told = answerTo(u"User: Where is it?\nAssistant: On its way."_s);
        QCOMPARE(told.outcome, u"resolved"_s);
        QVERIFY(told.openPoints.isEmpty());
    }

    void theSchemaIsOneThatEveryProviderTakes()
    {
        // OpenAI's strict mode: every property required, no others, no words beyond these.
        const QJsonObject schema = summary::schema();
        const QJsonObject properties = schema["properties"_L1].toObject();
        QCOMPARE(schema["additionalProperties"_L1], QJsonValue(false));
        QCOMPARE(schema["required"_L1].toArray().size(), properties.size());
        for (const auto &required : schema["required"_L1].toArray())
            QVERIFY(properties.contains(required.toString()));
        const QStringList words{u"type"_s, u"description"_s, u"enum"_s, u"items"_s};
        for (const auto &property : properties)
            for (const QString &word : property.toObject().keys())
                QVERIFY(words.contains(word));
        // Gemini's form of it asks for as much.
        const QJsonObject gemini = geminiSchema(schema);
        QCOMPARE(gemini["properties"_L1].toObject().keys(), properties.keys());
        QCOMPARE(gemini["properties"_L1]["outcome"_L1]["enum"_L1].toArray().size(), 5);
        for (const QString &field : properties.keys())
            QVERIFY2(summary::prompt().contains(field + u": "_s), qPrintable(field));
    }
};

QTEST_GUILESS_MAIN(TestSummaryAnswer)
#include "tst_summary_answer.moc"
