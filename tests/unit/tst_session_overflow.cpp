// SPDX-License-Identifier: GPL-3.0-or-later
#include "small_window.h"

#include <QTest>

#include <algorithm>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects conversations whose model turns out to read less than was thought, or whose tools say too much.
class TestSessionOverflow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConversationThatAnUnknownModelFindsTooLongGoesOn()
    {
        for (const auto &told : {std::optional<qint64>(500), std::optional<qint64>()}) {
            SmallWindow stage;
            stage.settings.contextTokens.reset();
            stage.restart();
            Session &session = stage.connectClient();
            stage.fill(session);
            session.userMessage(u"fourth"_s + QString(400, u'x'));
            QVERIFY(stage.sent().contains(u"first"_s)); // nothing is known of the model
            stage.refuse(told);
            QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Synopsis);
            stage.reply().push(u"They counted."_s);
            stage.reply().finish();
            QVERIFY(stage.sent().contains(u"They counted."_s));
            QVERIFY(stage.sent().contains(u"fourth"_s));
            QVERIFY(!stage.sent().contains(u"first"_s));
            stage.reply().push(u"four"_s);
            stage.reply().finish({90, 2, UsageSource::Reported});
            QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);
            QCOMPARE(stage.client.last<outbound::TurnDone>().usage.outputTokens, 2); // refusals take none
            QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"four"_s);
            QVERIFY(stage.client.all<outbound::Problem>().isEmpty());

            session.userMessage(u"fifth"_s); // what was learnt holds: not sent in full once more
            QVERIFY(stage.sent().contains(u"They counted."_s));
            QVERIFY(!stage.sent().contains(u"first"_s));
        }
    }

    // The room for the reply is the profile's word, and no part of what was too long.
    void aLongReplyLeavesTheConversationItsRoom()
    {
        SmallWindow stage;
        stage.settings.contextTokens.reset();
        stage.settings.profile.maxOutputTokens = 1500;
        stage.restart();
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s + QString(400, u'x'));
        stage.refuse(1900);
        QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Synopsis);
        stage.reply().push(u"They counted."_s);
        stage.reply().finish();
        QVERIFY(stage.sent().contains(u"They counted."_s));
        QVERIFY(stage.sent().contains(u"third"_s));
        QVERIFY(stage.sent().contains(u"fourth"_s));
    }

    void whatIsTooLongByItselfFailsAsTheModelSaysAndIsNotAskedTwice()
    {
        SmallWindow stage;
        stage.settings.contextTokens.reset();
        stage.restart();
        Session &session = stage.connectClient();
        session.userMessage(QString(4000, u'x'));
        stage.refuse(500);
        stage.settle();
        QCOMPARE(stage.model.count(), 1);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"model_context_length"_s);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
        session.userMessage(u"shorter"_s);
        if (stage.model.lastCall().request.purpose == Purpose::Synopsis) {
            stage.reply().push(u"Too long a letter."_s);
            stage.reply().finish();
        }
        QVERIFY(stage.sent().contains(u"shorter"_s));
        QVERIFY(!stage.sent().contains(u"xxx"_s));
        stage.reply().push(u"fine"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"fine"_s);
    }

    void aModelThatFindsItTooLongTwiceIsNotAskedAThirdTime()
    {
        SmallWindow stage;
        stage.settings.contextTokens.reset();
        stage.restart();
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s);
        stage.refuse();
        stage.reply().push(u"They counted."_s);
        stage.reply().finish();
        const qsizetype asked = stage.model.count();
        stage.refuse();
        stage.settle();
        QCOMPARE(stage.model.count(), asked);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
    }

    // The user said nothing long: a tool did.
    void aLongResultIsCutForTheModelAndKeptInFull()
    {
        const QString letter = u"begin"_s + QString(8000, u'x') + u"end"_s;
        for (const bool known : {true, false}) {
            SmallWindow stage;
            if (!known)
                stage.settings.contextTokens.reset();
            stage.restart();
            stage.tools.add(u"a"_s);
            Session &session = stage.connectClient();
            session.userMessage(u"read it"_s);
            stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}, {u"2"_s, u"a"_s, u"{}"_s}});
            stage.tools.finish(u"1"_s, letter);
            stage.tools.finish(u"2"_s, u"short"_s);
            stage.settle();
            if (!known) {
                QVERIFY(stage.sent().contains(letter));
                stage.refuse(500);
                stage.settle();
            }
            const auto messages = stage.model.lastCall().request.messages;
            const QString seen = messages[messages.size() - 2].content;
            QVERIFY(seen.size() < 1600 && seen.size() > 400);
            QVERIFY(seen.contains(u"begin"_s) && seen.contains(u"end"_s));
            QVERIFY(seen.contains(u"cut"_s) && seen.contains(QString::number(letter.size() + 2))); // quoted
            QVERIFY(messages.last().content.contains(u"short"_s));
            QVERIFY(stage.sent().contains(u"read it"_s));
            stage.reply().push(u"A letter."_s);
            stage.reply().finish();
            QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);

            QCOMPARE(stage.client.all<outbound::ToolEnded>().first().result.toString(), letter);
            const QList<Event> events = stage.log.events(u"s1"_s);
            QVERIFY(std::ranges::find(events, EventType::ToolResult, &Event::type)->content.contains(letter));
            session.userMessage(u"thanks"_s); // and it is no burden later
            stage.settle();
            QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Reply);
            QVERIFY(stage.sent().contains(u"thanks"_s));
        }
    }
};

QTEST_GUILESS_MAIN(TestSessionOverflow)
#include "tst_session_overflow.moc"
