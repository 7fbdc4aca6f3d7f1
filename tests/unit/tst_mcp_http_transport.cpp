// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_web.h"
#include "tools/mcp_http_transport.h"
#include "tools/mcp_message.h"

#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects that a legacy server on the web is heard when it speaks by itself, as with a changed list of
/// tools.
class TestMcpHttpTransport : public QObject
{
    Q_OBJECT

    fakes::FakeWeb m_web;
    QStringList m_heard;
    std::unique_ptr<McpHttpTransport> m_transport;

    [[nodiscard]] qsizetype gets() const
    {
        return std::ranges::count(m_web.seen, "GET", &fakes::FakeWeb::Request::method);
    }

    void start()
    {
        McpServerSettings settings{.name = u"far"_s};
        settings.url = QUrl(m_web.url(u"/mcp"_s));
        m_transport = std::make_unique<McpHttpTransport>(settings, std::make_shared<QNetworkAccessManager>());
        connect(m_transport.get(), &McpTransport::received, this,
                [this](const McpMessage &message) { m_heard.append(message.method); });
    }

private Q_SLOTS:
    void cleanup()
    {
        m_transport.reset();
        m_web.seen.clear();
        m_heard.clear();
    }

    void whatALegacyServerSaysUnaskedIsHeard()
    {
        m_web.handle = [](const fakes::FakeWeb::Request &request) -> fakes::FakeWeb::Answer {
            if (request.method != "GET")
                return {202, {}};
            return {200,
                    "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n",
                    {{"Content-Type", "text/event-stream"}}};
        };
        start();
        m_transport->send(mcpNotification(u"notifications/cancelled"_s));
        QTRY_COMPARE(m_web.seen.size(), 1);
        m_transport->setVersion(u"2025-06-18"_s);
        m_transport->send(mcpNotification(u"notifications/initialized"_s));
        QTRY_COMPARE(m_heard, QStringList{u"notifications/tools/list_changed"_s});
        QCOMPARE(gets(), 1);
        for (const auto &request : std::as_const(m_web.seen))
            if (request.method == "GET") {
                QCOMPARE(request.headers["accept"], "text/event-stream");
                QCOMPARE(request.headers["mcp-protocol-version"], "2025-06-18");
            }
    }

    void aServerWithoutSuchAStreamIsLeftInPeace()
    {
        m_web.handle = [](const fakes::FakeWeb::Request &request) -> fakes::FakeWeb::Answer {
            return {request.method == "GET" ? 405 : 202, {}};
        };
        start();
        QSignalSpy refused(m_transport.get(), &McpTransport::refused);
        QSignalSpy closed(m_transport.get(), &McpTransport::closed);
        m_transport->send(mcpNotification(u"notifications/initialized"_s));
        QTRY_COMPARE(gets(), 1);
        QTest::qWait(50);
        QCOMPARE(refused.size() + closed.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestMcpHttpTransport)
#include "tst_mcp_http_transport.moc"
