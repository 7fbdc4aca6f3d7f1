// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "llm/failover_model.h"
#include "llm/openai_model.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects a user from silence that counts as an answer.
class TestEmptyReply : public QObject
{
    Q_OBJECT

private:
    fakes::FakeOpenAi m_server;
    fakes::ManualClock m_clock;
    UpstreamPool m_pool;

    std::unique_ptr<FailoverModel> model()
    {
        OpenAiSettings settings;
        settings.baseUrl = QUrl(m_server.baseUrl());
        settings.providerName = u"Fake"_s;
        std::vector<NamedModel> models;
        models.push_back({u"fake"_s, std::make_unique<OpenAiModel>(settings, m_pool, m_clock)});
        return std::make_unique<FailoverModel>(std::move(models), FailoverSettings{}, m_clock);
    }
    static ChatRequest hi() { return {{{Role::User, u"hi"_s, {}, {}}}, {}, Purpose::Reply}; }
    static QJsonObject silence(const QJsonValue &usage)
    {
        return {{"tokens"_L1, QJsonArray()}, {"usage"_L1, usage}};
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.listen()); }
    void init() { m_server.forget(); }

    void silenceIsAskedAgain()
    {
        QJsonObject once = silence(false);
        once["times"_L1] = 1;
        m_server.script(once);
        m_server.script({{"text"_L1, "here"_L1}});
        const auto asked = model();
        const fakes::ReplyListener listener(asked->start(hi()));
        QTRY_VERIFY((m_clock.advance(100ms), listener.ends == 1));
        QCOMPARE(listener.text(), u"here"_s);
        QCOMPARE(listener.outcome.failures.first().error.code, u"model_empty_reply"_s);
    }

    void silenceThatStaysIsAnError()
    {
        m_server.script(silence(false));
        const auto asked = model();
        const fakes::ReplyListener listener(asked->start(hi()));
        QTRY_VERIFY((m_clock.advance(100ms), listener.ends == 1));
        QCOMPARE(m_server.requests().size(), 2);
        QCOMPARE(listener.error.code, u"model_empty_reply"_s);
        QVERIFY(listener.error.message.contains(u"Fake"_s));
        QVERIFY(listener.error.retryable);
    }

    // A limit that was reached, and thoughts that were paid for, would come again.
    void whatHasAReasonIsTakenAsItIs()
    {
        QJsonObject cut = silence(false);
        cut["finish_reason"_L1] = "length"_L1;
        const QJsonObject thought =
            silence(QJsonObject{{"prompt_tokens"_L1, 7}, {"completion_tokens"_L1, 40}});
        for (const QJsonObject &script : {cut, thought}) {
            m_server.forget();
            m_server.script(script);
            const auto asked = model();
            const fakes::ReplyListener listener(asked->start(hi()));
            QTRY_COMPARE(listener.ends, 1);
            QCOMPARE(listener.error, Error{});
            QCOMPARE(m_server.requests().size(), 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestEmptyReply)
#include "tst_empty_reply.moc"
