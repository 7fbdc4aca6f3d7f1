// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/plain_reply.h"

#include <QPointer>

#include <algorithm>
#include <cstring>

namespace loquat {
namespace {

constexpr int httpPort = 80;

quint16 portOf(const QUrl &url)
{
    return quint16(url.port(httpPort));
}

QNetworkReply::NetworkError networkError(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return QNetworkReply::ConnectionRefusedError;
    case QAbstractSocket::RemoteHostClosedError:
        return QNetworkReply::RemoteHostClosedError;
    case QAbstractSocket::HostNotFoundError:
        return QNetworkReply::HostNotFoundError;
    case QAbstractSocket::SocketTimeoutError:
        return QNetworkReply::TimeoutError;
    default:
        return QNetworkReply::UnknownNetworkError;
    }
}

} // namespace

PlainReply::PlainReply(const QNetworkRequest &request, const QByteArray &bytes, IdleSockets &idle,
                       QObject *parent)
    : QNetworkReply(parent)
    , m_idle(idle)
    , m_request(bytes)
{
    setRequest(request);
    setUrl(request.url());
    setOperation(QNetworkAccessManager::PostOperation);
    open(ReadOnly | Unbuffered);
    // Nobody listens before post() has returned.
    QMetaObject::invokeMethod(this, &PlainReply::begin, Qt::QueuedConnection);
}

PlainReply::~PlainReply()
{
    letGo();
}

void PlainReply::begin()
{
    if (isFinished())
        return;
    SocketOwner socket = m_idle.take(url().host(), portOf(url()));
    if (!socket)
        return connectAnew();
    m_isUsed = true;
    adopt(std::move(socket));
    send();
}

void PlainReply::connectAnew()
{
    letGo();
    m_isUsed = false;
    m_dialer.reset(new HostDialer(portOf(url())));
    connect(m_dialer.get(), &HostDialer::connected, this, [this] {
        adopt(m_dialer->takeSocket());
        m_dialer.reset();
        m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
        send();
    });
    connect(m_dialer.get(), &HostDialer::failed, this,
            [this](QAbstractSocket::SocketError error, const QString &why) {
                settle(networkError(error), why);
                tellEnd();
            });
    m_dialer->dial(url().host());
}

void PlainReply::adopt(SocketOwner socket)
{
    m_socket = std::move(socket);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &PlainReply::read);
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, &PlainReply::lost);
}

void PlainReply::send()
{
    const QPointer<PlainReply> alive(this);
    const QTcpSocket *to = m_socket.get();
    m_socket->write(m_request);
    if (!m_isUsed)
        m_request.clear(); // the socket has it
    m_socket->flush();
    // Writing may have found that the connection is gone.
    if (alive && m_socket.get() == to)
        Q_EMIT requestSent();
}

void PlainReply::read()
{
    // Not readAll(), which takes 16 KiB to begin with.
    const QByteArray bytes = m_socket->read(m_socket->bytesAvailable());
    if (!bytes.isEmpty()) {
        m_isAnswered = true;
        m_request.clear();
    }
    if (m_taken == m_content.size()) {
        m_content.clear();
        m_taken = 0;
    }
    const bool hadHead = m_response.hasHead();
    m_response.feed(bytes, m_content);
    // Before anybody is told, so that who has read the last of it finds the reply finished.
    if (m_response.isMalformed())
        settle(ProtocolFailure, QStringLiteral("The answer is not HTTP/1.1."));
    else if (m_response.isWhole())
        settle();
    const bool isOver = isFinished();
    const QPointer<PlainReply> alive(this);
    if (m_response.hasHead() && !hadHead)
        tellHead();
    if (alive && isFinished() == isOver && bytesAvailable() > 0)
        Q_EMIT readyRead();
    if (alive && isOver)
        tellEnd();
}

void PlainReply::tellHead()
{
    setAttribute(QNetworkRequest::HttpStatusCodeAttribute, m_response.status());
    setAttribute(QNetworkRequest::HttpReasonPhraseAttribute, m_response.reason());
    for (const auto &[name, value] : m_response.headers())
        setRawHeader(name, value);
    Q_EMIT metaDataChanged();
}

void PlainReply::lost(QAbstractSocket::SocketError error)
{
    if (m_isUsed && !m_isAnswered) // it was being closed while we took it
        return connectAnew();
    const QString why = m_socket->errorString();
    const QPointer<PlainReply> alive(this);
    if (m_socket->bytesAvailable() > 0)
        read();
    if (!alive || isFinished())
        return;
    if (error == QAbstractSocket::RemoteHostClosedError)
        m_response.close();
    if (m_response.isWhole())
        settle();
    else
        settle(networkError(error), why);
    tellEnd();
}

void PlainReply::letGo()
{
    if (m_dialer)
        m_dialer->disconnect(this);
    m_dialer.reset();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket.reset();
}

void PlainReply::settle(NetworkError error, const QString &why)
{
    // A server that answers early may not want the rest of the request.
    const bool isSent =
        m_socket && m_socket->bytesToWrite() == 0 && m_socket->state() == QAbstractSocket::ConnectedState;
    if (isSent && m_response.keepsConnection() && error == NoError) {
        m_socket->disconnect(this);
        m_idle.keep(std::move(m_socket), url().host(), portOf(url()));
    }
    letGo();
    if (error != NoError)
        setError(error, why);
    setFinished(true);
}

void PlainReply::tellEnd()
{
    const QPointer<PlainReply> alive(this);
    if (error() != NoError)
        Q_EMIT errorOccurred(error());
    if (alive)
        Q_EMIT finished();
}

void PlainReply::abort()
{
    if (isFinished())
        return;
    settle(OperationCanceledError, QStringLiteral("Operation canceled"));
    tellEnd();
}

qint64 PlainReply::bytesAvailable() const
{
    return QNetworkReply::bytesAvailable() + m_content.size() - m_taken;
}

qint64 PlainReply::readData(char *data, qint64 most)
{
    const qint64 size = std::min<qint64>(most, m_content.size() - m_taken);
    if (size == 0)
        return isFinished() ? -1 : 0;
    std::memcpy(data, m_content.constData() + m_taken, size_t(size));
    m_taken += size;
    return size;
}

} // namespace loquat
