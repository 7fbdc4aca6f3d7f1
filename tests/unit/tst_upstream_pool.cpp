// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_openai.h"
#include "llm/openai_model.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>

#include <sys/resource.h>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// How many descriptors this process may open, after asking for more.
rlim_t raiseDescriptorLimit()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

} // namespace

/// Protects conversations from waiting for each other: however many stream, each gets its first token.
class TestUpstreamPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allStreamAtOnce_data()
    {
        QTest::addColumn<int>("streams");
        QTest::newRow("6") << 6;
        QTest::newRow("7") << 7;
        QTest::newRow("120") << 120;
        QTest::newRow("1000") << 1000;
    }

    void allStreamAtOnce()
    {
        QFETCH(int, streams);
        if (raiseDescriptorLimit() < rlim_t(2 * streams + 100))
            QSKIP("too few file descriptors allowed");
        fakes::FakeOpenAi server;
        QVERIFY(server.listen());
        server.script({{"text"_L1, "first second"_L1}, {"stall_after"_L1, 1}});
        UpstreamPool pool;
        SystemClock clock;
        OpenAiSettings settings;
        settings.baseUrl = QUrl(server.baseUrl());
        OpenAiModel model(settings, pool, clock);

        std::vector<std::unique_ptr<ChatReply>> replies;
        int first = 0;
        int ended = 0;
        for (int i = 0; i < streams; ++i) {
            replies.push_back(model.start({{{Role::User, u"hi"_s, {}, {}}}, {}, Purpose::Reply}));
            auto *reply = replies.back().get();
            connect(reply, &ChatReply::delta, this, [&first] { ++first; });
            connect(reply, &ChatReply::finished, this, [&ended] { ++ended; });
            connect(reply, &ChatReply::failed, this, [&ended] { ++ended; });
        }
        QTRY_COMPARE_WITH_TIMEOUT(first, streams, 10'000);
        QCOMPARE(ended, 0);
        QCOMPARE(server.stats().open, streams);
        QCOMPARE(pool.running(), streams);
        QCOMPARE(pool.lanes(), 1);

        replies.clear();
        QCOMPARE(pool.running(), 0);
        QTRY_COMPARE_WITH_TIMEOUT(server.stats().open, 0, 10'000);
        QCOMPARE(server.stats().aborted, streams);
    }

    void furtherLanesForTlsAreManagersThatGoWhenIdle()
    {
        UpstreamPool pool;
        std::vector<std::unique_ptr<QNetworkReply>> replies;
        for (int i = 0; i < 13; ++i) // nobody listens there: only the bookkeeping is looked at
            replies.emplace_back(pool.post(QNetworkRequest(QUrl(u"https://127.0.0.1:1/"_s)), {}));
        QCOMPARE(pool.lanes(), 3);
        replies.clear();
        QCOMPARE(pool.running(), 0);
        QCOMPARE(pool.lanes(), 1);
    }

    void hostsDoNotShareLanes()
    {
        UpstreamPool pool;
        std::vector<std::unique_ptr<QNetworkReply>> replies;
        // A password makes a request one of Qt's, six of which go to a host.
        for (const auto *url : {"http://127.0.0.1:1/", "http://127.0.0.1:2/", "http://localhost:1/",
                                "http://user:password@localhost:1/"})
            replies.emplace_back(pool.post(QNetworkRequest(QUrl(QString::fromLatin1(url))), {}));
        QCOMPARE(pool.lanes(), 4);
    }
};

QTEST_GUILESS_MAIN(TestUpstreamPool)
#include "tst_upstream_pool.moc"
