// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/problem.h"

#include "gateway/security_headers.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace loquat {

using namespace Qt::StringLiterals;

QByteArray statusTitle(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    default:
        return "Error";
    }
}

QByteArray problemJson(int status, const Error &error)
{
    QJsonObject problem{{"type"_L1, "about:blank"_L1},
                        {"title"_L1, QString::fromLatin1(statusTitle(status))},
                        {"status"_L1, status},
                        {"detail"_L1, error.message},
                        {"code"_L1, error.code}};
    if (!error.remedy.isEmpty())
        problem["remedy"_L1] = error.remedy;
    return QJsonDocument(problem).toJson(QJsonDocument::Compact);
}

QByteArray problemResponse(int status, const Error &error)
{
    const QByteArray body = problemJson(status, error);
    QByteArray response =
        "HTTP/1.1 " + QByteArray::number(status) + ' ' + statusTitle(status) +
        "\r\nContent-Type: application/problem+json\r\nContent-Length: " + QByteArray::number(body.size()) +
        "\r\nConnection: close" + (status == 426 ? ", Upgrade\r\nUpgrade: websocket\r\n" : "\r\n");
    if (status == 401)
        response += "WWW-Authenticate: Bearer realm=\"loquat\"\r\n";
    if (status == 426)
        response += "Sec-WebSocket-Version: 13\r\n";
    if (status == 503 || status == 429)
        response += "Retry-After: 5\r\n";
    for (const auto &[name, value] : securityHeaders())
        response += name + ": " + value + "\r\n";
    return response + "\r\n" + body;
}

} // namespace loquat
