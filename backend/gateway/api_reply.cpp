// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api_reply.h"

#include "gateway/problem.h"
#include "gateway/security_headers.h"

#include <QHash>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

ApiReply jsonReply(const QJsonObject &object)
{
    return {200, "application/json", QJsonDocument(object).toJson(QJsonDocument::Compact)};
}

ApiReply problemReply(int status, const Error &error)
{
    ApiReply reply{status, "application/problem+json", problemJson(status, error)};
    if (status == 401)
        reply.headers.emplaceBack("WWW-Authenticate", "Bearer realm=\"loquat\"");
    if (status == 426)
        reply.headers += {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
    if (status == 503)
        reply.headers.emplaceBack("Retry-After", "5");
    return reply;
}

ApiReply problemReply(const Error &error)
{
    static const QHash<QString, int> statuses{
        {u"bad_query"_s, 400},         {u"bad_cursor"_s, 400},         {u"bad_json"_s, 400},
        {u"bad_command"_s, 400},       {u"unknown_command"_s, 400},    {u"bad_session_id"_s, 400},
        {u"empty_text"_s, 400},        {u"unknown_format"_s, 400},     {u"not_found"_s, 404},
        {u"session_not_found"_s, 404}, {u"session_not_live"_s, 409},   {u"session_not_active"_s, 409},
        {u"nothing_to_cancel"_s, 409}, {u"nothing_to_approve"_s, 409}, {u"export_too_large"_s, 413},
    };
    const auto known = statuses.constFind(error.code);
    return problemReply(known == statuses.cend() ? 503 : *known, error);
}

ApiReply methodReply(const QByteArray &method, const QByteArray &allowed)
{
    ApiReply reply{204, {}, {}};
    if (method != "OPTIONS")
        reply = problemReply(405, {u"method_not_allowed"_s, u"This path does not understand the method."_s,
                                   u"Use one of %1."_s.arg(QString::fromLatin1(allowed)), false});
    reply.headers.emplaceBack("Allow", allowed);
    return reply;
}

QByteArray httpMessage(const ApiReply &reply, bool withBody)
{
    QByteArray message = "HTTP/1.1 " + QByteArray::number(reply.status) + ' ' + statusTitle(reply.status) +
                         "\r\nConnection: close\r\nCache-Control: no-store\r\n" + dataSecurityHeaders;
    if (!reply.contentType.isEmpty())
        message += "Content-Type: " + reply.contentType + "\r\n";
    if (reply.status != 204)
        message += "Content-Length: " + QByteArray::number(reply.body.size()) + "\r\n";
    for (const auto &[name, value] : reply.headers)
        message += name + ": " + value + "\r\n";
    message += "\r\n";
    return withBody ? message + reply.body : message;
}

} // namespace loquat
