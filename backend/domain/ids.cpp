// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ids.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QString> parseSessionId(const QString &text)
{
    const auto allowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') ||
               c == u'.' || c == u'_' || c == u':' || c == u'-';
    };
    if (text.isEmpty() || text.size() > maxSessionIdLength || !std::ranges::all_of(text, allowed))
        return Error{u"bad_session_id"_s, u"The session id must be 1 to 128 of A-Z a-z 0-9 . _ : -"_s,
                     u"Use an id such as a UUID."_s, false};
    return text;
}

Expected<QString> parseUserId(const QString &text)
{
    if (text.isEmpty())
        return u"anonymous"_s;
    // One that is beyond UTF-16's 16 bits is one all the same.
    const auto size = std::ranges::count_if(text, [](QChar c) { return !c.isLowSurrogate(); });
    const bool control =
        std::ranges::any_of(text, [](QChar c) { return c.category() == QChar::Other_Control; });
    if (size > maxUserIdLength || control)
        return Error{u"bad_user_id"_s,
                     u"The user_id must be at most 256 characters without control characters."_s,
                     u"Use a shorter user_id."_s, false};
    return text;
}

QString storable(QString text)
{
    return text.remove(QChar(u'\0'));
}

} // namespace loquat
