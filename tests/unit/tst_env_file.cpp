// SPDX-License-Identifier: GPL-3.0-or-later
#include "env_file.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects the .env files that people have already: each value is what it was for the program they come
/// from.
class TestEnvFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesAreReadAsPeopleWriteThem_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *what, const QByteArray &line, const QString &value) {
            QTest::newRow(what) << line << value;
        };
        row("plain", "A=1", u"1"_s);
        row("export, spaces", " export A = two words ", u"two words"_s);
        row("comment", "A=plain # it's a comment", u"plain"_s);
        row("a sharp that is none", "A=x#y", u"x#y"_s);
        row("a comment alone", "A=   # optional", QString());
        row("a value like a comment", "A=#s3cret", u"#s3cret"_s);
        row("empty", "A=", QString());
        row("Windows", "A=plain\r", u"plain"_s);
        row("double quotes", "A=\"q # not a comment\\n\"", u"q # not a comment\n"_s);
        row("single quotes", "A='single $x ${B} \\n'", u"single $x ${B} \\n"_s);
        row("quotes and a comment with quotes", "A=\"sk-q\"  # comment \"here\"", u"sk-q"_s);
        row("single quotes and a comment", "A='http://h/v1' # it's optional", u"http://h/v1"_s);
        row("an escaped quote", "A=\"a \\\" b\"", u"a \" b"_s);
        row("a quote that nothing closes", "A=it\"s", u"it\"s"_s);
        row("over several lines", "A=\"-----BEGIN\nabc\n-----END\"", u"-----BEGIN\nabc\n-----END"_s);
        row("of a line before", "P=pw\nA=postgresql://u:${P}@h/d", u"postgresql://u:pw@h/d"_s);
        row("of the environment first", "B=file\nA=${B}", u"environment"_s);
        row("instead", "A=${NOBODY:-this}", u"this"_s);
        row("of nobody", "A=x${NOBODY}y", u"xy"_s);
        row("a dollar", "A=pa$$word$1", u"pa$$word$1"_s);
        row("other names", "my-app.name=x\nA=1", u"1"_s);
    }

    void valuesAreReadAsPeopleWriteThem()
    {
        QFETCH(const QByteArray, line);
        const auto file = parseEnvFile("# comment\n\n" + line + "\nZ=z", {{u"B"_s, u"environment"_s}});
        QVERIFY(file.has_value());
        QTEST(file->values.value(u"A"_s), "value");
        QCOMPARE(file->values.value(u"Z"_s), u"z"_s);
        QVERIFY(file->strayLines.isEmpty());
    }

    void aByteOrderMarkIsNoPartOfAName()
    {
        QCOMPARE(parseEnvFile("\xef\xbb\xbf"
                              "A=1")
                     ->values.value(u"A"_s),
                 u"1"_s);
    }

    void aLineThatIsNoneIsNumberedAndPassedOver_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<qsizetype>>("lines");
        QTest::newRow("words") << QByteArray("A=1\nwhat is this\nZ=z\n") << QList<qsizetype>{2};
        QTest::newRow("a value in words") << QByteArray("what is this = 'A\nA=1\nZ=z") << QList<qsizetype>{1};
        QTest::newRow("a name alone")
            << QByteArray("A=1\r\nNAME\r\nexport NAME\r\nZ=z\r\n") << QList<qsizetype>{2, 3};
        QTest::newRow("YAML") << QByteArray("KEY: B=2\nA=1\n\n- x\nZ=z") << QList<qsizetype>{1, 4};
        QTest::newRow("after a value of lines")
            << QByteArray("A=1\nB=\"1\n2\"\n\nwhat\nZ=z") << QList<qsizetype>{5};
        QTest::newRow("no name") << QByteArray("=1\nA=1\nZ=z\n\"B\"=2") << QList<qsizetype>{1, 4};
    }

    void aLineThatIsNoneIsNumberedAndPassedOver()
    {
        QFETCH(const QByteArray, text);
        const auto file = parseEnvFile(text);
        QVERIFY(file.has_value());
        QTEST(file->strayLines, "lines");
        QCOMPARE(file->values.value(u"A"_s), u"1"_s);
        QCOMPARE(file->values.value(u"Z"_s), u"z"_s);
    }

    void valuesThatMakeMuchOfEachOtherAreNamed()
    {
        QByteArray growing("A0=xx\n");
        for (int i = 1; i < 40; ++i)
            growing += QByteArray("A%1=${A%2}${A%2}\n")
                           .replace("%1", QByteArray::number(i))
                           .replace("%2", QByteArray::number(i - 1));
        QVERIFY(parseEnvFile(growing).error().message.contains("too long"_L1));
    }
};

QTEST_GUILESS_MAIN(TestEnvFile)
#include "tst_env_file.moc"
