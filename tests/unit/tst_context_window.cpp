// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/context_window.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

qint64 byLength(const ChatMessage &message)
{
    return message.content.size();
}

ChatMessage of(Role role, qsizetype size)
{
    return {role, QString(size, u'x'), {}, {}};
}

/// A random conversation such as History makes: whispers anywhere between messages, tool rounds, turns
/// without an answer, perhaps an operator who speaks first.
QList<ChatMessage> randomTalk(QRandomGenerator &random)
{
    const auto size = [&random] { return random.bounded(1, 40); };
    QList<ChatMessage> talk;
    if (random.bounded(4))
        talk.append(of(Role::System, size()));
    if (random.bounded(5) == 0)
        talk.append(of(Role::Assistant, size()));
    int calls = 0;
    for (int turns = random.bounded(12); turns > 0; --turns) {
        if (random.bounded(4) == 0)
            talk.append(of(Role::System, size()));
        talk.append(of(Role::User, size()));
        for (int rounds = random.bounded(3); rounds > 0; --rounds) {
            ChatMessage wish = of(Role::Assistant, size());
            for (int n = random.bounded(1, 3); n > 0; --n)
                wish.toolCalls.append({u"call-%1"_s.arg(++calls), u"tool"_s, u"{}"_s});
            talk.append(wish);
            for (const ToolCall &call : std::as_const(wish.toolCalls)) {
                talk.append(of(Role::Tool, size()));
                talk.last().toolCallId = call.id;
            }
            if (random.bounded(5) == 0)
                talk.append(of(Role::System, size()));
        }
        if (random.bounded(5))
            talk.append(of(Role::Assistant, size()));
    }
    return talk;
}

/// Every call is followed by its results at once, and no result stands alone.
bool isWellFormed(const QList<ChatMessage> &messages)
{
    QStringList awaited;
    for (const ChatMessage &message : messages) {
        if (message.role == Role::Tool) {
            if (awaited.isEmpty() || awaited.takeFirst() != message.toolCallId)
                return false;
            continue;
        }
        if (!awaited.isEmpty())
            return false;
        for (const ToolCall &call : message.toolCalls)
            awaited.append(call.id);
    }
    return awaited.isEmpty();
}

qint64 weigh(const QList<ChatMessage> &messages)
{
    qint64 sum = 0;
    for (const ChatMessage &message : messages)
        sum += byLength(message);
    return sum;
}

} // namespace

/// Protects long conversations: what is sent always fits and is always something a provider accepts.
class TestContextWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatFitsIsSentAsItIs()
    {
        const QList<ChatMessage> talk{of(Role::System, 10), of(Role::User, 10), of(Role::Assistant, 10)};
        const auto plan = fitContext(talk, 30, {u"unused"_s, 1}, byLength);
        QCOMPARE(plan.messages, talk);
        QCOMPARE(plan.tokens, 30);
        QVERIFY(plan.fold.isEmpty());
        QVERIFY(!plan.overBudget);
    }

    void theOldestTurnGoesFirstAndWhole()
    {
        QList<ChatMessage> talk{of(Role::System, 10), of(Role::User, 40), of(Role::Assistant, 40),
                                of(Role::User, 20), of(Role::Assistant, 20)};
        const auto plan = fitContext(talk, 100, {}, byLength);
        QCOMPARE(plan.messages, (QList{talk[0], talk[3], talk[4]}));
        QCOMPARE(plan.fold, (QList{talk[1], talk[2]}));
        QCOMPARE(plan.covers, 2);
    }

    void aWhisperStaysWithTheMessageItPrecedes()
    {
        const QList<ChatMessage> talk{of(Role::User, 90), of(Role::Assistant, 90), of(Role::System, 10),
                                      of(Role::User, 10), of(Role::Assistant, 10)};
        const auto plan = fitContext(talk, 100, {}, byLength);
        QCOMPARE(plan.messages, talk.sliced(2));
        QCOMPARE(plan.fold, talk.first(2));
    }

    void theSynopsisStandsForWhatIsGone()
    {
        QList<ChatMessage> talk{of(Role::System, 10), of(Role::User, 90), of(Role::Assistant, 90),
                                of(Role::User, 20), of(Role::Assistant, 20)};
        const auto plan = fitContext(talk, 200, {u"They greeted."_s, 2}, byLength);
        QCOMPARE(plan.messages.size(), 4);
        QCOMPARE(plan.messages[1].role, Role::System);
        QVERIFY(plan.messages[1].content.endsWith(u"They greeted."_s));
        QVERIFY(plan.fold.isEmpty()); // all of it is in the synopsis
        QCOMPARE(plan.covers, 2);
    }

    void foldingMakesRoomForAWhile()
    {
        QList<ChatMessage> talk;
        Synopsis synopsis;
        int folds = 0;
        for (int turn = 0; turn < 200; ++turn) {
            talk.append(of(Role::User, 5));
            const auto plan = fitContext(talk, 400, synopsis, byLength);
            QVERIFY(plan.tokens <= 400);
            if (!plan.fold.isEmpty()) {
                ++folds;
                synopsis = {u"short"_s, plan.covers};
            }
            talk.append(of(Role::Assistant, 5));
        }
        QVERIFY2(folds > 5 && folds < 25, qPrintable(QString::number(folds)));
    }

    void aLastTurnThatIsTooLargeIsSentAnyway()
    {
        const QList<ChatMessage> talk{of(Role::System, 10), of(Role::User, 10), of(Role::User, 500)};
        const auto plan = fitContext(talk, 100, {u"long ago"_s, 1}, byLength);
        QCOMPARE(plan.messages, (QList{talk[0], talk[2]}));
        QVERIFY(plan.overBudget);
    }

    void nothingIsNothing()
    {
        QVERIFY(fitContext({}, 0, {u"synopsis"_s, 7}, byLength).messages.isEmpty());
        QCOMPARE(fitContext({of(Role::System, 5)}, 0, {}, byLength).messages.size(), 1);
    }

    void anyConversationFits()
    {
        QRandomGenerator random(20'240'517);
        for (int round = 0; round < 3'000; ++round) {
            const auto talk = randomTalk(random);
            const qint64 budget = random.bounded(600);
            const bool prompted = !talk.isEmpty() && talk.first().role == Role::System;
            const qsizetype said = talk.size() - prompted;
            const Synopsis synopsis{QString(random.bounded(30), u's'), random.bounded(int(said) + 3)};
            const auto plan = fitContext(talk, budget, synopsis, byLength);

            QVERIFY(isWellFormed(plan.messages));
            QVERIFY(isWellFormed(plan.fold) || synopsis.covers > 0); // a synopsis may end inside of a turn
            QCOMPARE(plan.tokens, weigh(plan.messages));
            QCOMPARE(plan.overBudget, plan.tokens > budget);
            if (prompted)
                QCOMPARE(plan.messages.first(), talk.first());
            if (!talk.isEmpty())
                QCOMPARE(plan.messages.last(), talk.last());
            if (plan.overBudget) { // then it is the prompt and one turn
                int users = 0;
                for (const auto &message : plan.messages)
                    users += message.role == Role::User;
                QVERIFY(users <= 1);
            }
            // Nothing gets lost: what is not sent is in the synopsis or is to be folded into it.
            const qsizetype sent = plan.messages.size() - prompted;
            const bool synopsisSent = sent > 0 && plan.messages[prompted].content.contains(u"earlier"_s);
            const qsizetype leftOut = said - (sent - synopsisSent);
            QCOMPARE(plan.fold.size(), std::max<qsizetype>(0, leftOut - synopsis.covers));
        }
    }

    void theToolsTakeTheirShare()
    {
        QCOMPARE(contextBudget(1'000, 200, {}), 800);
        QVERIFY(contextBudget(1'000, 200, {{u"tool"_s, QString(400, u'd'), {}}}) < 700);
        QCOMPARE(contextBudget(100, 200, {}), 0);
    }
};

QTEST_GUILESS_MAIN(TestContextWindow)
#include "tst_context_window.moc"
