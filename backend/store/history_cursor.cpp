// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history_cursor.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr auto inUrls = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

/// The years 1 to 9999.
constexpr qint64 firstTime = -62'135'596'800'000;
constexpr qint64 lastTime = 253'402'300'799'999;

QString packed(const QJsonArray &parts)
{
    return QString::fromLatin1(QJsonDocument(parts).toJson(QJsonDocument::Compact).toBase64(inUrls));
}

Error badCursor()
{
    return {u"bad_cursor"_s, u"The cursor is not one that this query gave."_s,
            u"Begin again without a cursor."_s, false};
}

/// The parts of a cursor of `kind`; empty: it is none.
QJsonArray unpacked(const QString &text, QLatin1StringView kind)
{
    const auto bytes =
        QByteArray::fromBase64Encoding(text.toLatin1(), inUrls | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes || text.size() > 1'000)
        return {};
    const QJsonArray parts = QJsonDocument::fromJson(*bytes).array();
    return parts.size() == 3 && parts[0].toString() == kind && parts[1].isDouble() ? parts : QJsonArray();
}

Expected<void> within(int limit, int most)
{
    if (limit >= 1 && limit <= most)
        return {};
    return Error{u"bad_query"_s, u"The limit %1 is not usable."_s.arg(limit),
                 u"A number from 1 to %1."_s.arg(most), false};
}

} // namespace

QString toText(const ListCursor &cursor)
{
    return packed({u"list"_s, cursor.startedAtMs, cursor.sessionId});
}

QString toText(const SearchCursor &cursor)
{
    return packed({u"search"_s, cursor.below, cursor.newest});
}

Expected<std::optional<ListCursor>> listCursor(const QString &text)
{
    if (text.isEmpty())
        return std::optional<ListCursor>();
    const QJsonArray parts = unpacked(text, "list"_L1);
    if (parts.isEmpty() || !parts[2].isString())
        return badCursor();
    const ListCursor cursor{parts[1].toInteger(), parts[2].toString()};
    // No database knows such times, and Postgres no such text.
    if (cursor.startedAtMs < firstTime || cursor.startedAtMs > lastTime ||
        cursor.sessionId.contains(QChar::Null))
        return badCursor();
    return std::optional(cursor);
}

Expected<std::optional<SearchCursor>> searchCursor(const QString &text)
{
    if (text.isEmpty())
        return std::optional<SearchCursor>();
    const QJsonArray parts = unpacked(text, "search"_L1);
    if (parts.isEmpty() || !parts[2].isDouble())
        return badCursor();
    return std::optional(SearchCursor{parts[1].toInteger(), parts[2].toInteger()});
}

Expected<void> checked(const SessionQuery &query)
{
    return within(query.limit, 200);
}

Expected<void> checked(const EventQuery &query)
{
    return within(query.limit, EventQuery::maxLimit);
}

} // namespace loquat
