// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/request_bytes.h"

#include <QUrl>

namespace loquat {
namespace {

QByteArray headOf(const QNetworkRequest &request)
{
    const QUrl url = request.url();
    const QByteArray path = url.path(QUrl::FullyEncoded).toLatin1();
    QByteArray head = "POST " + (path.isEmpty() ? QByteArray("/") : path);
    if (url.hasQuery())
        head += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    head += " HTTP/1.1\r\nHost: " + url.authority(QUrl::FullyEncoded).toLatin1() + "\r\n";
    const auto names = request.rawHeaderList();
    for (const auto &name : names)
        head += name + ": " + request.rawHeader(name) + "\r\n";
    if (!request.hasRawHeader("Accept-Encoding"))
        head += "Accept-Encoding: identity\r\n";
    return head + "Content-Length: ";
}

} // namespace

QByteArray RequestBytes::of(const QNetworkRequest &request, const QByteArray &body)
{
    if (m_head.isEmpty() || m_last != request) {
        m_head = headOf(request);
        m_last = request;
    }
    const QByteArray length = QByteArray::number(body.size());
    QByteArray bytes;
    bytes.reserve(m_head.size() + length.size() + 4 + body.size());
    return bytes.append(m_head).append(length).append("\r\n\r\n").append(body);
}

} // namespace loquat
