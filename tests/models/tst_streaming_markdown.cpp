// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/streaming_markdown.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const QString everything =
    u"# Title\n\nHere is what I *found*:\n- **one**\n- two with `code`\n\n  loose\n\n"
    "```python\nprint(1)\n\n# not a heading\n```\nafter the fence\n\n"
    "| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n> quote\nlazy\n\n[ref]: https://x.example\n\n"
    "1. first\n2. second\n\n---\n\n    indented\n\nend https://auto.example é漢🎉\nsetext\n==="_s;

QStringList rowsOf(const StreamingMarkdown &markdown)
{
    QStringList rows;
    for (int row = 0; row < markdown.rowCount(); ++row)
        rows.append(markdown.index(row).data(StreamingMarkdown::TextRole).toString());
    return rows;
}

QString allOf(const QString &source)
{
    StreamingMarkdown markdown;
    markdown.finishAs(source);
    return rowsOf(markdown).join(u'\n');
}

} // namespace

/// Protects what a reader sees while a reply streams: finished blocks stand still, the result does not depend
/// on how the stream was cut, and nothing in a reply reaches out of the console.
class TestStreamingMarkdown : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutAnywhereItEndsTheSame()
    {
        StreamingMarkdown whole;
        whole.append(everything);
        whole.finish();
        QVERIFY(whole.rowCount() > 8);
        for (qsizetype cut = 0; cut <= everything.size(); ++cut) {
            StreamingMarkdown markdown;
            markdown.append(QStringView(everything).first(cut));
            markdown.append(QStringView(everything).mid(cut));
            markdown.finish();
            QCOMPARE(rowsOf(markdown), rowsOf(whole));
        }
    }

    void whatFollowsACodeBlockLeavesItACodeBlock()
    {
        StreamingMarkdown markdown;
        markdown.append(u"```js\nlet x = 1;\n```\n\nThat is"_s); // the line after it is not whole yet
        QCOMPARE(markdown.rowCount(), 2);
        QVERIFY(markdown.index(0).data(StreamingMarkdown::CodeRole).toBool());
        QCOMPARE(markdown.index(0).data(StreamingMarkdown::TextRole).toString(), u"let x = 1;"_s);
        QCOMPARE(markdown.index(1).data(StreamingMarkdown::TextRole).toString(), u"<p>That is</p>"_s);
    }

    void finishedBlocksNeverChange()
    {
        StreamingMarkdown markdown;
        const QAbstractItemModelTester tester(&markdown,
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&markdown, &QAbstractItemModel::modelReset);
        QSignalSpy removals(&markdown, &QAbstractItemModel::rowsRemoved);
        connect(&markdown, &QAbstractItemModel::dataChanged, &markdown,
                [&](const QModelIndex &first, const QModelIndex &last) {
                    QCOMPARE(first.row(), last.row());
                    QVERIFY(first.row() >= markdown.committedCount());
                });
        QStringList committed;
        for (const QChar c : everything) {
            markdown.append(QStringView(&c, 1));
            const QStringList now = rowsOf(markdown).first(markdown.committedCount());
            QCOMPARE(now.first(committed.size()), committed);
            committed = now;
        }
        QVERIFY(committed.size() > 6);
        markdown.finish();
        QCOMPARE(rowsOf(markdown).first(committed.size()), committed);
        QVERIFY(resets.isEmpty());
        QVERIFY(removals.isEmpty());
    }

    void aMarkThatMayBecomeAnythingDoesNotMakeTheLineAboveJump()
    {
        StreamingMarkdown markdown;
        markdown.append(u"Here is what I found:\n");
        const QStringList before = rowsOf(markdown);
        markdown.append(u"-"); // might be a list, a heading's underline or a rule
        QCOMPARE(rowsOf(markdown), before);
    }

    void whatIsOpenLooksClosedWhileItIsWritten()
    {
        StreamingMarkdown markdown;
        for (const QString &piece : {u"Costs **$"_s, u"20"_s, u"*"_s}) {
            markdown.append(piece);
            QVERIFY2(rowsOf(markdown).last().contains(u"<strong>$"_s), qPrintable(rowsOf(markdown).last()));
            QVERIFY(!rowsOf(markdown).last().contains(u'*'));
        }
        markdown.append(u"* and `co");
        QCOMPARE(rowsOf(markdown).last(), u"<p>Costs <strong>$20</strong> and <code>co</code></p>"_s);
        markdown.append(u"de` **");
        markdown.finish();
        QCOMPARE(rowsOf(markdown).last(), u"<p>Costs <strong>$20</strong> and <code>code</code> **</p>"_s);
    }

    void aClosedFenceEndsItsBlock()
    {
        StreamingMarkdown markdown;
        markdown.append(u"```cpp\nint a;\n");
        QCOMPARE(markdown.index(0).data(StreamingMarkdown::CodeRole).toBool(), true);
        QCOMPARE(markdown.index(0).data(StreamingMarkdown::LanguageRole).toString(), u"cpp"_s);
        QCOMPARE(rowsOf(markdown), QStringList{u"int a;"_s});
        markdown.append(u"```\nafter\n");
        QCOMPARE(markdown.committedCount(), 1);
        QCOMPARE(markdown.index(1).data(StreamingMarkdown::CodeRole).toBool(), false);
    }

    void aParagraphThatIsOverIsARowOfItsOwnAtOnce()
    {
        for (const QString &block : {u"one"_s, u"# one"_s, u"---"_s}) {
            StreamingMarkdown markdown;
            markdown.append(block + u"\n\ntw"_s); // the line after it is not whole yet
            QCOMPARE(markdown.rowCount(), 2);
            QCOMPARE(rowsOf(markdown).last(), u"<p>tw</p>"_s);
        }
        StreamingMarkdown list;
        list.append(u"- one\n\n- tw"_s); // goes on
        QCOMPARE(list.rowCount(), 1);
    }

    void whatQtDoesNotKnowIsPutInItsWords()
    {
        StreamingMarkdown markdown;
        markdown.append(u"## Was ~~$20~~ `<h2>`"_s);
        markdown.finish();
        QCOMPARE(rowsOf(markdown).last(), u"<p class=\"h2\">Was <s>$20</s> <code>&lt;h2&gt;</code></p>"_s);
    }

    void theStoredTextWins()
    {
        StreamingMarkdown markdown;
        const QAbstractItemModelTester tester(&markdown,
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        markdown.append(u"one\n\ntwo\n\nthree");
        markdown.finishAs(u"one\n\nother"_s);
        QCOMPARE(rowsOf(markdown), (QStringList{u"<p>one</p>"_s, u"<p>other</p>"_s}));
        QCOMPARE(markdown.source(), u"one\n\nother"_s);
    }

    void hostileMarkdownIsHarmless_data()
    {
        QTest::addColumn<QString>("source");
        QTest::newRow("image") << u"![a secret](https://evil.example/x.png)"_s;
        QTest::newRow("image without words") << u"![](https://evil.example/x.png)"_s;
        QTest::newRow("image in a link") << u"[![a](http://e.example/a.png)](http://e.example)"_s;
        QTest::newRow("image by reference") << u"![a][r]\n\n[r]: https://e.example/x.png"_s;
        QTest::newRow("raw image") << u"<img src='https://evil.example/x.png'>"_s;
        QTest::newRow("inline raw image") << u"text <img src=x onerror=y> text"_s;
        QTest::newRow("script") << u"<script>alert(1)</script>"_s;
        QTest::newRow("style") << u"<style>@import url(http://e.example)</style>"_s;
        QTest::newRow("javascript link") << u"[click](javascript:alert(1))"_s;
        QTest::newRow("data link") << u"[click](data:text/html,<script>1</script>)"_s;
        QTest::newRow("file link") << u"[click](file:///etc/passwd)"_s;
        QTest::newRow("vbscript autolink") << u"<vbscript:x>"_s;
        QTest::newRow("table with image") << u"|a|\n|-|\n|![x](http://e.example/a.png)|"_s;
    }

    void hostileMarkdownIsHarmless()
    {
        QFETCH(QString, source);
        const QString html = allOf(source);
        for (const char *bad :
             {"<img", "<script", "<style", "<iframe", "javascript:", "data:", "file:", "href=\"vb"})
            QVERIFY2(!html.contains(QLatin1StringView(bad), Qt::CaseInsensitive), qPrintable(html));
    }

    void anImageIsItsWordsAndALink()
    {
        QCOMPARE(allOf(u"![a *cat*](https://e.example/x.png)"_s),
                 u"<p><a href=\"https://e.example/x.png\">a <em>cat</em></a></p>"_s);
    }

    void rawHtmlIsShownAsText() { QCOMPARE(allOf(u"a <b>c</b>"_s), u"<p>a &lt;b&gt;c&lt;/b&gt;</p>"_s); }

    void absurdNestingIsShownAsItWasWritten()
    {
        const QString deep = QString(2000, u'>') + u" x"_s;
        QCOMPARE(allOf(deep).trimmed(), deep);
    }
};

QTEST_GUILESS_MAIN(TestStreamingMarkdown)
#include "tst_streaming_markdown.moc"
