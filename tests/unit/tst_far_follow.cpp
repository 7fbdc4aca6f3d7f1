// SPDX-License-Identifier: GPL-3.0-or-later
#include "far_follow.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Event said(qint64 seq, EventType type = EventType::UserMessage)
{
    return {u"far"_s, seq, seq, type, Role::User, {}, {}};
}

Delta token(const QString &text, int turn = 1)
{
    return {u"far"_s, turn, text, 1, 0};
}

} // namespace

/// Protects the view of a conversation on another node: what is said there appears, each event once and in
/// order, tokens between them, whichever way it comes and whenever that changes.
class TestFarFollow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_told.clear();
        m_asked.clear();
        m_stored.clear();
        m_held.clear();
        m_hold = false;
        for (const int seq : {1, 2, 3})
            m_stored.append(said(seq));
        m_far = std::make_unique<FarFollow>(u"far"_s, [this](const auto &item) {
            if (const auto *event = std::get_if<Event>(&item))
                m_told.append(QString::number(event->seq));
            else
                m_told.append(std::get<Delta>(item).text);
        });
        m_far->readBy(reader());
    }

    void nothingIsToldBeforeSomebodyHasSeenTheBeginning()
    {
        m_far->announced(3);
        m_far->take(said(4));
        QVERIFY(m_told.isEmpty());
        QVERIFY(m_asked.isEmpty());
    }

    void whatIsAnnouncedIsReadOnce()
    {
        m_far->shownUpTo(2);
        m_far->announced(3);
        m_far->announced(3);
        QCOMPARE(m_told, QStringList{u"3"_s});
        QCOMPARE(m_asked, QList<qint64>{2});
    }

    void whatWasAnnouncedWhileTheBeginningWasLoadedIsRead()
    {
        m_far->announced(3);
        m_far->shownUpTo(2);
        QCOMPARE(m_told, QStringList{u"3"_s});
    }

    void whatTheDatabaseGetsLaterIsWaitedFor()
    {
        m_far->shownUpTo(3);
        m_far->announced(5);
        QVERIFY(m_told.isEmpty());
        m_stored.append(said(4));
        m_stored.append(said(5));
        QTRY_COMPARE_WITH_TIMEOUT(m_told, (QStringList{u"4"_s, u"5"_s}), 5'000);
    }

    void whatIsHeardIsToldAtOnceAndNotRead()
    {
        m_far->shownUpTo(3);
        m_far->take(said(4));
        m_far->take(token(u"Hel"_s));
        m_far->take(token(u"lo"_s));
        m_far->take(said(5, EventType::AiMessage));
        m_far->take(said(5, EventType::AiMessage));
        QCOMPARE(m_told, (QStringList{u"4"_s, u"Hel"_s, u"lo"_s, u"5"_s}));
        QVERIFY(m_asked.isEmpty());
    }

    void whatWasMissedIsReadBeforeWhatIsHeardNow()
    {
        m_far->shownUpTo(3);
        m_hold = true;
        m_stored.append(said(4));
        m_stored.append(said(5));
        m_far->take(said(5)); // 4 was lost
        m_far->take(said(6));
        m_far->take(token(u"Hel"_s));
        QVERIFY(m_told.isEmpty());
        release();
        QCOMPARE(m_told, (QStringList{u"4"_s, u"5"_s, u"6"_s, u"Hel"_s}));
    }

    void tokensOfAReplyThatWasReadWholeAreNotTold()
    {
        m_far->shownUpTo(3);
        m_stored.append(said(4));
        m_stored.append(said(5, EventType::AiMessage));
        m_far->announced(5);
        m_far->take(token(u"Hel"_s)); // what is heard is still on its way there
        m_far->take(said(5, EventType::AiMessage));
        m_far->take(said(6));
        m_far->take(token(u"Next"_s, 2));
        QCOMPARE(m_told, (QStringList{u"4"_s, u"5"_s, u"6"_s, u"Next"_s}));
    }

    void tokensHeardWhileTheirReplyWasReadAreNotToldBehindIt()
    {
        m_far->shownUpTo(3);
        m_hold = true;
        m_far->announced(4);
        m_far->take(token(u"Hel"_s));
        m_far->take(said(4, EventType::AiMessage));
        m_far->take(token(u"Next"_s, 2));
        m_stored.append(said(4, EventType::AiMessage));
        release();
        QCOMPARE(m_told, (QStringList{u"4"_s, u"Next"_s}));
    }

    void whoeverWasShownLessIsToldTheRest()
    {
        m_far->shownUpTo(3);
        m_far->take(said(4));
        m_stored.append(said(4));
        m_told.clear();
        m_far->shownUpTo(2);
        QCOMPARE(m_told, (QStringList{u"3"_s, u"4"_s}));
    }

    void anAnswerByAWayThatWasLeftIsNotTaken()
    {
        m_far->shownUpTo(2);
        m_hold = true;
        m_far->announced(3);
        m_hold = false;
        m_far->readBy(reader());
        QCOMPARE(m_told, QStringList{u"3"_s});
        m_far->take(said(4));
        release();
        QCOMPARE(m_told, (QStringList{u"3"_s, u"4"_s}));
    }

    void anAnswerThatComesTooLateHurtsNobody()
    {
        m_far->shownUpTo(2);
        m_hold = true;
        m_far->announced(3);
        m_far.reset();
        release();
        QVERIFY(m_told.isEmpty());
    }

private:
    FarFollow::Read reader()
    {
        return [this](qint64 after, const SessionHistory::Events &found) {
            m_asked.append(after);
            const auto answer = [this, after, found] {
                EventPage page;
                for (const Event &event : std::as_const(m_stored))
                    if (event.seq > after)
                        page.events.append(event);
                found(page);
            };
            if (m_hold)
                m_held.append(answer);
            else
                answer();
        };
    }
    void release()
    {
        m_hold = false;
        for (const auto &answer : std::exchange(m_held, {}))
            answer();
    }

    QList<Event> m_stored;
    QList<qint64> m_asked;
    QStringList m_told;
    bool m_hold = false;
    QList<std::function<void()>> m_held;
    std::unique_ptr<FarFollow> m_far;
};

QTEST_GUILESS_MAIN(TestFarFollow)
#include "tst_far_follow.moc"
