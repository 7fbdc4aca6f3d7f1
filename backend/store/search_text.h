// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

#include <QStringList>

namespace loquat {

/// Characters of an event's text that are searched; the rest is not.
inline constexpr qsizetype searchedCharacters = 100'000;
/// Whether what such an event says is searched.
bool isSearched(EventType type);
bool isSearched(QStringView type);
/// The names of all that are, in brackets, for SQL's `in`.
QString searchedTypes();
/// Words of a query that count; the rest is ignored.
inline constexpr qsizetype maxSearchWords = 16;

/// A word as it is indexed: folded, without accents. Chinese, Japanese and Korean characters are a word each,
/// since nothing tells their words apart.
struct SearchWord
{
    QString text;
    qsizetype start = 0; ///< in UTF-16 units of what it was found in
    qsizetype length = 0;
    bool single = false; ///< one of those characters
};

QList<SearchWord> searchWords(QStringView text);

/// What an index is given of a text.
struct IndexText
{
    QString words; ///< each ended by a space
    /// They stand as in the text, so that a phrase of SearchTerms can be found: Chinese, Japanese or Korean
    /// characters are among them. Else each is there once: repeating them makes writing slower, not finding
    /// better.
    bool phrases = false;
};

/// Every change to what this returns needs a migration that empties the journal's index: words leave it by
/// being told again.
IndexText indexText(const QString &content);

/// What somebody typed, as what must be there: every phrase, in one event; of the last one the last word may
/// be a beginning.
struct SearchTerms
{
    QList<QStringList> phrases;
    bool openEnd = false;

    [[nodiscard]] bool isEmpty() const { return phrases.isEmpty(); }
    [[nodiscard]] QString fts5() const;
    [[nodiscard]] QString tsquery() const;
    /// The words hold what PostgreSQL's own parser takes for a number and a rest, as in "4e1f".
    [[nodiscard]] bool parsedOtherwise() const;
    [[nodiscard]] bool matchedBy(const QString &content) const;
};

SearchTerms searchTerms(const QString &typed);
/// The part of `content` around the first thing that was found, with everything found in it.
Snippet snippetOf(const QString &content, const SearchTerms &terms);

} // namespace loquat
