// SPDX-License-Identifier: GPL-3.0-or-later
#include "far_transcript.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

class FakeLocator final : public SessionLocator
{
public:
    QList<Event> stored;
    int reads = 0;

    void locate(const QString &, QObject *, Located) override {}
    void claim(const QStringList &, QObject *, std::function<void(QStringList)>) override {}
    void read(const QString &, QObject *context, std::function<void(Expected<QList<Event>>)> done) override
    {
        ++reads;
        QMetaObject::invokeMethod(
            context, [done, events = stored] { done(events); }, Qt::QueuedConnection);
    }
    void silence() override {}

    void say(int seq) { stored.append({u"far"_s, seq, seq, EventType::UserMessage, Role::User, {}, {}}); }
};

SessionSnapshot at(const QString &id, qint64 lastSeq)
{
    SessionSnapshot snapshot;
    snapshot.sessionId = id;
    snapshot.lastSeq = lastSeq;
    return snapshot;
}

} // namespace

/// Protects the view of a conversation on another node: what is said there appears, each event once, in
/// order.
class TestFarTranscript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_locator = std::make_unique<FakeLocator>();
        m_feed = std::make_unique<LiveFeed>();
        m_feed->setActive(true);
        m_far = std::make_unique<FarTranscript>(*m_locator, *m_feed);
        m_seen.clear();
        for (const int seq : {1, 2, 3})
            m_locator->say(seq);
    }

    void whatIsNewIsShownOnce()
    {
        m_far->follow(u"far"_s, 2);
        m_far->changed(at(u"far"_s, 3));
        m_far->changed(at(u"far"_s, 3));
        QTRY_COMPARE(seen(), QList<qint64>{3});
        m_far->changed(at(u"far"_s, 3));
        QTest::qWait(20);
        QCOMPARE(seen(), QList<qint64>{3});
        QCOMPARE(m_locator->reads, 1);
    }

    void whatTheDatabaseGetsLaterIsWaitedFor()
    {
        m_far->follow(u"far"_s, 3);
        m_far->changed(at(u"far"_s, 5));
        QTRY_COMPARE(m_locator->reads, 1);
        m_locator->say(4);
        m_locator->say(5);
        QTRY_COMPARE(seen(), (QList<qint64>{4, 5}));
    }

    void whatWasSaidWhileItWasLookedUpIsShown()
    {
        m_far->changed(at(u"far"_s, 3));
        QCOMPARE(m_locator->reads, 0);
        m_far->follow(u"far"_s, 2);
        QTRY_COMPARE(seen(), QList<qint64>{3});
    }

    void othersAreNotAskedFor()
    {
        m_far->follow(u"far"_s, 2);
        m_far->changed(at(u"another"_s, 9));
        m_far->follow(u"another"_s, 9);
        m_far->changed(at(u"far"_s, 3));
        QTest::qWait(20);
        QCOMPARE(m_locator->reads, 0);
        QVERIFY(seen().isEmpty());
    }

    void theOneBeforeIsNotShownAnyMore()
    {
        m_far->follow(u"far"_s, 2);
        m_far->changed(at(u"far"_s, 3));
        m_far->follow(u"another"_s, 0);
        QTest::qWait(20);
        QVERIFY(seen().isEmpty());
    }

private:
    QList<qint64> seen()
    {
        for (const auto &item : m_feed->take().stream)
            m_seen.append(std::get<Event>(item).seq);
        return m_seen;
    }

    std::unique_ptr<FakeLocator> m_locator;
    std::unique_ptr<LiveFeed> m_feed;
    std::unique_ptr<FarTranscript> m_far;
    QList<qint64> m_seen;
};

QTEST_GUILESS_MAIN(TestFarTranscript)
#include "tst_far_transcript.moc"
