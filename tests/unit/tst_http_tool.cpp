// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_web.h"
#include "fakes/manual_clock.h"
#include "tools/http_tool.h"
#include "tools/toolbox.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

fakes::FakeWeb::Answer answer(int status, const QByteArray &body)
{
    fakes::FakeWeb::Answer answer;
    answer.status = status;
    answer.body = body;
    return answer;
}

fakes::FakeWeb::Answer moved(const QByteArray &to)
{
    fakes::FakeWeb::Answer answer;
    answer.status = 302;
    answer.headers = {{"Location", to}};
    return answer;
}

fakes::FakeWeb::Answer never()
{
    fakes::FakeWeb::Answer answer;
    answer.never = true;
    return answer;
}

} // namespace

/// Protects what a web service gets to see of a call, and what a model gets to see of the service.
class TestHttpTool : public QObject
{
    Q_OBJECT

private:
    fakes::ManualClock m_clock;
    std::unique_ptr<fakes::FakeWeb> m_web;
    std::unique_ptr<Toolbox> m_toolbox;
    std::shared_ptr<NetworkLanes> m_network;
    QProcessEnvironment m_environment;
    std::optional<ToolOutcome> m_outcome;

    QJsonObject settings(const QString &path, const QJsonObject &more = {}) const
    {
        QJsonObject json{
            {"name"_L1, "look"_L1},
            {"description"_L1, "Looks."_L1},
            {"url"_L1, m_web->url(path)},
            {"parameters"_L1,
             QJsonObject{{"type"_L1, "object"_L1},
                         {"properties"_L1, QJsonObject{{"id"_L1, QJsonObject{}}, {"q"_L1, QJsonObject{}}}}}}};
        for (auto it = more.begin(); it != more.end(); ++it)
            json[it.key()] = it.value();
        return json;
    }

    void start(const QJsonObject &json, const QJsonObject &arguments)
    {
        auto made = httpToolFromJson(json, m_environment);
        QVERIFY2(made.has_value(), made ? "" : qPrintable(made.error().message));
        made->userAgent = u"Loquat/test"_s;
        QVERIFY(m_toolbox->add(std::make_unique<HttpTool>(*made, m_network)).has_value());
        m_outcome.reset();
        m_toolbox->call({u"call-1"_s, u"look"_s,
                         QString::fromUtf8(QJsonDocument(arguments).toJson(QJsonDocument::Compact))},
                        {u"s"_s, u"u"_s, u"call-1"_s},
                        [this](const ToolOutcome &outcome) { m_outcome = outcome; });
    }

    void call(const QJsonObject &json, const QJsonObject &arguments)
    {
        start(json, arguments);
        QTRY_VERIFY(m_outcome.has_value());
    }

    [[nodiscard]] QString error() const { return m_outcome->result["error"_L1].toString(); }

private Q_SLOTS:
    void init()
    {
        m_environment.insert(u"SHOP_KEY"_s, u"s3cr3t value"_s);
        m_web = std::make_unique<fakes::FakeWeb>();
        m_network = std::make_shared<NetworkLanes>();
        m_toolbox = std::make_unique<Toolbox>(m_clock);
    }

    void argumentsGoIntoThePathAndTheQuery()
    {
        m_web->handle = [](const auto &) { return answer(200, R"({"a":[1,{"b":"yes"}]})"); };
        call(settings(u"/o/{id}?fixed=1"_s,
                      {{"result_path"_L1, "/a/1/b"_L1},
                       {"headers"_L1, QJsonObject{{"X-Key"_L1, "Bearer ${SHOP_KEY}"_L1}}}}),
             {{"id"_L1, "a/b {q}&?"_L1}, {"q"_L1, "x&y=z+1"_L1}});
        QVERIFY2(m_outcome->ok, qPrintable(error()));
        QCOMPARE(m_outcome->result, QJsonValue(u"yes"_s));
        const auto &seen = m_web->seen.constFirst();
        QCOMPARE(seen.method, "GET");
        QCOMPARE(seen.target, "/o/a%2Fb%20%7Bq%7D%26%3F?fixed=1&q=x%26y%3Dz%2B1");
        QCOMPARE(seen.headers["idempotency-key"], "call-1");
        QCOMPARE(seen.headers["user-agent"], "Loquat/test");
        QCOMPARE(seen.headers["x-key"], "Bearer s3cr3t value");
    }

    void aToolMayHaveNoParameters()
    {
        m_web->handle = [](const auto &) { return answer(200, "fine"); };
        for (const QJsonValue &parameters : {QJsonValue(QJsonValue::Undefined), QJsonValue(QJsonObject()),
                                             QJsonValue(QJsonObject{{"type"_L1, "object"_L1}})}) {
            m_toolbox = std::make_unique<Toolbox>(m_clock);
            auto json = settings(u"/now"_s);
            json["parameters"_L1] = parameters;
            call(json, {});
            QVERIFY2(m_outcome->ok, qPrintable(error()));
        }
    }

    // A network manager has six connections to a host: the seventh would wait for an answer of the others.
    void manyCallsOfOneServiceRunAtOnce()
    {
        constexpr int calls = 20;
        m_web->handle = [](const auto &) {
            auto late = answer(200, {});
            late.never = true;
            return late;
        };
        auto made = httpToolFromJson(settings(u"/slow"_s), m_environment);
        QVERIFY(made);
        QVERIFY(m_toolbox->add(std::make_unique<HttpTool>(*made, m_network)).has_value());
        for (int i = 0; i < calls; ++i)
            m_toolbox->call({QString::number(i), u"look"_s, u"{}"_s}, {u"s"_s, u"u"_s, QString::number(i)},
                            [](const ToolOutcome &) {});
        QTRY_COMPARE(m_web->seen.size(), calls);
        m_toolbox.reset();
    }

    void aPostCarriesTheRestAsJson()
    {
        m_web->handle = [](const auto &) { return answer(200, "fine"); };
        call(settings(u"/o/{id}"_s, {{"method"_L1, "post"_L1}}), {{"id"_L1, 7}, {"q"_L1, QJsonArray{1, 2}}});
        QCOMPARE(m_outcome->result, QJsonValue(u"fine"_s));
        const auto &seen = m_web->seen.constFirst();
        QCOMPARE(seen.method, "POST");
        QCOMPARE(seen.target, "/o/7");
        QCOMPARE(seen.body, R"({"q":[1,2]})");
        QCOMPARE(seen.headers["content-type"], "application/json");
    }

    void argumentsCannotLeaveTheirPath()
    {
        call(settings(u"/o/{id}/x"_s), {{"id"_L1, ".."_L1}});
        QVERIFY(!m_outcome->ok);
        QCOMPARE(m_web->seen.size(), 0);
    }

    void secretsAreBlottedOut_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("json") << 200 << QByteArray(R"({"you sent":"s3cr3t v\u0061lue"})");
        QTest::newRow("text") << 200 << QByteArray("you sent s3cr3t value");
        QTest::newRow("error") << 403 << QByteArray("bad key s3cr3t value or s3cr3t%20value");
    }

    void secretsAreBlottedOut()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        m_web->handle = [=](const auto &) { return answer(status, body); };
        call(settings(u"/o?key=${SHOP_KEY}"_s), {});
        const QByteArray shown = QJsonDocument(QJsonArray{m_outcome->result}).toJson();
        QVERIFY2(shown.contains("***"), shown.constData());
        QVERIFY2(!shown.contains("s3cr3t"), shown.constData());
        QCOMPARE(m_outcome->ok, status == 200);
    }

    void longResultsAreCutWithANote()
    {
        const QString umlauts(5000, u'ü');
        m_web->handle = [&](const auto &) { return answer(200, umlauts.toUtf8()); };
        call(settings(u"/"_s, {{"max_result_bytes"_L1, 101}}), {});
        QVERIFY(m_outcome->ok);
        const QString shown = m_outcome->result.toString();
        QVERIFY(shown.startsWith(umlauts.left(50) + u" … [cut"_s));
    }

    void failuresCanBeRead()
    {
        m_web->handle = [](const auto &) { return answer(503, "closed\nfor lunch"); };
        call(settings(u"/"_s), {});
        QCOMPARE(error(), u"look failed: the service answered HTTP 503 and says: closed for lunch."_s);
    }

    void redirectsStayOnTheHost()
    {
        fakes::FakeWeb other;
        m_web->handle = [&](const fakes::FakeWeb::Request &request) {
            if (request.target == "/here")
                return moved("/there");
            if (request.target == "/there")
                return answer(200, "\"arrived\"");
            return moved(other.url(u"/x"_s).toLatin1());
        };
        call(settings(u"/here"_s), {});
        QCOMPARE(m_outcome->result, QJsonValue(u"arrived"_s));
        m_toolbox->remove(u"look"_s);
        call(settings(u"/away"_s), {});
        QVERIFY2(error().contains(u"another host"_s), qPrintable(error()));
        QCOMPARE(other.seen.size(), 0);
    }

    void aCancelledOrLateCallIsAborted_data()
    {
        QTest::addColumn<bool>("late");
        QTest::newRow("cancelled") << false;
        QTest::newRow("late") << true;
    }

    void aCancelledOrLateCallIsAborted()
    {
        QFETCH(bool, late);
        m_web->handle = [](const auto &) { return never(); };
        QSignalSpy requested(m_web.get(), &fakes::FakeWeb::requested);
        QSignalSpy gone(m_web.get(), &fakes::FakeWeb::gone);
        start(settings(u"/"_s, {{"timeout_ms"_L1, 2000}}), {});
        QTRY_COMPARE(requested.size(), 1);
        if (late)
            m_clock.advance(2s);
        else
            m_toolbox->cancel(u"s"_s, u"call-1"_s);
        QVERIFY(m_outcome && !m_outcome->ok);
        QTRY_COMPARE(gone.size(), 1);
    }

    void wrongSettingsNameTheirKey_data()
    {
        QTest::addColumn<QJsonObject>("more");
        QTest::addColumn<QString>("named");
        QTest::newRow("unknown key") << QJsonObject{{"urll"_L1, 1}} << u"\"urll\""_s;
        QTest::newRow("name") << QJsonObject{{"name"_L1, "a b"_L1}} << u"\"name\""_s;
        QTest::newRow("method") << QJsonObject{{"method"_L1, "BREW"_L1}} << u"\"method\""_s;
        QTest::newRow("url") << QJsonObject{{"url"_L1, "file:///etc/passwd"_L1}} << u"\"url\""_s;
        QTest::newRow("placeholder") << QJsonObject{{"url"_L1, "http://h/{nope}"_L1}} << u"{nope}"_s;
        QTest::newRow("host") << QJsonObject{{"url"_L1, "http://{id}.h/"_L1}} << u"host"_s;
        QTest::newRow("environment") << QJsonObject{{"url"_L1, "http://h/${NOT_SET}"_L1}} << u"NOT_SET"_s;
        QTest::newRow("header") << QJsonObject{{"headers"_L1, QJsonObject{{"A"_L1, 1}}}} << u"headers.A"_s;
        QTest::newRow("schema") << QJsonObject{{"parameters"_L1, QJsonObject{{"type"_L1, "banana"_L1}}}}
                                << u"\"parameters\""_s;
        QTest::newRow("timeout") << QJsonObject{{"timeout_ms"_L1, 0}} << u"\"timeout_ms\""_s;
        QTest::newRow("path") << QJsonObject{{"result_path"_L1, "a"_L1}} << u"\"result_path\""_s;
        QTest::newRow("policy") << QJsonObject{{"policy"_L1, "maybe"_L1}} << u"\"policy\""_s;
    }

    void wrongSettingsNameTheirKey()
    {
        QFETCH(QJsonObject, more);
        QFETCH(QString, named);
        const auto made = httpToolFromJson(settings(u"/"_s, more), m_environment);
        QVERIFY(!made.has_value());
        QVERIFY2(made.error().message.contains(named), qPrintable(made.error().message));
    }
};

QTEST_GUILESS_MAIN(TestHttpTool)
#include "tst_http_tool.moc"
