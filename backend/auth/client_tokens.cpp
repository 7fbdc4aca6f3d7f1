// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/client_tokens.h"

#include "domain/ids.h"
#include "domain/same_secret.h"

namespace loquat {

using namespace Qt::StringLiterals;

Expected<ClientTokens> ClientTokens::parse(const QString &list)
{
    const auto wrong = [](const QString &what) {
        return Error{u"bad_setting"_s, what, u"NAME:TOKEN, several of them with a comma between"_s, false};
    };
    ClientTokens tokens;
    for (const QString &part : list.split(u',')) {
        const QString entry = part.trimmed();
        if (entry.isEmpty())
            continue;
        const int number = int(tokens.m_entries.size()) + 1;
        const QString name = entry.section(u':', 0, 0).trimmed();
        const QByteArray token = entry.section(u':', 1).trimmed().toUtf8();
        if (name.isEmpty() || !parseUserId(name))
            return wrong(u"entry %1 has no usable name"_s.arg(number));
        if (token.isEmpty())
            return wrong(u"entry %1 has no token"_s.arg(number));
        for (const Entry &known : tokens.m_entries)
            if (known.name == name || known.token == token)
                return wrong(u"entry %1 has the name or the token of another"_s.arg(number));
        tokens.m_entries.append({name, token});
    }
    if (tokens.m_entries.isEmpty())
        return wrong(u"there is none in it"_s);
    return tokens;
}

std::optional<QString> ClientTokens::nameOf(const QByteArray &token) const
{
    // Every entry is compared, so that the time does not tell which one it was either.
    std::optional<QString> name;
    for (const Entry &entry : m_entries)
        if (sameSecret(token, entry.token))
            name = entry.name;
    return name;
}

void ClientTokens::check(const QByteArray &token, QObject *, Checked checked)
{
    if (const auto name = nameOf(token))
        checked(Identity{*name});
    else
        checked(Error{u"bad_token"_s, u"This token is not known."_s, {}, false});
}

} // namespace loquat
