// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/model_errors.h"

#include "llm/context_refusal.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace loquat::model_errors {
namespace {

using namespace Qt::StringLiterals;

/// Who asks for more, or for nonsense, is not taken at their word.
constexpr qint64 maxRetrySeconds = 7 * 24 * 3600;

/// What a provider tells about a failure, wherever it put it.
struct Told
{
    QString text;
    QString code; ///< its `code`, `type` and `status`, lower case, to be searched
    int status = 0;
    std::optional<qint64> retryAfterMs = std::nullopt;
};

/// Gemini tells it in the body: {"@type":"…RetryInfo","retryDelay":"34.07s"}.
std::optional<qint64> retryInfo(const QJsonArray &details)
{
    for (const auto &detail : details) {
        QString delay = detail["retryDelay"_L1].toString();
        if (!delay.endsWith(u's'))
            continue;
        delay.chop(1);
        bool isNumber = false;
        const double seconds = delay.toDouble(&isNumber);
        if (isNumber && seconds >= 0 && seconds < maxRetrySeconds)
            return qint64(std::ceil(seconds * 1000));
    }
    return {};
}

Told read(const QJsonValue &error, const QString &apiKey)
{
    if (error.isString())
        return {presentable(error.toString(), apiKey), {}, 0};
    const auto object = error.toObject();
    const auto code = object["code"_L1];
    QStringList codes{code.toString(), object["type"_L1].toString(), object["status"_L1].toString()};
    for (const auto &detail : object["details"_L1].toArray())
        codes.append(detail["reason"_L1].toString());
    return {presentable(object["message"_L1].toString(), apiKey), codes.join(u' ').toLower(),
            code.isDouble() ? code.toInt() : code.toString().toInt(),
            retryInfo(object["details"_L1].toArray())};
}

/// `provider` where a sentence does not begin with it: "The model server".
QString within(const QString &provider)
{
    return provider.startsWith("The "_L1) ? u't' + provider.sliced(1) : provider;
}

QString saying(const Told &told)
{
    return told.text.isEmpty() ? u"."_s : u": "_s + told.text;
}

Error unauthorized(const QString &provider, int status)
{
    return {u"model_unauthorized"_s, u"%1 refused the API key (HTTP %2)."_s.arg(provider).arg(status),
            u"Check the API key and that it may use this model."_s, false};
}

Error quota(const QString &provider)
{
    return {u"model_quota"_s, u"The quota at %1 is used up."_s.arg(within(provider)),
            u"Check the plan and the billing details at the provider, or configure another one."_s, false};
}

Error rateLimited(const QString &provider, std::optional<qint64> retryAfterMs)
{
    Error error{u"model_rate_limited"_s, u"%1 is receiving too many requests."_s.arg(provider),
                u"Try again in a moment."_s, true, retryAfterMs};
    if (retryAfterMs)
        error.remedy = u"Try again in %1 s."_s.arg((*retryAfterMs + 999) / 1000);
    return error;
}

Error overloaded(const QString &provider, const QString &saying,
                 std::optional<qint64> retryAfterMs = std::nullopt)
{
    return {u"model_overloaded"_s, u"%1 could not answer%2"_s.arg(provider, saying),
            u"Try again in a moment."_s, true, retryAfterMs};
}

Error badRequest(const QString &provider, int status, const Told &told)
{
    return {u"model_bad_request"_s,
            u"%1 did not accept the request (HTTP %2)%3"_s.arg(provider).arg(status).arg(saying(told)),
            status == 404 ? u"Check the model's name and the base URL."_s
                          : u"Check the model's name, its limits and the base URL."_s,
            false};
}

Error tooLong(const QString &provider, const Told &told)
{
    Error error{contextLength,
                u"%1 does not read as much as this conversation has%2"_s.arg(provider, saying(told)),
                u"Send a shorter message, or begin a new conversation."_s, false};
    error.contextTokens = context_refusal::toldWindow(told.text);
    return error;
}

Error classify(const QString &provider, int status, const Told &told, std::optional<qint64> retryAfterMs)
{
    if (told.code.contains("insufficient_quota"_L1))
        return quota(provider);
    // Gemini calls a wrong key a bad request.
    if (status == 401 || status == 403 || told.code.contains("api_key_invalid"_L1))
        return unauthorized(provider, status);
    if (!retryAfterMs)
        retryAfterMs = told.retryAfterMs;
    if (status == 429)
        return rateLimited(provider, retryAfterMs);
    if (context_refusal::isOne(told.code, told.text))
        return tooLong(provider, told);
    if (status == 408 || status == 409 || status >= 500)
        return overloaded(provider, u" (HTTP %1)."_s.arg(status), retryAfterMs);
    if (status >= 300 && status < 400)
        return {u"model_bad_request"_s,
                u"%1 redirects to another address (HTTP %2)."_s.arg(provider).arg(status),
                u"Set the base URL to the address it redirects to."_s, false};
    return badRequest(provider, status, told);
}

double seconds(std::chrono::milliseconds limit)
{
    return double(limit.count()) / 1000;
}

/// `sentence` with the provider and the limit.
Error silent(const QString &code, const QString &sentence, const QString &provider,
             std::chrono::milliseconds limit)
{
    return {code, sentence.arg(provider).arg(seconds(limit)),
            u"Try again; if it stays, the provider is overloaded or the network drops its answers."_s, true};
}

} // namespace

QString presentable(const QString &text, const QString &apiKey)
{
    static const QRegularExpression keyLike(
        u"(?:Bearer\\s+\\S+|\\b(?:sk|pk|gsk|sb|xai|key|AIza)[-_A-Za-z0-9*.]{6,})"_s);
    QString shown = text.simplified();
    if (!apiKey.isEmpty())
        shown.replace(apiKey, u"[key]"_s);
    shown.replace(keyLike, u"[key]"_s);
    if (shown.size() > maxProviderText)
        shown = shown.first(maxProviderText - 1) + u'…';
    return shown;
}

std::optional<qint64> retryAfterMs(const QByteArray &milliseconds, const QByteArray &retryAfter,
                                   const QDateTime &now)
{
    bool isNumber = false;
    if (const double wait = milliseconds.trimmed().toDouble(&isNumber);
        isNumber && wait >= 0 && wait < maxRetrySeconds * 1000)
        return qint64(std::ceil(wait));
    if (const double wait = retryAfter.trimmed().toDouble(&isNumber);
        isNumber && wait >= 0 && wait < maxRetrySeconds)
        return qint64(std::ceil(wait * 1000));
    // "Fri, 20 Nov 2026 08:00:00 GMT"
    auto date = QLocale::c().toDateTime(QString::fromLatin1(retryAfter.trimmed()),
                                        u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    if (!date.isValid())
        return {};
    date.setTimeSpec(Qt::UTC);
    return std::clamp<qint64>(now.msecsTo(date), 0, maxRetrySeconds * 1000);
}

Error fromStatus(const QString &provider, int status, const QByteArray &body,
                 std::optional<qint64> retryAfterMs, const QString &apiKey)
{
    const auto json = QJsonDocument::fromJson(body);
    // Gemini's compatible endpoint wraps the object in an array.
    const auto object = json.isArray() ? json[0].toObject() : json.object();
    const auto error = object.contains("error"_L1) ? object["error"_L1] : QJsonValue(object);
    return classify(provider, status, read(error, apiKey), retryAfterMs);
}

Error fromStream(const QString &provider, const QJsonValue &error, const QString &apiKey)
{
    const Told told = read(error, apiKey);
    if (told.status >= 400)
        return classify(provider, told.status, told, {});
    if (told.code.contains("insufficient_quota"_L1))
        return quota(provider);
    if (told.code.contains("rate_limit"_L1))
        return rateLimited(provider, told.retryAfterMs);
    if (told.code.contains("authentication"_L1) || told.code.contains("permission"_L1))
        return unauthorized(provider, told.code.contains("permission"_L1) ? 403 : 401);
    if (context_refusal::isOne(told.code, told.text))
        return tooLong(provider, told);
    if (told.code.contains("invalid_"_L1))
        return {u"model_bad_request"_s, u"%1 gave up on the request%2"_s.arg(provider, saying(told)),
                u"Check the model's name and its limits."_s, false};
    return overloaded(provider, saying(told));
}

Error unreachable(const QString &provider, const QString &reason)
{
    return {u"model_unreachable"_s, u"%1 cannot be reached: %2"_s.arg(provider, presentable(reason)),
            u"Check the base URL, the network and that the server is running."_s, true};
}

Error connectTimeout(const QString &provider, std::chrono::milliseconds limit)
{
    return {u"model_connect_timeout"_s,
            u"No connection to %1 came about within %2 s."_s.arg(within(provider)).arg(seconds(limit)),
            u"Check the base URL, the network and that the server is running."_s, true};
}

Error firstTokenTimeout(const QString &provider, std::chrono::milliseconds limit)
{
    return silent(u"model_first_token_timeout"_s, u"%1 did not begin to answer within %2 s."_s, provider,
                  limit);
}

Error nextTokenTimeout(const QString &provider, std::chrono::milliseconds limit)
{
    return silent(u"model_token_timeout"_s, u"%1 stopped in the middle and sent nothing more within %2 s."_s,
                  provider, limit);
}

Error replyTimeout(const QString &provider, std::chrono::milliseconds limit)
{
    return silent(u"model_reply_timeout"_s, u"%1 did not come to the end of its answer within %2 s."_s,
                  provider, limit);
}

Error brokenOff(const QString &provider)
{
    return {u"model_broken_off"_s, u"The answer of %1 broke off in the middle."_s.arg(within(provider)),
            u"Try again."_s, true};
}

Error protocol(const QString &provider, const QString &what)
{
    return {u"model_protocol"_s, u"%1 answered with %2"_s.arg(provider, what),
            u"Check that the base URL is that of the provider, and that it speaks this protocol."_s, false};
}

Error emptyReply(const QString &provider)
{
    return {u"model_empty_reply"_s, u"%1 answered without a word."_s.arg(provider),
            u"Try again, or put the question differently."_s, true};
}

Error filtered(const QString &provider)
{
    return {u"model_filtered"_s, u"The content filter of %1 stopped the reply."_s.arg(within(provider)),
            u"Put the question differently."_s, false};
}

} // namespace loquat::model_errors
