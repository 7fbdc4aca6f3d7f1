// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"

#include <QList>

#include <optional>

namespace loquat {

/// LOQUAT_AUTH=token: a list of names with a secret each. Whoever shows the secret is the user of that name.
class ClientTokens final : public Authenticator
{
public:
    /// "ana:secret, bob:secret". The error says what is wrong without showing any of it.
    static Expected<ClientTokens> parse(const QString &list);

    void check(const QByteArray &token, QObject *context, Checked checked) override;
    /// The name that goes with a token, found in the same time for every wrong one.
    [[nodiscard]] std::optional<QString> nameOf(const QByteArray &token) const;

private:
    struct Entry
    {
        QString name;
        QByteArray token;
    };
    QList<Entry> m_entries;
};

} // namespace loquat
