// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/http_tool_result.h"

#include "domain/json_pointer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype errorTextLength = 300; ///< of what a service says about its failure
constexpr qsizetype shortestSecret = 4;    ///< shorter values occur by chance

QString withoutSecrets(QString text, const QStringList &secrets)
{
    for (const auto &secret : secrets) {
        if (secret.size() < shortestSecret)
            continue;
        text.replace(secret, u"***"_s);
        text.replace(QString::fromLatin1(QUrl::toPercentEncoding(secret)), u"***"_s);
    }
    return text;
}

QJsonValue withoutSecrets(const QJsonValue &value, const QStringList &secrets)
{
    if (secrets.isEmpty())
        return value;
    if (value.isString())
        return withoutSecrets(value.toString(), secrets);
    if (value.isArray()) {
        QJsonArray clean;
        for (const auto &item : value.toArray())
            clean.append(withoutSecrets(QJsonValue(item), secrets));
        return clean;
    }
    if (value.isObject()) {
        QJsonObject clean;
        const auto object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            clean[withoutSecrets(it.key(), secrets)] = withoutSecrets(QJsonValue(it.value()), secrets);
        return clean;
    }
    return value;
}

QByteArray compact(const QJsonValue &value)
{
    const auto array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

/// Never in the middle of a character.
QString cutText(QByteArray text, qsizetype most)
{
    while (most > 0 && (quint8(text[most]) & 0xC0) == 0x80)
        --most;
    return QString::fromUtf8(text.first(most)) + u" … [cut here: the result is longer]"_s;
}

QString reason(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return u"it refuses connections"_s;
    case QNetworkReply::RemoteHostClosedError:
        return u"it closed the connection"_s;
    case QNetworkReply::HostNotFoundError:
        return u"its host is not known"_s;
    case QNetworkReply::TimeoutError:
        return u"it did not answer in time"_s;
    case QNetworkReply::SslHandshakeFailedError:
        return u"no secure connection is possible"_s;
    case QNetworkReply::OperationCanceledError:
        return u"the call was stopped"_s;
    default:
        return u"the network has a problem"_s;
    }
}

} // namespace

Expected<QJsonValue> httpToolResult(const HttpToolSettings &settings, const HttpToolAnswer &answer)
{
    const auto failed = [&settings](const QString &why, bool retryable) {
        return Error{u"tool_http"_s, u"%1 failed: %2."_s.arg(settings.name, why), {}, retryable};
    };
    if (answer.error == QNetworkReply::InsecureRedirectError ||
        answer.error == QNetworkReply::TooManyRedirectsError)
        return failed(u"the service redirects to another host"_s, false);
    if (answer.status == 0)
        return failed(reason(answer.error), answer.error != QNetworkReply::HostNotFoundError);
    if (answer.status >= 300) {
        const QString said = withoutSecrets(QString::fromUtf8(answer.body), settings.secrets)
                                 .simplified()
                                 .left(errorTextLength);
        QString why = u"the service answered HTTP %1"_s.arg(answer.status);
        if (!said.isEmpty())
            why += u" and says: "_s + said;
        return failed(why, answer.status == 429 || answer.status >= 500);
    }
    if (answer.error != QNetworkReply::NoError && !answer.cut)
        return failed(reason(answer.error), true); // in the middle of the answer

    QJsonParseError problem;
    // An array around it: a lone string or number is JSON too.
    const auto parsed = QJsonDocument::fromJson('[' + answer.body + ']', &problem).array();
    const bool isJson = problem.error == QJsonParseError::NoError && parsed.size() == 1;
    if (!isJson && !settings.resultPath.isEmpty())
        return failed(answer.cut ? u"its answer is too long"_s : u"its answer is not JSON"_s, false);
    if (!isJson) {
        const QByteArray text = withoutSecrets(QString::fromUtf8(answer.body), settings.secrets).toUtf8();
        if (text.size() > settings.maxResultBytes)
            return QJsonValue(cutText(text, settings.maxResultBytes));
        return QJsonValue(QString::fromUtf8(text));
    }
    const auto found = jsonAt(parsed.first(), settings.resultPath);
    if (!found)
        return failed(u"its answer has nothing at %1"_s.arg(settings.resultPath), false);
    const QJsonValue clean = withoutSecrets(*found, settings.secrets);
    const QByteArray text = clean.isString() ? clean.toString().toUtf8() : compact(clean);
    if (text.size() > settings.maxResultBytes)
        return QJsonValue(cutText(text, settings.maxResultBytes));
    return clean;
}

} // namespace loquat
