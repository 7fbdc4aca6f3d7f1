// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_web.h"

#include <QTcpSocket>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

FakeWeb::FakeWeb()
{
    m_server.listen(QHostAddress::LocalHost, 0);
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        auto *socket = m_server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, &FakeWeb::gone);
    });
}

QString FakeWeb::url(const QString &path) const
{
    return u"http://127.0.0.1:%1"_s.arg(m_server.serverPort()) + path;
}

void FakeWeb::read(QTcpSocket *socket)
{
    const QByteArray in = socket->property("in").toByteArray() + socket->readAll();
    socket->setProperty("in", in);
    const qsizetype headEnd = in.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return;
    Request request;
    const auto lines = in.first(headEnd).split('\n');
    for (const auto &line : lines.sliced(1))
        if (const qsizetype colon = line.indexOf(':'); colon > 0)
            request.headers[line.first(colon).toLower()] = line.sliced(colon + 1).trimmed();
    const qsizetype length = request.headers.value("content-length").toLongLong();
    if (in.size() < headEnd + 4 + length)
        return;
    request.body = in.sliced(headEnd + 4, length);
    request.method = lines.first().split(' ').value(0);
    request.target = lines.first().split(' ').value(1);
    socket->setProperty("in", in.sliced(headEnd + 4 + length));
    seen.append(request);

    const Answer answer = handle ? handle(request) : Answer{};
    if (!answer.never) {
        QByteArray text = "HTTP/1.1 " + QByteArray::number(answer.status) +
                          " Fake\r\nContent-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
        for (const auto &[name, value] : answer.headers)
            text += name + ": " + value + "\r\n";
        socket->write(text + "\r\n" + answer.body);
    }
    Q_EMIT requested();
}

} // namespace loquat::fakes
