// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/expected.h"

#include <QHash>
#include <QMutex>

namespace loquat {

class Prices;

struct BudgetLimit
{
    std::optional<qint64> tokens = std::nullopt; ///< input and output together
    std::optional<double> usd = std::nullopt;

    [[nodiscard]] bool any() const { return tokens || usd; }
};

struct BudgetSettings
{
    BudgetLimit session; ///< one conversation, for good
    BudgetLimit user;    ///< one user, per day (UTC)
    BudgetLimit day;     ///< everybody together, per day (UTC)
    /// What a million tokens of a model without a price counts against a limit in USD: never nothing.
    double usdPerMillionUnpriced = 10;
};

/// An amount; a cost that nobody knows is absent.
struct BudgetAmount
{
    qint64 tokens = 0;
    std::optional<double> usd = std::nullopt;
};

/// What a call may cost: its request as estimated and a reply of `replyTokens`.
BudgetAmount estimateAmount(const ChatRequest &request, qint64 replyTokens, const Prices &prices,
                            const QString &model);

/// Keeps spending within limits, also when many calls run at once: each reserves what it may cost before it
/// is made and settles what it did cost. Thread-safe; shared by all sessions, and outlives their
/// reservations.
class Budget
{
public:
    /// A session that was not heard of for so long is forgotten: memory must not grow with every one there
    /// was.
    static constexpr qint64 daysRemembered = 7;

    /// What a running call holds. Destroyed without settle(), it is given back.
    class Reservation
    {
    public:
        Reservation() = default;
        Reservation(Reservation &&other) noexcept { *this = std::move(other); }
        Reservation &operator=(Reservation &&other) noexcept;
        ~Reservation() { release(); }

        /// The call was made. A number that is not known is taken to be as estimated.
        void settle(const Usage &usage, std::optional<double> usd);
        /// The call cost nothing.
        void release();

    private:
        friend class Budget;
        Budget *m_budget = nullptr;
        QString m_session;
        QString m_user;
        qint64 m_day = 0;
        qint64 m_tokens = 0;
        double m_usd = 0;
    };

    explicit Budget(BudgetSettings settings)
        : m_settings(settings)
    {
    }
    Q_DISABLE_COPY_MOVE(Budget)

    /// Fails with budget_exceeded if the estimate does not fit any more. `nowMs`: Clock::nowMs() of the
    /// caller.
    Expected<Reservation> reserve(const QString &session, const QString &user, const BudgetAmount &estimate,
                                  qint64 nowMs);
    /// Spent before this process began, as the store remembers it.
    void restore(const QString &session, const QString &user, const BudgetAmount &spent, qint64 atMs,
                 qint64 nowMs);
    /// Nothing is limited: reserving can be left out.
    [[nodiscard]] bool isUnlimited() const
    {
        return !m_settings.session.any() && !m_settings.user.any() && !m_settings.day.any();
    }

private:
    struct Spent
    {
        qint64 tokens = 0;
        double usd = 0;
        qint64 day = 0; ///< last used
    };

    // With the mutex held.
    void turnDay(qint64 day);
    void add(const QString &session, const QString &user, qint64 day, qint64 tokens, double usd);
    [[nodiscard]] std::optional<Error> refusal(const Reservation &wanted, qint64 nowMs) const;

    void correct(const Reservation &held, qint64 tokens, double usd);
    [[nodiscard]] double usdOf(const BudgetAmount &amount) const;

    const BudgetSettings m_settings;
    QMutex m_mutex;
    qint64 m_today = 0; ///< days since the epoch
    Spent m_all;
    QHash<QString, Spent> m_users; ///< today's
    QHash<QString, Spent> m_sessions;
};

} // namespace loquat
