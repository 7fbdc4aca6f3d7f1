// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_openai_connection.h"

#include "fake_openai.h"

#include <algorithm>

namespace loquat::fakes {
namespace {

using namespace Qt::StringLiterals;

QByteArray head(int status, const QList<std::pair<QByteArray, QByteArray>> &headers)
{
    QByteArray text =
        "HTTP/1.1 " + QByteArray::number(status) + " Fake\r\nServer: fake-openai (a stand-in)\r\n";
    for (const auto &[name, value] : headers)
        text += name + ": " + value + "\r\n";
    return text;
}

QByteArray chunk(const QByteArray &bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

} // namespace

FakeOpenAiConnection::FakeOpenAiConnection(QTcpSocket *socket, FakeOpenAi *server)
    : m_socket(socket)
    , m_server(server)
{
    m_socket->setParent(this);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &FakeOpenAiConnection::playOn);
    connect(m_socket, &QTcpSocket::readyRead, this, &FakeOpenAiConnection::read);
    connect(m_socket, &QTcpSocket::disconnected, this, [this] {
        end(true);
        deleteLater();
    });
}

FakeOpenAiConnection::~FakeOpenAiConnection()
{
    m_socket->disconnect(this);
}

void FakeOpenAiConnection::read()
{
    m_in += m_socket->readAll();
    const qsizetype headEnd = m_in.indexOf("\r\n\r\n");
    if (m_answering || headEnd < 0)
        return;
    const auto lines = m_in.first(headEnd).split('\n');
    QJsonObject headers;
    for (const auto &line : lines.sliced(1))
        if (const qsizetype colon = line.indexOf(':'); colon > 0)
            headers[QString::fromUtf8(line.first(colon)).toLower()] =
                QString::fromUtf8(line.sliced(colon + 1).trimmed());
    const qsizetype length = headers["content-length"_L1].toString().toLongLong();
    const qsizetype bodyAt = headEnd + 4;
    if (m_in.size() < bodyAt + length)
        return;
    const QByteArray body = m_in.mid(bodyAt, length);
    m_in.remove(0, bodyAt + length);
    const auto request = lines.first().trimmed().split(' ');
    m_server->route(this, request.value(0), request.value(1), headers, body);
}

void FakeOpenAiConnection::answerJson(int status, const QJsonDocument &json)
{
    const QByteArray body = json.toJson(QJsonDocument::Compact);
    m_socket->write(head(status, {{"Content-Type", "application/json"},
                                  {"Content-Length", QByteArray::number(body.size())}}) +
                    "\r\n" + body);
}

void FakeOpenAiConnection::play(const FakeAnswer &answer)
{
    m_answer = answer;
    m_next = 0;
    m_answering = true;
    m_server->answerStarted();
    if (!answer.silent)
        m_socket->write(head(answer.status, answer.headers) + "Transfer-Encoding: chunked\r\n\r\n");
    m_timer.start(m_answer.body.isEmpty() ? 0 : m_answer.body.first().delayMs);
}

void FakeOpenAiConnection::playOn()
{
    while (m_next < m_answer.body.size()) {
        const FakeStep &step = m_answer.body.at(m_next++);
        if (step.kind == FakeStep::Kind::Stall)
            return;
        if (step.kind == FakeStep::Kind::Drop) {
            end(false);
            m_socket->disconnectFromHost();
            return;
        }
        m_socket->write(chunk(step.bytes));
        if (m_next < m_answer.body.size() && m_answer.body.at(m_next).delayMs > 0) {
            m_timer.start(m_answer.body.at(m_next).delayMs);
            return;
        }
    }
    m_socket->write("0\r\n\r\n");
    end(false);
    read(); // a request that came in meanwhile
}

void FakeOpenAiConnection::end(bool aborted)
{
    m_timer.stop();
    if (!m_answering)
        return;
    m_answering = false;
    if (aborted)
        m_server->answerAborted(m_next, m_answer.body.size() - m_next);
    else
        m_server->answerEnded();
}

} // namespace loquat::fakes
