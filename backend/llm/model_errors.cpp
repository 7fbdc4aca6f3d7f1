// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/model_errors.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace loquat::model_errors {
namespace {

using namespace Qt::StringLiterals;

/// What a provider tells about a failure, wherever it put it.
struct Told
{
    QString text;
    QString code; ///< its `code` and `type`, lower case, to be searched
    int status = 0;
};

Told read(const QJsonValue &error, const QString &apiKey)
{
    if (error.isString())
        return {presentable(error.toString(), apiKey), {}, 0};
    const auto object = error.toObject();
    const auto code = object["code"_L1];
    return {presentable(object["message"_L1].toString(), apiKey),
            (code.toString() + u' ' + object["type"_L1].toString()).toLower(),
            code.isDouble() ? code.toInt() : code.toString().toInt()};
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
    return {u"model_quota"_s, u"The quota at %1 is used up."_s.arg(provider),
            u"Check the plan and the billing details at the provider, or configure another one."_s, false};
}

Error rateLimited(const QString &provider, const QByteArray &retryAfter)
{
    bool seconds = false;
    const int wait = retryAfter.trimmed().toInt(&seconds);
    return {u"model_rate_limited"_s, u"%1 is receiving too many requests."_s.arg(provider),
            seconds ? u"Try again in %1 s."_s.arg(wait) : u"Try again in a moment."_s, true};
}

Error overloaded(const QString &provider, const QString &saying)
{
    return {u"model_overloaded"_s, u"%1 could not answer%2"_s.arg(provider, saying),
            u"Try again in a moment."_s, true};
}

Error badRequest(const QString &provider, int status, const Told &told)
{
    return {u"model_bad_request"_s,
            u"%1 did not accept the request (HTTP %2)%3"_s.arg(provider).arg(status).arg(saying(told)),
            status == 404 ? u"Check the model's name and the base URL."_s
                          : u"Check the model's name, its limits and the base URL."_s,
            false};
}

Error classify(const QString &provider, int status, const Told &told, const QByteArray &retryAfter)
{
    if (told.code.contains("insufficient_quota"_L1))
        return quota(provider);
    if (status == 401 || status == 403)
        return unauthorized(provider, status);
    if (status == 429)
        return rateLimited(provider, retryAfter);
    if (status == 408 || status >= 500)
        return overloaded(provider, u" (HTTP %1)."_s.arg(status));
    if (status >= 300 && status < 400)
        return {u"model_bad_request"_s,
                u"%1 redirects to another address (HTTP %2)."_s.arg(provider).arg(status),
                u"Set the base URL to the address it redirects to."_s, false};
    return badRequest(provider, status, told);
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

Error fromStatus(const QString &provider, int status, const QByteArray &body, const QByteArray &retryAfter,
                 const QString &apiKey)
{
    const auto json = QJsonDocument::fromJson(body);
    // Gemini's compatible endpoint wraps the object in an array.
    const auto object = json.isArray() ? json[0].toObject() : json.object();
    const auto error = object.contains("error"_L1) ? object["error"_L1] : QJsonValue(object);
    return classify(provider, status, read(error, apiKey), retryAfter);
}

Error fromStream(const QString &provider, const QJsonValue &error, const QString &apiKey)
{
    const Told told = read(error, apiKey);
    if (told.status >= 400)
        return classify(provider, told.status, told, {});
    if (told.code.contains("insufficient_quota"_L1))
        return quota(provider);
    if (told.code.contains("rate_limit"_L1))
        return rateLimited(provider, {});
    if (told.code.contains("invalid_request"_L1))
        return {u"model_bad_request"_s, u"%1 gave up on the request%2"_s.arg(provider, saying(told)),
                u"Check the model's name and its limits."_s, false};
    return overloaded(provider, saying(told));
}

Error unreachable(const QString &provider, const QString &reason)
{
    return {u"model_unreachable"_s, u"%1 cannot be reached: %2"_s.arg(provider, presentable(reason)),
            u"Check the base URL, the network and that the server is running."_s, true};
}

Error timeout(const QString &provider, const QString &waitedFor, std::chrono::milliseconds limit)
{
    return {u"model_timeout"_s,
            u"%1 sent %2 within %3 s."_s.arg(provider, waitedFor).arg(double(limit.count()) / 1000),
            u"Try again; if it stays, the provider is overloaded or the network drops its answers."_s, true};
}

Error brokenOff(const QString &provider)
{
    return {u"model_broken_off"_s, u"The answer of %1 broke off in the middle."_s.arg(provider),
            u"Try again."_s, true};
}

Error protocol(const QString &provider, const QString &what)
{
    return {u"model_protocol"_s, u"%1 answered with %2"_s.arg(provider, what),
            u"Check that the base URL is that of an OpenAI-compatible server."_s, false};
}

Error filtered(const QString &provider)
{
    return {u"model_filtered"_s, u"The content filter of %1 stopped the reply."_s.arg(provider),
            u"Put the question differently."_s, false};
}

} // namespace loquat::model_errors
