// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_http_transport.h"

#include "domain/sse_parser.h"
#include "tools/release_later.h"

#include <QJsonDocument>
#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto versionKey = "io.modelcontextprotocol/protocolVersion"_L1;
constexpr qsizetype longestHeader = 128;
constexpr std::chrono::milliseconds tailLimit{1'000};
constexpr std::chrono::milliseconds listenPause{5'000}; ///< after a server ended the stream, as it may
constexpr std::chrono::milliseconds longestListenPause{60'000}; ///< doubled up to here while it is away

/// A header value that is not plain ASCII goes as =?base64?…?=
QByteArray headerText(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const bool plain = !bytes.isEmpty() && bytes.size() <= longestHeader && bytes.trimmed() == bytes &&
                       std::ranges::all_of(bytes, [](char c) { return c >= ' ' && c <= '~'; });
    return plain ? bytes : "=?base64?" + bytes.toBase64() + "?=";
}

} // namespace

/// A POST under way, or the GET that listens.
struct McpHttpTransport::Exchange
{
    QNetworkReply *reply;
    qint64 id; ///< of the request; -1 for a notification
    bool legacyStart;
    bool listens = false;
    SseParser events{maxMcpMessageBytes};
    QByteArray body = {};
    bool answered = false;
    bool overdue = false; ///< its stream is ended soon, if the server does not
    bool broken = false;

    [[nodiscard]] bool isStream() const
    {
        return reply->header(QNetworkRequest::ContentTypeHeader)
            .toString()
            .startsWith("text/event-stream"_L1, Qt::CaseInsensitive);
    }
    [[nodiscard]] int status() const
    {
        return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }
};

McpHttpTransport::McpHttpTransport(McpServerSettings settings, std::shared_ptr<QNetworkAccessManager> network)
    : m_settings(std::move(settings))
    , m_network(std::move(network))
{
    m_listenAgain.setSingleShot(true);
    connect(&m_listenAgain, &QTimer::timeout, this, &McpHttpTransport::listen);
}

McpHttpTransport::~McpHttpTransport()
{
    for (const auto &[reply, exchange] : std::exchange(m_exchanges, {})) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
    if (m_session.isEmpty())
        return;
    QNetworkReply *bye = m_network->deleteResource(request());
    // Keeps the network alive until the server has heard it.
    connect(bye, &QNetworkReply::finished, bye,
            [bye, keep = std::make_shared<std::shared_ptr<QNetworkAccessManager>>(m_network)] {
                bye->deleteLater();
                releaseLater(std::exchange(*keep, {}));
            });
}

QNetworkRequest McpHttpTransport::request() const
{
    QNetworkRequest request(m_settings.url);
    request.setHeader(QNetworkRequest::UserAgentHeader, m_settings.userAgent);
    request.setRawHeader("Accept", "application/json, text/event-stream");
    for (const auto &[name, value] : m_settings.headers)
        request.setRawHeader(name, value);
    if (!m_session.isEmpty())
        request.setRawHeader("Mcp-Session-Id", m_session);
    if (!m_version.isEmpty())
        request.setRawHeader("MCP-Protocol-Version", m_version.toLatin1());
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::SameOriginRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return request;
}

void McpHttpTransport::send(const QJsonObject &message)
{
    const QString method = message["method"_L1].toString();
    const auto params = message["params"_L1].toObject();
    const bool legacyStart = method == "initialize"_L1;
    if (legacyStart) {
        m_session.clear();
        m_version.clear();
        m_listenAgain.stop(); // the new session has a stream of its own
        if (m_nextListenPause)
            m_nextListenPause = listenPause;
        for (const auto &[reply, exchange] : m_exchanges)
            if (std::exchange(exchange->listens, false))
                QMetaObject::invokeMethod(reply, &QNetworkReply::abort, Qt::QueuedConnection);
    }
    auto request = this->request();
    request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
    if (const auto version = params["_meta"_L1][versionKey]; version.isString()) {
        request.setRawHeader("MCP-Protocol-Version", version.toString().toLatin1());
        request.setRawHeader("Mcp-Method", method.toLatin1());
        if (method == "tools/call"_L1)
            request.setRawHeader("Mcp-Name", headerText(params["name"_L1].toString()));
    }
    const bool isRequest = !method.isEmpty() && message.contains("id"_L1);
    QNetworkReply *reply = m_network->post(request, QJsonDocument(message).toJson(QJsonDocument::Compact));
    const auto exchange = std::make_shared<Exchange>(
        Exchange{reply, isRequest ? message["id"_L1].toInteger() : -1, legacyStart});
    follow(exchange);
    if (method == "notifications/initialized"_L1)
        listen();
}

void McpHttpTransport::listen()
{
    auto request = this->request();
    request.setRawHeader("Accept", "text/event-stream");
    const auto exchange = std::make_shared<Exchange>(Exchange{m_network->get(request), -1, false, true});
    follow(exchange);
}

void McpHttpTransport::follow(const std::shared_ptr<Exchange> &exchange)
{
    QNetworkReply *reply = exchange->reply;
    m_exchanges.emplace(reply, exchange);
    connect(reply, &QNetworkReply::readyRead, this, [this, weak = std::weak_ptr(exchange)] {
        if (const auto it = weak.lock())
            read(it);
    });
    connect(
        reply, &QNetworkReply::finished, this,
        [this, weak = std::weak_ptr(exchange)] {
            if (const auto it = weak.lock())
                finish(it);
        },
        Qt::QueuedConnection);
}

void McpHttpTransport::abandon(qint64 id)
{
    for (const auto &[reply, exchange] : m_exchanges) {
        if (exchange->id != id)
            continue;
        exchange->answered = true;
        reply->abort();
        return;
    }
}

void McpHttpTransport::read(const std::shared_ptr<Exchange> &exchange)
{
    const QByteArray bytes = exchange->reply->readAll();
    if (exchange->broken)
        return;
    if (exchange->legacyStart && exchange->status() == 200)
        m_session = exchange->reply->rawHeader("Mcp-Session-Id");
    if (!exchange->isStream()) {
        exchange->broken = exchange->body.size() + bytes.size() > maxMcpMessageBytes;
        exchange->body += bytes;
    } else {
        QList<McpMessage> messages;
        const auto fed = exchange->events.feed(bytes, [&messages](const SseEvent &event) {
            if (const auto message = parseMcpMessage(event.data))
                messages.append(*message);
        });
        exchange->broken = !fed;
        const QPointer<McpHttpTransport> self = this;
        for (const auto &message : messages) {
            if (message.id.toInteger(-2) == exchange->id && message.method.isEmpty())
                exchange->answered = true;
            Q_EMIT received(message);
            if (!self)
                return;
        }
        // A stream should end with its answer, and holds one of the few connections to its host until it
        // does.
        if (exchange->answered && !std::exchange(exchange->overdue, true))
            QTimer::singleShot(tailLimit, exchange->reply, &QNetworkReply::abort);
    }
    if (exchange->broken)
        exchange->reply->abort();
}

void McpHttpTransport::finish(const std::shared_ptr<Exchange> &exchange)
{
    const QPointer<McpHttpTransport> self = this;
    if (exchange->reply->isOpen())
        read(exchange);
    if (!self)
        return;
    m_exchanges.erase(exchange->reply);
    exchange->reply->deleteLater();
    if (exchange->listens) {
        // Most servers have no such stream (405); one that was cut off may be there again later, as may one
        // that is away.
        const int status = exchange->status();
        const bool streamed = status == 200 && exchange->isStream();
        if (streamed)
            m_nextListenPause = listenPause;
        if (m_nextListenPause && (streamed || status == 0 || status >= 500)) {
            m_listenAgain.start(*m_nextListenPause);
            m_nextListenPause = std::min(2 * *m_nextListenPause, longestListenPause);
        }
        return;
    }
    const int status = exchange->broken ? 0 : exchange->status();
    auto message = parseMcpMessage(exchange->body);
    if (status == 200 && message) {
        exchange->answered = exchange->answered || message->id.toInteger(-2) == exchange->id;
        Q_EMIT received(*message);
    }
    if (!self || exchange->id < 0 || exchange->answered)
        return;
    Q_EMIT refused(exchange->id, status, message ? *message : McpMessage{});
}

} // namespace loquat
