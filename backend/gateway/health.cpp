// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/health.h"

#include "gateway/security_headers.h"

#include <QCoreApplication>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

QJsonObject healthJson()
{
    return {{"status"_L1, "ok"_L1},
            {"app"_L1, "loquat"_L1},
            {"version"_L1, QCoreApplication::applicationVersion()}};
}

QByteArray healthResponse()
{
    const QByteArray body = QJsonDocument(healthJson()).toJson(QJsonDocument::Compact);
    QByteArray response = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                          QByteArray::number(body.size()) + "\r\nConnection: close\r\n";
    for (const auto &[name, value] : securityHeaders())
        response += name + ": " + value + "\r\n";
    return response + "\r\n" + body;
}

} // namespace loquat
