// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/account_balance.h"

#include "tools/parameters.h"

#include <QLocale>

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

struct Account
{
    QLatin1StringView userId;
    double balance;
};

constexpr std::array accounts{
    Account{"user-1"_L1, 1250.75},
    Account{"user-2"_L1, 80},
    Account{"user-3"_L1, 0},
};

} // namespace

AccountBalance::AccountBalance()
    : m_spec{u"get_account_balance"_s, u"Looks up the account balance of a user by their user id."_s,
             objectOf({{"user_id"_L1, text(u"The user's id, e.g. user-1"_s)}})}
{
}

QCoro::Task<Expected<QJsonValue>> AccountBalance::run(QJsonObject arguments, ToolContext)
{
    const QString userId = arguments["user_id"_L1].toString().trimmed();
    for (const auto &account : accounts) {
        if (userId.compare(account.userId, Qt::CaseInsensitive) != 0)
            continue;
        const QJsonObject result{{"user_id"_L1, QString(account.userId)},
                                 {"balance"_L1, account.balance},
                                 {"currency"_L1, "USD"_L1},
                                 {"display"_L1, QLocale::c().toCurrencyString(account.balance, u"$"_s, 2)}};
        co_return QJsonValue(result);
    }
    co_return Error{u"unknown_user"_s, u"There is no account of the user '%1'."_s.arg(userId), {}, false};
}

} // namespace loquat
