// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/budget.h"

#include "llm/prices.h"
#include "llm/token_estimate.h"

#include <QDateTime>

#include <cmath>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 dayMs = 24LL * 3'600'000;

struct Scope
{
    QString whose;
    bool daily;
};

Error exceeded(const Scope &scope, const QString &limit, qint64 nowMs)
{
    Error error{u"budget_exceeded"_s,
                u"The budget of %1, %2, does not allow another reply."_s.arg(scope.whose, limit),
                u"It does not reset: begin a new conversation."_s, false};
    if (scope.daily) {
        const qint64 resetMs = (nowMs / dayMs + 1) * dayMs;
        error.remedy = u"It resets at %1 UTC."_s.arg(
            QDateTime::fromMSecsSinceEpoch(resetMs, Qt::UTC).toString(u"yyyy-MM-dd hh:mm"_s));
        error.retryAfterMs = resetMs - nowMs;
    }
    return error;
}

std::optional<QString> brokenLimit(const BudgetLimit &limit, qint64 tokens, double usd)
{
    if (limit.tokens && tokens > *limit.tokens)
        return u"%1 tokens"_s.arg(*limit.tokens);
    // Sums of doubles miss the cent by a hair; that must not refuse the call that just fits.
    if (limit.usd && usd > *limit.usd + 1e-9)
        return u"$%1"_s.arg(*limit.usd, 0, 'g', 10);
    return {};
}

} // namespace

BudgetAmount estimateAmount(const ChatRequest &request, qint64 replyTokens, const Prices &prices,
                            const QString &model)
{
    const Usage usage{estimateTokens(request), request.maxOutputTokens.value_or(replyTokens),
                      UsageSource::Estimated};
    return {*usage.inputTokens + *usage.outputTokens, prices.cost(model, usage)};
}

Budget::Reservation &Budget::Reservation::operator=(Reservation &&other) noexcept
{
    if (this == &other)
        return *this;
    release();
    m_budget = std::exchange(other.m_budget, nullptr);
    m_session = std::move(other.m_session);
    m_user = std::move(other.m_user);
    m_day = other.m_day;
    m_tokens = other.m_tokens;
    m_usd = other.m_usd;
    return *this;
}

void Budget::Reservation::settle(const Usage &usage, std::optional<double> usd)
{
    if (!m_budget)
        return;
    const bool counted = usage.inputTokens && usage.outputTokens;
    const qint64 tokens = counted ? *usage.inputTokens + *usage.outputTokens : m_tokens;
    std::exchange(m_budget, nullptr)
        ->correct(*this, std::max<qint64>(tokens, 0) - m_tokens, std::max(usd.value_or(m_usd), 0.0) - m_usd);
}

void Budget::Reservation::release()
{
    if (m_budget)
        std::exchange(m_budget, nullptr)->correct(*this, -m_tokens, -m_usd);
}

double Budget::usdOf(const BudgetAmount &amount) const
{
    if (amount.usd && std::isfinite(*amount.usd))
        return std::max(*amount.usd, 0.0);
    return double(amount.tokens) * m_settings.usdPerMillionUnpriced / 1e6;
}

void Budget::turnDay(qint64 day)
{
    if (day <= m_today)
        return;
    m_today = day;
    m_all = {};
    m_users.clear();
    m_sessions.removeIf([day](const auto &each) { return each.value().day < day - daysRemembered; });
}

void Budget::add(const QString &session, const QString &user, qint64 day, qint64 tokens, double usd)
{
    const auto count = [&](Spent &spent) {
        spent.tokens = std::max<qint64>(spent.tokens + tokens, 0);
        spent.usd = std::max(spent.usd + usd, 0.0);
        spent.day = std::max(spent.day, day);
    };
    count(m_sessions[session]);
    if (day != m_today) // reserved before midnight: yesterday's account is closed
        return;
    count(m_users[user]);
    count(m_all);
}

void Budget::correct(const Reservation &held, qint64 tokens, double usd)
{
    const QMutexLocker lock(&m_mutex);
    add(held.m_session, held.m_user, held.m_day, tokens, usd);
}

std::optional<Error> Budget::refusal(const Reservation &wanted, qint64 nowMs) const
{
    const auto refuse = [&](const BudgetLimit &limit, const Spent &spent,
                            const Scope &scope) -> std::optional<Error> {
        const auto broken = brokenLimit(limit, spent.tokens + wanted.m_tokens, spent.usd + wanted.m_usd);
        return broken ? std::optional(exceeded(scope, *broken, nowMs)) : std::nullopt;
    };
    // The one that lasts longest first: waiting for midnight would be in vain.
    if (auto error =
            refuse(m_settings.session, m_sessions.value(wanted.m_session), {u"this conversation"_s, false}))
        return error;
    if (auto error = refuse(m_settings.user, m_users.value(wanted.m_user), {u"this user for today"_s, true}))
        return error;
    return refuse(m_settings.day, m_all, {u"this server for today"_s, true});
}

Expected<Budget::Reservation> Budget::reserve(const QString &session, const QString &user,
                                              const BudgetAmount &estimate, qint64 nowMs)
{
    Reservation held;
    held.m_session = session;
    held.m_user = user;
    held.m_tokens = std::max<qint64>(estimate.tokens, 0);
    held.m_usd = usdOf(estimate);
    const QMutexLocker lock(&m_mutex);
    turnDay(nowMs / dayMs);
    held.m_day = m_today;
    if (const auto error = refusal(held, nowMs))
        return *error;
    add(session, user, held.m_day, held.m_tokens, held.m_usd);
    held.m_budget = this;
    return held;
}

void Budget::restore(const QString &session, const QString &user, const BudgetAmount &spent, qint64 atMs,
                     qint64 nowMs)
{
    const QMutexLocker lock(&m_mutex);
    turnDay(nowMs / dayMs);
    add(session, user, atMs / dayMs, spent.tokens, usdOf(spent));
}

} // namespace loquat
