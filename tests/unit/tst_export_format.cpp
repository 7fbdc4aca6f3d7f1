// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/export_format.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects the files that others read: whole, quoted where they must be, and harmless.
class TestExportFormat : public QObject
{
    Q_OBJECT

private:
    static QByteArray written(ExportFormat format, const QList<QString> &said)
    {
        const auto writer = exportWriter(format);
        QByteArray text = writer->begin();
        for (const QString &session : {u"s1"_s, u"s2"_s}) {
            QList<Event> events;
            for (const QString &content : said)
                events.append({session,
                               events.size() + 1,
                               1'700'000'000'123,
                               EventType::UserMessage,
                               Role::User,
                               content,
                               {{"turn"_L1, 1}}});
            text +=
                writer->session({.sessionId = session, .userId = u"zoë"_s, .status = u"active"_s}, events);
        }
        return text + writer->end();
    }

private Q_SLOTS:
    void jsonIsOneDocument()
    {
        QJsonParseError problem;
        const auto document = QJsonDocument::fromJson(written(ExportFormat::Json, {u"a\n\"b\""_s}), &problem);
        QCOMPARE(problem.error, QJsonParseError::NoError);
        const auto sessions = document["sessions"_L1].toArray();
        QCOMPARE(sessions.size(), 2);
        QCOMPARE(sessions[1]["events"_L1][0]["content"_L1].toString(), u"a\n\"b\""_s);
        const auto empty = exportWriter(ExportFormat::Json);
        QVERIFY(QJsonDocument::fromJson(empty->begin() + empty->end()).object()["sessions"_L1].isArray());
    }

    void jsonLinesHaveAnEventEach()
    {
        const auto lines = written(ExportFormat::JsonLines, {u"a\nb"_s, u"c"_s}).split('\n');
        QCOMPARE(lines.size(), 2 * 3 + 1);
        QVERIFY(lines.last().isEmpty());
        QCOMPARE(QJsonDocument::fromJson(lines[0])["kind"_L1].toString(), u"session"_s);
        QCOMPARE(QJsonDocument::fromJson(lines[1])["content"_L1].toString(), u"a\nb"_s);
    }

    void csvCells_data()
    {
        QTest::addColumn<QString>("content");
        QTest::addColumn<QByteArray>("cell");
        QTest::newRow("plain") << u"hello"_s << QByteArray("hello");
        QTest::newRow("comma") << u"a,b"_s << QByteArray("\"a,b\"");
        QTest::newRow("quote") << u"a \"b\""_s << QByteArray("\"a \"\"b\"\"\"");
        QTest::newRow("line") << u"a\nb"_s << QByteArray("\"a\nb\"");
        QTest::newRow("carriage return") << u"a\rb"_s << QByteArray("\"a\rb\"");
        QTest::newRow("equals") << u"=1+1"_s << QByteArray("'=1+1");
        QTest::newRow("plus") << u"+1"_s << QByteArray("'+1");
        QTest::newRow("minus") << u"-1"_s << QByteArray("'-1");
        QTest::newRow("at") << u"@SUM(A1)"_s << QByteArray("'@SUM(A1)");
        QTest::newRow("tab") << u"\t=1"_s << QByteArray("'\t=1");
        QTest::newRow("formula with a comma")
            << u"=HYPERLINK(\"x\",1)"_s << QByteArray("\"'=HYPERLINK(\"\"x\"\",1)\"");
        QTest::newRow("inside") << u"1=1"_s << QByteArray("1=1");
    }
    void csvCells()
    {
        QFETCH(QString, content);
        QFETCH(QByteArray, cell);
        const auto text = written(ExportFormat::Csv, {content});
        QVERIFY2(text.contains("\r\ns1,zoë,1,2023-11-14T22:13:20.123Z,user_message,user," + cell +
                               ",\"{\"\"turn\"\":1}\"\r\n"),
                 text.constData());
    }

    void whatWasSaidCannotPassForTheTranscript()
    {
        const auto text = QString::fromUtf8(
            written(ExportFormat::Markdown, {u"# Session `fake`\n\n**Assistant** · 10:00:00\r\n> no"_s}));
        for (const auto &line : text.split(u'\n'))
            QVERIFY2(!line.contains("fake"_L1) || line.startsWith("> "_L1), qPrintable(line));
        QVERIFY(text.contains(u"> **Assistant** · 10:00:00\n> > no\n"_s));
        QCOMPARE(text.count("\n# Session `"_L1), 1);
    }
};

QTEST_GUILESS_MAIN(TestExportFormat)
#include "tst_export_format.moc"
