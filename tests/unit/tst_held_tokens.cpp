// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/held_tokens.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Event eventOf(EventType type, qint64 seq, int turn, const QString &session = u"a"_s)
{
    return {session, seq, 0, type, Role::System, {}, {{"turn"_L1, turn}}};
}

Event message(qint64 seq, int turn, const QString &session = u"a"_s)
{
    return eventOf(EventType::UserMessage, seq, turn, session);
}

Event reply(qint64 seq, int turn)
{
    return eventOf(EventType::AiMessage, seq, turn);
}

Delta token(int turn, const QString &text, const QString &session = u"a"_s)
{
    return {session, turn, text, 1, 0};
}

QString texts(const QByteArray &frames)
{
    QString all;
    for (const QByteArray &line : frames.split('\n'))
        if (line.startsWith("data: "))
            all += QJsonDocument::fromJson(line.mid(6)).object()["token"_L1].toString();
    return all;
}

} // namespace

/// Protects where readers of /api/live find a token: behind the message it answers, which is told only when
/// it is on disk, and before the reply it is a part of.
class TestHeldTokens : public QObject
{
    Q_OBJECT

    HeldTokens m_held;

    QString told(const Event &event)
    {
        const QString before = texts(m_held.takeBefore(event));
        m_held.told(event);
        return before;
    }
    QString due() { return texts(m_held.takeDue()); }

private Q_SLOTS:
    void init() { m_held.clear(); }

    void waitForTheMessageTheyAnswer()
    {
        m_held.said(message(1, 1));
        m_held.said(token(1, u"Hello "_s));
        QCOMPARE(due(), QString());
        m_held.said(token(1, u"there"_s));
        QCOMPARE(told(message(1, 1)), QString());
        QCOMPARE(due(), u"Hello there"_s);
        QCOMPARE(m_held.bytes(), 0);
    }

    void goAtOnceWhenItWasTold()
    {
        m_held.said(message(1, 1));
        told(message(1, 1));
        QCOMPARE(due(), QString());
        m_held.said(token(1, u"Hello"_s));
        QCOMPARE(due(), u"Hello"_s);
    }

    void goBeforeTheirReplyAndNotBeforeAnother()
    {
        m_held.said(message(1, 1));
        m_held.said(token(1, u"one"_s));
        m_held.said(reply(2, 1));
        m_held.said(message(3, 2));
        m_held.said(token(2, u"two"_s));
        QCOMPARE(told(message(1, 1)), QString());
        QCOMPARE(told(reply(2, 1)), u"one"_s);
        QCOMPARE(told(message(3, 2)), QString());
        QCOMPARE(due(), u"two"_s);
    }

    void waitBehindATool()
    {
        m_held.said(message(1, 1));
        m_held.said(token(1, u"I look. "_s));
        m_held.said(eventOf(EventType::ToolCall, 2, 1));
        m_held.said(token(1, u"Found."_s));
        told(message(1, 1));
        QCOMPARE(told(eventOf(EventType::ToolCall, 2, 1)), u"I look. "_s);
        QCOMPARE(due(), u"Found."_s);
    }

    void doNotWaitForOtherSessions()
    {
        m_held.said(message(1, 1));
        m_held.said(token(1, u"slow"_s));
        m_held.said(message(1, 1, u"b"_s));
        m_held.said(token(1, u"quick"_s, u"b"_s));
        told(message(1, 1, u"b"_s));
        QCOMPARE(due(), u"quick"_s);
    }

    void doNotWaitForWhatIsNeverTold()
    {
        m_held.said(message(1, 1));
        m_held.said(token(1, u"one"_s));
        m_held.forgetEvents();
        QCOMPARE(due(), u"one"_s);

        m_held.said(message(3, 2));
        m_held.said(token(2, u"two"_s));
        QCOMPARE(texts(m_held.takeAll()), u"two"_s);
        QCOMPARE(m_held.bytes(), 0);
    }
};

QTEST_GUILESS_MAIN(TestHeldTokens)
#include "tst_held_tokens.moc"
