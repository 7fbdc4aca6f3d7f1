// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_schema.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects tools with Gemini, which takes a part of JSON Schema only: the model is told all that the rest
/// says, and no request is refused for it.
class TestGeminiSchema : public QObject
{
    Q_OBJECT

    /// With ' for ", which would need a backslash each.
    static QJsonObject json(QByteArray text)
    {
        return QJsonDocument::fromJson(text.replace('\'', '"')).object();
    }

private Q_SLOTS:
    void whatItDoesNotKnowIsSaidInWordsThatItKnows_data()
    {
        QTest::addColumn<QJsonObject>("schema");
        QTest::addColumn<QJsonObject>("expected");
        const auto row = [](const char *name, const char *schema, const char *expected) {
            QTest::newRow(name) << json(schema) << json(expected);
        };
        row("a reference, with words of its own",
            "{'type':'object','properties':{'to':{'$ref':'#/$defs/Place','description':'where to'}},"
            "'$defs':{'Place':{'type':'object','description':'a place','required':['city'],"
            "'properties':{'city':{'type':'string'}}}}}",
            "{'type':'object','properties':{'to':{'type':'object','description':'where "
            "to','required':['city'],"
            "'properties':{'city':{'type':'string'}}}}}");
        row("a reference to a reference, in items",
            "{'type':'array','items':{'$ref':'#/definitions/A'},"
            "'definitions':{'A':{'$ref':'#/definitions/B~1b'},'B/b':{'type':'integer'}}}",
            "{'type':'array','items':{'type':'integer'}}");
        row("the whole by reference", "{'$ref':'#/$defs/All','$defs':{'All':{'type':'string'}}}",
            "{'type':'string'}");
        row("allOf",
            "{'allOf':[{'type':'object','required':['a'],'properties':{'a':{'type':'string'},'b':{'type':'"
            "number'}}},"
            "{'required':['b','a']}],"
            "'properties':{'a':{'type':'string','description':'mine'}}}",
            "{'type':'object','required':['a','b'],"
            "'properties':{'a':{'type':'string','description':'mine'},'b':{'type':'number'}}}");
        row("an array whose items are said beside it",
            "{'allOf':[{'type':'array'},{'items':{'type':'integer'}}]}",
            "{'type':'array','items':{'type':'integer'}}");
        row("an array that does not say of what", "{'properties':{'a':{'type':'array'}}}",
            "{'properties':{'a':{'type':'array','items':{'type':'string'}}}}");
        row("a circle through an array",
            "{'$ref':'#/$defs/Rows','$defs':{'Rows':{'type':'array','items':{'$ref':'#/$defs/Rows'}}}}",
            "{'type':'array','items':{'type':'array','items':{'type':'string'}}}");
        row("a circle through what may be null",
            "{'$ref':'#/$defs/Rows','$defs':{'Rows':{'type':['array','null'],'items':{'$ref':'#/$defs/"
            "Rows'}}}}",
            "{'type':'array','nullable':true,'items':{'type':'array','items':{'type':'string'}}}");
        row("two types, and what holds of each",
            "{'type':['string','integer'],'anyOf':[{'minLength':1},{'minimum':2}]}",
            "{'anyOf':[{'type':'string'},{'type':'integer'}]}");
        row("an object or null, with more beside it",
            "{'anyOf':[{'type':'object','properties':{'a':{'type':'string'}},'required':['a']},{'type':'null'"
            "}],"
            "'properties':{'b':{'type':'string'}},'required':['b']}",
            "{'type':'object','nullable':true,'properties':{'a':{'type':'string'},'b':{'type':'string'}},"
            "'required':['b','a']}");
        row("something or null", "{'anyOf':[{'type':'string','format':'uuid'},{'type':'null'}],'title':'T'}",
            "{'type':'string','nullable':true,'title':'T'}");
        row("one of two, or null", "{'oneOf':[{'type':'string'},{'type':'null'},{'type':'integer'}]}",
            "{'nullable':true,'anyOf':[{'type':'string'},{'type':'integer'}]}");
        row("references that lead nowhere", "{'anyOf':[{'$ref':'#/none'},{'$ref':'other.json'},{'$ref':''}]}",
            "{'anyOf':[{},{},{}]}");
        row("a property named as a word",
            "{'properties':{'$ref':{'type':'string'},'allOf':{'type':'string'}}}",
            "{'properties':{'$ref':{'type':'string'},'allOf':{'type':'string'}}}");
    }
    void whatItDoesNotKnowIsSaidInWordsThatItKnows()
    {
        QFETCH(QJsonObject, schema);
        QFETCH(QJsonObject, expected);
        QCOMPARE(geminiSchema(schema), expected);
    }

    void aTreeIsWrittenOutOnce()
    {
        const auto tree = geminiSchema(
            json("{'$ref':'#/$defs/Node','$defs':{'Node':{'type':'object','properties':{"
                 "'name':{'type':'string'},'children':{'type':'array','items':{'$ref':'#/$defs/Node'}}}}}}"));
        const auto inner = tree["properties"_L1]["children"_L1]["items"_L1];
        QCOMPARE(inner.toObject(), json("{'type':'object'}"));
    }

    void whatStandsThereIsTakenHoweverMuchItIs()
    {
        QJsonObject properties;
        for (int i = 0; i < 6'000; ++i)
            properties[QString::number(i)] = QJsonObject{{"type"_L1, "integer"_L1}};
        const QJsonObject flat{{"type"_L1, "object"_L1}, {"properties"_L1, properties}};
        QCOMPARE(geminiSchema(flat), flat);
    }

    void aLongListThatIsReferredToOftenEnds()
    {
        QJsonArray words;
        for (int i = 0; i < 300; ++i)
            words.append(u"a word of the list %1"_s.arg(i));
        QJsonObject properties;
        for (int i = 0; i < 1'500; ++i)
            properties[QString::number(i)] = QJsonObject{{"$ref"_L1, "#/$defs/Words"_L1}};
        const QJsonObject many{{"properties"_L1, properties},
                               {"$defs"_L1, QJsonObject{{"Words"_L1, QJsonObject{{"enum"_L1, words}}}}}};
        QVERIFY(QJsonDocument(geminiSchema(many)).toJson(QJsonDocument::Compact).size() < 300'000);
    }

    void emptySchemasCountToo()
    {
        QJsonArray many;
        for (int i = 0; i < 1'000; ++i)
            many.append(QJsonObject());
        QJsonObject properties;
        for (int i = 0; i < 1'000; ++i)
            properties[QString::number(i)] = QJsonObject{{"$ref"_L1, "#/$defs/Any"_L1}};
        const QJsonObject any{{"properties"_L1, QJsonObject{{"x"_L1, QJsonObject{{"anyOf"_L1, many}}}}}};
        const QJsonObject root{{"properties"_L1, properties}, {"$defs"_L1, QJsonObject{{"Any"_L1, any}}}};
        QVERIFY(QJsonDocument(geminiSchema(root)).toJson(QJsonDocument::Compact).size() < 300'000);
    }

    void referencesThatMultiplyEnd()
    {
        QJsonObject definitions;
        for (int level = 0; level < 40; ++level) {
            const QJsonObject next{{"$ref"_L1, u"#/$defs/%1"_s.arg(level + 1)}};
            definitions[QString::number(level)] =
                QJsonObject{{"properties"_L1, QJsonObject{{"a"_L1, next}, {"b"_L1, next}}}};
        }
        // Where it is read first, one that lists much and says much.
        QJsonArray names;
        for (int i = 0; i < 500; ++i)
            names.append(u"name%1"_s.arg(i));
        definitions[u"12"_s] = QJsonObject{{"required"_L1, names}, {"description"_L1, QString(2'000, u'x')}};
        const QJsonObject bomb{{"$ref"_L1, "#/$defs/0"_L1}, {"$defs"_L1, definitions}};
        QVERIFY(QJsonDocument(geminiSchema(bomb)).toJson(QJsonDocument::Compact).size() < 100'000);
    }
};

QTEST_APPLESS_MAIN(TestGeminiSchema)
#include "tst_gemini_schema.moc"
