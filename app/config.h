// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/budget.h"
#include "session/profile.h"

#include <QJsonObject>
#include <QMap>
#include <QUrl>

#include <chrono>

namespace loquat {

/// What loquat.json says of a provider. Its key is never in there.
struct ProviderConfig
{
    QString name;
    QUrl baseUrl; ///< empty: the provider's own
    QString versionPath;
    QString model;
};

/// What a conversation may take; what is absent stays as it is without a file.
struct LimitsConfig
{
    std::optional<int> maxToolRounds;
    std::optional<qint64> maxQueuedMessages;
    std::optional<qint64> maxWaitingSummaries;
    std::optional<qint64> maxPutOffSummaries;
    std::optional<std::chrono::milliseconds> connectLimit;
    std::optional<std::chrono::milliseconds> firstTokenLimit;
    std::optional<std::chrono::milliseconds> betweenTokensLimit;
    std::optional<std::chrono::milliseconds> turnLimit;
    std::optional<std::chrono::milliseconds> approvalLimit;
    std::optional<std::chrono::milliseconds> gracePeriod;
    std::optional<std::chrono::milliseconds> summaryLimit;
    std::optional<qint64> contextTokens;
    std::optional<qint64> replyTokens;
};

/// What holds where nobody says anything else.
Profile ownProfile();

/// The contents of a loquat.json, checked.
struct Config
{
    Profile standard = ownProfile(); ///< for connections that choose none
    QMap<QString, Profile> profiles; ///< complete: what one leaves out is as in `standard`
    QList<ProviderConfig> providers; ///< in order of preference; empty: as without a file
    LimitsConfig limits;
    BudgetSettings budgets;
    QList<QJsonObject> tools; ///< HTTP tools, as written
    QJsonObject mcpServers;   ///< as written
    QString pricesFile;       ///< absolute; empty: none

    /// nullptr: there is no such profile. The empty name is the standard one.
    [[nodiscard]] const Profile *profile(const QString &name) const;
};

} // namespace loquat
