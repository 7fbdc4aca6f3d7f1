// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_web.h"
#include "telemetry/otlp_exporter.h"
#include "telemetry/span_queue.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using fakes::FakeWeb;

namespace {

/// Begins an answer and never ends it, though it is never silent either.
class DrippingCollector final : public QTcpServer
{
public:
    DrippingCollector()
    {
        listen(QHostAddress::LocalHost, 0);
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto *socket = nextPendingConnection();
            ++asked;
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            auto *drip = new QTimer(socket);
            connect(drip, &QTimer::timeout, socket, [socket] { socket->write("x"); });
            drip->start(5);
        });
    }

    int asked = 0;
};

} // namespace

/// Protects the service from a collector that misbehaves, and spans from being lost unseen.
class TestOtlpExporter : public QObject
{
    Q_OBJECT

    std::unique_ptr<OtlpExporter> m_exporter;
    std::unique_ptr<QThread> m_ending;
    int m_sessions = 0;

    void start(const QString &url, std::chrono::milliseconds flushEvery,
               std::chrono::milliseconds requestLimit)
    {
        OtlpSettings settings;
        settings.endpoint = QUrl(url);
        settings.flushEvery = flushEvery;
        settings.requestLimit = requestLimit;
        m_exporter = std::make_unique<OtlpExporter>(settings);
    }
    /// A session is two events and a span.
    void sessions(int many)
    {
        for (; many > 0; --many) {
            const QString id = u"s%1"_s.arg(++m_sessions);
            m_exporter->onEvent({id, 1, 1'000, EventType::SessionStarted, Role::System, {}, {}});
            m_exporter->onEvent(
                {id, 2, 2'000, EventType::SessionEnded, Role::System, {}, {{"reason"_L1, "closed"_L1}}});
        }
    }
    /// In a thread of its own, since the collector is in this one.
    void end()
    {
        m_ending.reset(QThread::create([this] { m_exporter.reset(); }));
        m_ending->start();
    }
    static QStringList spansOf(const FakeWeb::Request &request)
    {
        const QJsonValue body = QJsonDocument::fromJson(request.body).object();
        QStringList ids;
        const QJsonArray spans = body["resourceSpans"_L1][0]["scopeSpans"_L1][0]["spans"_L1].toArray();
        for (const QJsonValue &span : spans)
            ids.append(span["spanId"_L1].toString());
        return ids;
    }

private Q_SLOTS:
    void cleanup()
    {
        if (m_ending)
            m_ending->wait();
        m_ending.reset();
        m_exporter.reset();
    }

    void anAnswerThatNeverEndsHoldsUpNoOther()
    {
        DrippingCollector collector;
        start(u"http://127.0.0.1:%1"_s.arg(collector.serverPort()), 10ms, 200ms);
        sessions(1);
        QTRY_COMPARE(collector.asked, 1);
        sessions(1);
        QTRY_COMPARE(collector.asked, 2);
        end();
        QTRY_VERIFY(m_ending->isFinished());
    }

    void theEndWaitsForNoAnswerThatNeverEnds()
    {
        DrippingCollector collector;
        start(u"http://127.0.0.1:%1"_s.arg(collector.serverPort()), 1h, 200ms);
        sessions(1);
        end();
        QTRY_COMPARE(collector.asked, 1);
        QTRY_VERIFY(m_ending->isFinished());
    }

    void whatRanAtTheEndIsSentOnceMore()
    {
        FakeWeb web;
        web.handle = [&web](const auto &) {
            FakeWeb::Answer answer;
            answer.never = web.seen.size() == 1;
            return answer;
        };
        start(web.url(), 10ms, 3s);
        sessions(1);
        QTRY_COMPARE(web.seen.size(), 1);
        sessions(1);
        end();
        QTRY_VERIFY(m_ending->isFinished());
        QCOMPARE(web.seen.size(), 2);
        QCOMPARE(spansOf(web.seen[1]).size(), 2);
        QCOMPARE(spansOf(web.seen[1]).first(), spansOf(web.seen[0]).first());
    }

    void whatFailsAtTheEndIsNotTriedAgain()
    {
        FakeWeb web;
        web.handle = [](const auto &) { return FakeWeb::Answer{503, {}, {}}; };
        start(web.url(), 1h, 1h);
        sessions(1'000);
        end();
        QTRY_VERIFY(m_ending->isFinished());
        QCOMPARE(web.seen.size(), 1);
    }

    void whatWaitedGoesInBatches()
    {
        FakeWeb web;
        start(web.url(), 1h, 1h);
        sessions(1'300);
        end();
        QTRY_VERIFY(m_ending->isFinished());
        QCOMPARE(web.seen.size(), 3);
        QSet<QString> all;
        for (const auto &request : std::as_const(web.seen)) {
            const QStringList spans = spansOf(request);
            QVERIFY(spans.size() <= SpanQueue::maxBatch);
            all.unite(QSet<QString>(spans.begin(), spans.end()));
        }
        QCOMPARE(all.size(), 1'300);
    }

    void whoAsksToBeLeftAloneIs()
    {
        FakeWeb web;
        web.handle = [](const auto &) { return FakeWeb::Answer{429, {}, {{"Retry-After", "3600"}}}; };
        start(web.url(), 10ms, 1h);
        sessions(1);
        QTRY_COMPARE(web.seen.size(), 1);
        // That some are dropped shows that there was a flush, which would have sent them: twice, to be sure.
        sessions(int(SpanQueue::maxWaiting));
        QTRY_VERIFY(m_exporter->spansDropped() > 0);
        const qint64 before = m_exporter->spansDropped();
        sessions(1);
        QTRY_VERIFY(m_exporter->spansDropped() > before);
        QCOMPARE(web.seen.size(), 1);
        end();
        QTRY_VERIFY(m_ending->isFinished());
    }

    void whatIsRefusedIsCounted()
    {
        FakeWeb web;
        web.handle = [](const auto &) { return FakeWeb::Answer{400, {}, {}}; };
        start(web.url(), 10ms, 1h);
        QTest::ignoreMessage(QtWarningMsg,
                             "the collector does not take traces: HTTP 400 (spans are dropped)");
        sessions(3);
        QTRY_COMPARE(m_exporter->spansDropped(), 3);
        end();
        QTRY_VERIFY(m_ending->isFinished());
    }

    void eventsBeyondTheBoundAreCounted()
    {
        FakeWeb web;
        start(web.url(), 1h, 1h);
        QTest::ignoreMessage(QtWarningMsg,
                             "events are dropped: they come faster than spans are made of them");
        sessions(int(OtlpExporter::maxEvents) / 2 + 5);
        QCOMPARE(m_exporter->eventsDropped(), 10);
        end();
        QTRY_VERIFY(m_ending->isFinished());
    }
};

QTEST_GUILESS_MAIN(TestOtlpExporter)
#include "tst_otlp_exporter.moc"
