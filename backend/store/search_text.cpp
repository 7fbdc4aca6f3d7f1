// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_text.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Fewer letters begin too many words to be of use; from here on the journal's index has them ready.
constexpr qsizetype leastBeginning = 3;
constexpr qsizetype snippetBefore = 60;
constexpr qsizetype snippetLength = 200;

constexpr EventType typesSearched[] = {EventType::UserMessage, EventType::AiMessage,
                                       EventType::OperatorMessage, EventType::Summary};

bool isAccent(char32_t c)
{
    return c >= 0x300 && c <= 0x36f;
}

bool isSingle(char32_t c)
{
    const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
    return in(0x3040, 0x30ff) || in(0x3400, 0x4dbf) || in(0x4e00, 0x9fff) || in(0xac00, 0xd7af) ||
           in(0xf900, 0xfaff) || in(0x20000, 0x3ffff);
}

bool isOfWord(char32_t c)
{
    return QChar::isLetter(c) || QChar::isMark(c) || QChar::category(c) == QChar::Number_DecimalDigit;
}

void appendFolded(QString &word, char32_t c)
{
    if (c < 0x80) {
        word.append(QChar(char16_t(c)).toLower());
        return;
    }
    QString plain;
    for (const QChar part : QString::fromUcs4(&c, 1).normalized(QString::NormalizationForm_D))
        if (!isAccent(part.unicode()))
            plain.append(part);
    for (const char32_t part : plain.normalized(QString::NormalizationForm_C).toUcs4())
        word.append(QChar::fromUcs4(QChar::toLower(part)));
}

/// The words of what holds no letter beyond A to Z, as code and much of English, at a tenth of the cost.
QString plainWords(QStringView content)
{
    QString text(content.size() + 1, Qt::Uninitialized);
    QChar *end = text.data();
    bool open = false;
    for (const QChar each : content) {
        const char16_t c = each.unicode();
        const bool upper = c >= u'A' && c <= u'Z';
        const bool ofWord = upper || (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
        if (ofWord)
            *end++ = upper ? QChar(c + (u'a' - u'A')) : each;
        else if (open)
            *end++ = u' ';
        open = ofWord;
    }
    if (open)
        *end++ = u' ';
    text.truncate(end - text.constData());
    return text;
}

/// Each word once.
QString distinctWords(const QString &words)
{
    QString distinct;
    distinct.reserve(words.size());
    QSet<QStringView> seen;
    for (const QStringView word : qTokenize(words, u' ', Qt::SkipEmptyParts)) {
        const auto before = seen.size();
        seen.insert(word);
        if (seen.size() > before)
            distinct.append(word).append(u' ');
    }
    return distinct;
}

/// Where phrase `phrase` of `terms` begins at words[at], how many words it takes; 0: it does not.
qsizetype matchLength(const SearchTerms &terms, qsizetype phrase, const QList<SearchWord> &words,
                      qsizetype at)
{
    const QStringList &wanted = terms.phrases[phrase];
    if (at + wanted.size() > words.size())
        return 0;
    const bool open = terms.openEnd && phrase == terms.phrases.size() - 1;
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        const QString &word = words[at + i].text;
        const bool beginning = open && i == wanted.size() - 1;
        if (beginning ? !word.startsWith(wanted[i]) : word != wanted[i])
            return 0;
    }
    return wanted.size();
}

} // namespace

bool isSearched(EventType type)
{
    return std::ranges::find(typesSearched, type) != std::end(typesSearched);
}

bool isSearched(QStringView type)
{
    return std::ranges::any_of(typesSearched, [&](EventType searched) { return nameOf(searched) == type; });
}

QString searchedTypes()
{
    QStringList names;
    for (const EventType type : typesSearched)
        names.append(u'\'' + nameOf(type) + u'\'');
    return u'(' + names.join(u", "_s) + u')';
}

QList<SearchWord> searchWords(QStringView text)
{
    QList<SearchWord> words;
    bool open = false; // the last word may grow
    for (qsizetype i = 0; i < text.size();) {
        const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        const char32_t c = pair ? QChar::surrogateToUcs4(text[i], text[i + 1]) : char32_t(text[i].unicode());
        const qsizetype units = pair ? 2 : 1;
        const bool single = isSingle(c) && isOfWord(c);
        if (!isOfWord(c)) {
            open = false;
        } else if (isAccent(c)) {
            if (!words.isEmpty() && words.last().start + words.last().length == i)
                words.last().length += units;
        } else {
            if (!open || single)
                words.append({{}, i, 0, single});
            appendFolded(words.last().text, c);
            words.last().length += units;
            open = !single;
        }
        i += units;
    }
    return words;
}

IndexText indexText(const QString &content)
{
    const QStringView searched = QStringView(content).left(searchedCharacters);
    if (std::ranges::all_of(searched, [](QChar c) { return c.unicode() < 0x80; }))
        return {distinctWords(plainWords(searched)), false};
    const auto words = searchWords(searched);
    QString text;
    for (const SearchWord &word : words)
        text += word.text + u' ';
    if (std::ranges::any_of(words, &SearchWord::single))
        return {text, true};
    return {distinctWords(text), false};
}

SearchTerms searchTerms(const QString &typed)
{
    SearchTerms terms;
    auto words = searchWords(QStringView(typed).left(1'000));
    if (words.size() > maxSearchWords)
        words.resize(maxSearchWords);
    for (qsizetype i = 0; i < words.size(); ++i) {
        const bool follows = i > 0 && words[i].single && words[i - 1].single &&
                             words[i - 1].start + words[i - 1].length == words[i].start;
        if (follows)
            terms.phrases.last().append(words[i].text);
        else
            terms.phrases.append(QStringList{words[i].text});
    }
    terms.openEnd = !words.isEmpty() && !words.last().single && words.last().text.size() >= leastBeginning;
    return terms;
}

QString SearchTerms::fts5() const
{
    QStringList parts;
    for (const QStringList &phrase : phrases)
        parts.append(u'"' + phrase.join(u' ') + u'"'); // words hold letters and digits only
    return parts.join(u' ') + (openEnd ? u"*"_s : QString());
}

QString SearchTerms::tsquery() const
{
    QStringList parts;
    for (const QStringList &phrase : phrases) {
        QStringList words;
        for (const QString &word : phrase)
            words.append(u'\'' + word + u'\'');
        parts.append(u'(' + words.join(u" <-> "_s) + u')');
    }
    QString query = parts.join(u" & "_s);
    if (openEnd)
        query.insert(query.size() - 1, u":*"_s);
    return query;
}

bool SearchTerms::parsedOtherwise() const
{
    static const QRegularExpression number(u"[0-9]e[0-9]"_s);
    return std::ranges::any_of(phrases, [](const QStringList &words) {
        return std::ranges::any_of(words, [](const QString &word) { return word.contains(number); });
    });
}

bool SearchTerms::matchedBy(const QString &content) const
{
    const auto words = searchWords(QStringView(content).left(searchedCharacters));
    for (qsizetype phrase = 0; phrase < phrases.size(); ++phrase) {
        bool found = false;
        for (qsizetype at = 0; at < words.size() && !found; ++at)
            found = matchLength(*this, phrase, words, at) > 0;
        if (!found)
            return false;
    }
    return !isEmpty();
}

Snippet snippetOf(const QString &content, const SearchTerms &terms)
{
    const auto words = searchWords(QStringView(content).left(searchedCharacters));
    QList<Snippet::Range> found;
    for (qsizetype at = 0; at < words.size(); ++at) {
        qsizetype taken = 0;
        for (qsizetype phrase = 0; phrase < terms.phrases.size(); ++phrase)
            taken = std::max(taken, matchLength(terms, phrase, words, at));
        if (taken == 0)
            continue;
        const SearchWord &last = words[at + taken - 1];
        found.append({words[at].start, last.start + last.length - words[at].start});
        at += taken - 1;
    }
    Snippet snippet;
    qsizetype from = found.isEmpty() ? 0 : std::max<qsizetype>(0, found.first().start - snippetBefore);
    if (from > 0) // not in the middle of a word, if there is a gap nearby
        if (const auto gap = content.indexOf(u' ', from); gap >= 0 && gap < found.first().start)
            from = gap + 1;
    if (from > 0 && content[from].isLowSurrogate())
        --from;
    qsizetype to = std::min(content.size(), from + snippetLength);
    if (!found.isEmpty()) // a long find is whole, up to twice that
        to = std::max(to, std::min(found.first().start + found.first().length, from + 2 * snippetLength));
    if (to < content.size() && content[to].isLowSurrogate())
        --to;
    snippet.text = content.mid(from, to - from);
    snippet.cutBefore = from > 0;
    snippet.cutAfter = to < content.size();
    for (const auto &range : std::as_const(found))
        if (range.start + range.length <= to)
            snippet.matches.append({range.start - from, range.length});
    return snippet;
}

} // namespace loquat
