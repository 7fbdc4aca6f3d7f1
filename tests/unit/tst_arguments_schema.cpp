// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/arguments_schema.h"
#include "tools/schema_rules.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// JSON written with ' for ".
QJsonObject json(QByteArray text)
{
    return QJsonDocument::fromJson(text.replace('\'', '"')).object();
}

QByteArray nested(qsizetype depth)
{
    return QByteArray("{'not':").repeated(depth) + "{}" + QByteArray("}").repeated(depth);
}

} // namespace

/// Protects the server from the schemas of other people's tools, and from what models write to match them.
class TestArgumentsSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void schemasThatWouldBringItDownAreRefused_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::newRow("refers to itself") << QByteArray("{'$ref':'#'}");
        QTest::newRow("to itself, in a combination") << QByteArray("{'allOf':[{'$ref':'#'}]}");
        QTest::newRow("to itself, in dependencies") << QByteArray("{'dependencies':{'a':{'$ref':'#'}}}");
        QTest::newRow("to itself, escaped")
            << QByteArray("{'definitions':{'a':{'$ref':'#/definitions/%61'}}}");
        QTest::newRow("two to each other")
            << QByteArray("{'definitions':{'a':{'$ref':'#/definitions/b'},'b':{'$ref':'#/definitions/a'}},"
                          "'properties':{'x':{'$ref':'#/definitions/a'}}}");
        QTest::newRow("to nothing") << QByteArray("{'properties':{'x':{'$ref':'#/definitions/a'}}}");
        QTest::newRow("to another host") << QByteArray("{'$ref':'http://host/schema'}");
        QTest::newRow("deep") << nested(500);
        QTest::newRow("divides by zero") << QByteArray("{'properties':{'x':{'multipleOf':0}}}");
        QTest::newRow("divides by less") << QByteArray("{'properties':{'x':{'multipleOf':-1}}}");
    }

    void schemasThatWouldBringItDownAreRefused()
    {
        QFETCH(QByteArray, schema);
        const QJsonObject parsed = json(schema);
        QVERIFY(!parsed.isEmpty());
        const auto compiled = ArgumentsSchema::compile(parsed);
        QVERIFY(!compiled);
        QCOMPARE(compiled.error().code, u"tool_schema"_s);
    }

    void aTreeIsASchema()
    {
        const auto tree = ArgumentsSchema::compile(json(
            "{'properties':{'name':{'type':'string'},'children':{'type':'array','items':{'$ref':'#'}}}}"));
        QVERIFY(tree);
        QVERIFY(tree->complaint(json("{'name':'a','children':[{'name':'b','children':[]}]}")).isEmpty());
        QVERIFY(!tree->complaint(json("{'children':[{'name':7}]}")).isEmpty());
    }

    void whatGeneratorsWriteIsTidied()
    {
        const QJsonObject tidy = tidySchema(
            json("{'type':'object','required':null,'properties':{'n':{'minimum':1,'exclusiveMinimum':true,"
                 "'description':null,'default':null},'m':{'maximum':9,'exclusiveMaximum':false}}}"));
        QCOMPARE(tidy, json("{'type':'object','properties':{'n':{'exclusiveMinimum':1,'default':null},"
                            "'m':{'maximum':9}}}"));
        QVERIFY(ArgumentsSchema::compile(tidy));
    }

    void patternsHoldAndNeverTakeLong()
    {
        const auto schema =
            ArgumentsSchema::compile(json("{'properties':{'code':{'type':'string','pattern':'^[a-z]*$'},"
                                          "'list':{'items':{'pattern':'^(a+)+$'}}}}"));
        QVERIFY(schema);
        QVERIFY(schema->complaint(json("{'code':'abc','list':['aa']}")).isEmpty());
        QVERIFY(schema->complaint(json("{'code':'A1'}")).contains(u"'code'"_s));
        QVERIFY(schema->complaint(json("{'list':['a','b']}")).contains(u"'list.1'"_s));
        (void)schema->complaint(json("{'code':'" + QByteArray(60'000, 'a') + "'}"));
        (void)schema->complaint(json("{'list':['" + QByteArray(5'000, 'a') + "!']}"));
    }

    void deepArgumentsAreRefused()
    {
        const auto schema = ArgumentsSchema::compile(json("{'properties':{'not':{'$ref':'#'}}}"));
        QVERIFY(schema);
        QVERIFY(schema->complaint(json(nested(10))).isEmpty());
        QVERIFY(!schema->complaint(json(nested(500))).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestArgumentsSchema)
#include "tst_arguments_schema.moc"
