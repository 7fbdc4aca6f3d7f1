// SPDX-License-Identifier: GPL-3.0-or-later
// JSON that is written without QJsonDocument is, letter by letter, what QJsonDocument would have written.
#include "domain/json_text.h"
#include "domain/json_writer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QString byDocument(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace

class TestJsonText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCharacter()
    {
        for (char32_t c = 0; c < 0x10000; ++c) {
            const QString text = u"a"_s + QChar(char16_t(c)) + u"z"_s;
            QCOMPARE(jsonText(QJsonObject{{u"k"_s, text}}), byDocument({{u"k"_s, text}}));
        }
    }

    void specialsAnywhere()
    {
        const QString plain(40, u'x');
        for (const QString &special : {u"\""_s, u"\\"_s, u"\n"_s, u"😀"_s, u"\"😀\n"_s, QString(QChar(0xD83D)),
                                       QString(QChar(0xDE00)), QString(QChar(0xDE00)) + QChar(0xD83D)})
            for (qsizetype at = 0; at <= plain.size(); ++at) {
                const QString text = plain.first(at) + special + plain.sliced(at);
                QCOMPARE(withJsonText("{\"k\":\""_L1, text, "\"}"_L1), byDocument({{u"k"_s, text}}));
            }
    }

    void values_data()
    {
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("null") << QJsonValue(QJsonValue::Null);
        QTest::newRow("no") << QJsonValue(false);
        QTest::newRow("yes") << QJsonValue(true);
        for (const double number :
             {0.0, -0.0, 1.0, -7.0, 0.00021, 1e-9, 123456.789, 1e6, 1e15, 1e16, -1e20, 1e300})
            QTest::newRow(QByteArray::number(number).constData()) << QJsonValue(number);
        for (const qint64 number : {qint64(1790000000000), qint64(1) << 53,
                                    std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::min()})
            QTest::newRow(QByteArray::number(number).constData()) << QJsonValue(number);
        QTest::newRow("not a number") << QJsonValue(std::numeric_limits<double>::quiet_NaN());
        QTest::newRow("nothing in an object") << QJsonValue(QJsonObject());
        QTest::newRow("nothing in an array") << QJsonValue(QJsonArray());
        QTest::newRow("empty text") << QJsonValue(u""_s);
        QTest::newRow("deep") << QJsonValue(QJsonObject{
            {u"b\"\n"_s, QJsonArray{1, u"two"_s, QJsonObject{{u"three"_s, QJsonArray{true, QJsonValue()}}}}},
            {u"a"_s, QJsonObject{{u""_s, 0.5}}}});
    }
    void values()
    {
        QFETCH(QJsonValue, value);
        const QJsonObject object{{u"k"_s, value}};
        QCOMPARE(jsonText(object), byDocument(object));
    }

    void writer()
    {
        const QString written = JsonWriter()
                                    .number("a"_L1, qint64(-5))
                                    .number("b"_L1, std::optional<qint64>())
                                    .flag("c"_L1, true)
                                    .text("d"_L1, u"\"quoted\""_s)
                                    .text("e"_L1, QString())
                                    .value("f"_L1, QJsonArray{1})
                                    .json("g"_L1, JsonWriter().object())
                                    .object();
        QCOMPARE(written, byDocument({{u"a"_s, -5},
                                      {u"b"_s, QJsonValue::Null},
                                      {u"c"_s, true},
                                      {u"d"_s, u"\"quoted\""_s},
                                      {u"e"_s, u""_s},
                                      {u"f"_s, QJsonArray{1}},
                                      {u"g"_s, QJsonObject()}}));
    }
};

QTEST_APPLESS_MAIN(TestJsonText)
#include "tst_json_text.moc"
