// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/circuit_breaker.h"
#include "model_factory.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects how the program puts its models together: addresses, names, and what the threads share.
class TestModelFactory : public QObject
{
    Q_OBJECT

private:
    fakes::FakeOpenAi m_server;
    fakes::ManualClock m_clock;

    [[nodiscard]] QString pathAskedOf(const ProviderOptions &provider)
    {
        Options options;
        options.providers = {provider};
        const auto model = modelFactory(options, nullptr)(m_clock);
        const qsizetype before = m_server.requests().size();
        fakes::ReplyListener listener(model->start({}));
        if (!QTest::qWaitFor([&] { return m_server.requests().size() > before; }, 30'000))
            return {};
        return m_server.requests().constLast()["path"_L1].toString();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }
    void init() { m_server.forget(); }

    void versionsAreInTheAddressOnce()
    {
        const QString host = m_server.url();
        const auto path = [this](const QString &name, const QString &base, const QString &version,
                                 const QString &model = u"m"_s) {
            return pathAskedOf({name, u"k"_s, QUrl(base), model, version}).section(u'?', 0, 0);
        };
        QCOMPARE(path(u"ollama"_s, host + u"/v1"_s, {}), u"/v1/chat/completions"_s);
        QCOMPARE(path(u"groq"_s, host + u"/openai/v1"_s, {}), u"/openai/v1/chat/completions"_s);
        QCOMPARE(path(u"anthropic"_s, host, {}), u"/v1/messages"_s);
        QCOMPARE(path(u"anthropic"_s, host + u"/v1"_s, {}), u"/v1/messages"_s);
        QCOMPARE(path(u"anthropic"_s, host + u"/proxy"_s, u"/v2"_s), u"/proxy/v2/messages"_s);
        QCOMPARE(path(u"gemini"_s, host, {}), u"/v1beta/models/m:streamGenerateContent"_s);
        QCOMPARE(path(u"gemini"_s, host, u"/v1"_s), u"/v1/models/m:streamGenerateContent"_s);
        QCOMPARE(path(u"gemini"_s, host + u"/v1/"_s, {}), u"/v1/models/m:streamGenerateContent"_s);
        QCOMPARE(path(u"anthropic"_s, host + u"/gw/v2"_s, u"/v1"_s), u"/gw/v2/v1/messages"_s); // as written
        QCOMPARE(path(u"gemini"_s, host, {}, u"models/m"_s), u"/v1beta/models/m:streamGenerateContent"_s);
    }

    void errorsAndOutcomesNameTheServer()
    {
        Options options;
        options.providers = {{u"big-box"_s, {}, QUrl(m_server.baseUrl()), u"m"_s, {}}};
        const auto model = modelFactory(options, nullptr)(m_clock);
        fakes::ReplyListener good(model->start({}));
        QTRY_COMPARE(good.ends, 1);
        QCOMPARE(good.outcome.provider, u"big-box"_s);
        m_server.script({{"status"_L1, 401}});
        fakes::ReplyListener bad(model->start({}));
        QTRY_VERIFY((m_clock.advance(0ms), bad.ends == 1));
        QVERIFY2(bad.error.message.startsWith("big-box "_L1), qPrintable(bad.error.message));
    }

    void aDeadProviderIsFoundOutOnceForAllThreads()
    {
        Options options;
        options.providers = {{u"openai"_s, {}, QUrl(m_server.baseUrl()), u"m"_s, {}},
                             {u"simulated"_s, {}, {}, {}, {}}};
        const auto make = modelFactory(options, nullptr);
        const auto one = make(m_clock);
        const auto other = make(m_clock); // as the next gateway thread makes it
        m_server.script({{"status"_L1, 401}});
        for (int i = 0; i < CircuitSettings().failuresToOpen; ++i) {
            fakes::ReplyListener listener(one->start({}));
            QTRY_VERIFY((m_clock.advance(1s), listener.ends == 1));
        }
        const qsizetype asked = m_server.requests().size();
        fakes::ReplyListener listener(other->start({}));
        QTRY_VERIFY((m_clock.advance(1s), listener.ends == 1));
        QCOMPARE(listener.outcome.provider, u"simulated"_s);
        QVERIFY(listener.outcome.failures.isEmpty()); // without asking the first
        QCOMPARE(m_server.requests().size(), asked);
    }
};

QTEST_GUILESS_MAIN(TestModelFactory)
#include "tst_model_factory.moc"
