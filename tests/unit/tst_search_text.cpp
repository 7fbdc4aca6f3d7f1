// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_text.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what counts as a word, and the piece of text that shows what was found.
class TestSearchText : public QObject
{
    Q_OBJECT

private:
    static QStringList marked(const Snippet &snippet)
    {
        QStringList all;
        for (const auto &range : snippet.matches)
            all.append(snippet.text.mid(range.start, range.length));
        return all;
    }

private Q_SLOTS:
    void wordsAreFolded_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("case") << u"Hello WORLD ÄÖÜ"_s << u"hello world aou "_s;
        QTest::newRow("plain") << u"Hello WORLD, x2 = 42"_s << u"hello world x2 42 "_s;
        QTest::newRow("accents") << u"Ça va, señor? cafe\u0301"_s << u"ca va senor cafe "_s;
        QTest::newRow("punctuation") << u"a-b_c.d e's 1,000.5"_s << u"a b c d e s 1 000 5 "_s;
        QTest::newRow("CJK") << u"GPT4模型 東京"_s << u"gpt4 模 型 東 京 "_s;
        QTest::newRow("other scripts") << u"Привет नमस्ते ΣΊΣ"_s << u"привет नमस्ते σισ "_s;
        QTest::newRow("beyond the BMP") << u"𝐀 👩‍👩‍👧 𠀀𠀁"_s << u"𝐀 𠀀 𠀁 "_s;
        QTest::newRow("nothing") << u" \t!?"_s << QString();
    }
    void wordsAreFolded()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QCOMPARE(indexText(text).words, words);
    }

    void anIndexHearsOfAWordOnceUnlessPhrasesAreSearched()
    {
        QCOMPARE(indexText(u"To be, or not to be. Été, ete!"_s).words, u"to be or not ete "_s);
        QVERIFY(!indexText(u"To be, or not to be"_s).phrases);
        QCOMPARE(indexText(u"東京 to 東京 to"_s).words, u"東 京 to 東 京 to "_s);
        QVERIFY(indexText(u"東京"_s).phrases);
    }

    void everyWordKnowsWhereItStands()
    {
        const QString text = u"a 𝐀é cafe\u0301 模型!"_s;
        QStringList found;
        for (const SearchWord &word : searchWords(text))
            found.append(text.mid(word.start, word.length));
        QCOMPARE(found, QStringList({u"a"_s, u"𝐀é"_s, u"cafe\u0301"_s, u"模"_s, u"型"_s}));
    }

    void aQueryIsBounded()
    {
        const auto terms = searchTerms(QString(u"word "_s).repeated(1'000));
        QCOMPARE(terms.phrases.size(), maxSearchWords);
        QVERIFY(searchTerms(QString(1'000'000, u'a')).phrases.first().first().size() <= 1'000);
    }

    void aSnippetIsShortAndHasTheFind()
    {
        const QString text =
            QString(u"filler "_s).repeated(100) + u"Nadel im Heu "_s + QString(u"mehr "_s).repeated(100);
        const Snippet snippet = snippetOf(text, searchTerms(u"heu nadel"_s));
        QCOMPARE(marked(snippet), QStringList({u"Nadel"_s, u"Heu"_s}));
        QVERIFY(snippet.text.size() <= 200);
        QVERIFY(snippet.text.startsWith(u"filler"_s)); // not in the middle of a word
        QVERIFY(snippet.cutBefore && snippet.cutAfter);
    }

    void aSnippetNeverCutsACharacter()
    {
        for (int shift = 0; shift < 4; ++shift) {
            const QString text = QString(shift, u'x') + QString(u"👩"_s).repeated(300) + u" needle "_s +
                                 QString(u"👩"_s).repeated(300);
            const Snippet snippet = snippetOf(text, searchTerms(u"needle"_s));
            QCOMPARE(marked(snippet), QStringList{u"needle"_s});
            QVERIFY(snippet.text.isValidUtf16());
        }
    }

    void aFindLongerThanTheSnippetIsCutNotLost()
    {
        const QString text = QString(5'000, u'a');
        const Snippet snippet = snippetOf(text, searchTerms(u"aaa"_s));
        QVERIFY(snippet.text.size() <= 400);
        QVERIFY(snippet.cutAfter);
    }
};

QTEST_GUILESS_MAIN(TestSearchText)
#include "tst_search_text.moc"
