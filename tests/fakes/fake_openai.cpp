// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_openai.h"

#include "fake_openai_connection.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

namespace {

bool isModelPath(const QByteArray &path)
{
    return path.endsWith("/chat/completions") || path.endsWith("/responses") || path.endsWith("/messages") ||
           path.contains(":streamGenerateContent");
}

} // namespace

FakeOpenAi::FakeOpenAi(QObject *parent)
    : QObject(parent)
{
    // Tests open a thousand connections at once.
    m_server.setListenBacklogSize(4096);
    m_server.setMaxPendingConnections(4096);
    connect(&m_server, &QTcpServer::newConnection, this, &FakeOpenAi::accept);
}

FakeOpenAi::~FakeOpenAi()
{
    for (auto *connection : std::set(std::move(m_connections)))
        delete connection;
}

bool FakeOpenAi::listen(quint16 port)
{
    return m_server.listen(QHostAddress::LocalHost, port);
}

QString FakeOpenAi::url() const
{
    return u"http://127.0.0.1:%1"_s.arg(m_server.serverPort());
}

QString FakeOpenAi::baseUrl() const
{
    return url() + "/v1"_L1;
}

void FakeOpenAi::script(const QJsonObject &script)
{
    m_scripts.append(script);
}

void FakeOpenAi::forget()
{
    m_scripts.clear();
    m_requests.clear();
}

void FakeOpenAi::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        ++m_stats.connections;
        auto *connection = new FakeOpenAiConnection(socket, this);
        m_connections.insert(connection);
        connect(connection, &QObject::destroyed, this,
                [this, connection] { m_connections.erase(connection); });
    }
}

void FakeOpenAi::route(FakeOpenAiConnection *connection, const QByteArray &method, const QByteArray &path,
                       const QJsonObject &headers, const QByteArray &body)
{
    const auto json = QJsonDocument::fromJson(body);
    if (method == "POST" && isModelPath(path)) {
        ++m_stats.requests;
        m_requests.append(
            {{"path"_L1, QString::fromUtf8(path)}, {"headers"_L1, headers}, {"body"_L1, json.object()}});
        connection->play(answerTo(json.object(), scriptFor(QString::fromUtf8(path), json.object())));
    } else if (method == "POST" && path == "/script") {
        script(json.object());
        connection->answerJson(200, QJsonDocument(QJsonObject{{"scripts"_L1, m_scripts.size()}}));
    } else if (method == "DELETE" && path == "/script") {
        forget();
        connection->answerJson(200, QJsonDocument(QJsonObject{}));
    } else if (method == "GET" && (path == "/requests" || path == "/aborts")) {
        QJsonArray all;
        for (const auto &each : path == "/aborts" ? m_aborts : m_requests)
            all.append(each);
        connection->answerJson(200, QJsonDocument(all));
    } else if (method == "GET" && path == "/stats") {
        connection->answerJson(200, QJsonDocument(statsAsJson()));
    } else if (method == "GET" && path.endsWith("/models")) {
        const QJsonObject model{{"id"_L1, "fake-openai"_L1}, {"object"_L1, "model"_L1}};
        connection->answerJson(200, QJsonDocument(QJsonObject{{"data"_L1, QJsonArray{model}}}));
    } else {
        const QJsonObject error{{"message"_L1, "fake_openai is a stand-in and has no such path."_L1}};
        connection->answerJson(404, QJsonDocument(QJsonObject{{"error"_L1, error}}));
    }
}

QJsonObject FakeOpenAi::scriptFor(const QString &path, const QJsonObject &request)
{
    const QString said = lastUserMessage(request);
    const auto found = std::ranges::find_if(m_scripts, [&](const QJsonObject &script) {
        return said.contains(script["match"_L1].toString()) && path.contains(script["path"_L1].toString());
    });
    if (found == m_scripts.end())
        return defaultScript(request);
    QJsonObject script = *found;
    if (const int times = script["times"_L1].toInt(); times == 1)
        m_scripts.erase(found);
    else if (times > 1)
        found->insert("times"_L1, times - 1);
    return script;
}

void FakeOpenAi::answerStarted()
{
    m_stats.maxOpen = std::max(m_stats.maxOpen, ++m_stats.open);
}

void FakeOpenAi::answerEnded()
{
    --m_stats.open;
}

void FakeOpenAi::answerAborted(qsizetype sent, qsizetype left)
{
    answerEnded();
    ++m_stats.aborted;
    m_aborts.append({{"at"_L1, QDateTime::currentMSecsSinceEpoch()}, {"sent"_L1, sent}, {"left"_L1, left}});
}

QJsonObject FakeOpenAi::statsAsJson() const
{
    return {{"open"_L1, m_stats.open},
            {"max_open"_L1, m_stats.maxOpen},
            {"aborted"_L1, m_stats.aborted},
            {"requests"_L1, m_stats.requests},
            {"connections"_L1, m_stats.connections}};
}

} // namespace loquat::fakes
